"""What people mean by what they type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.channels.rules import Intent, Want, intent


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("进度", Intent(Want.PROGRESS)),
        ("我的事办到哪了", Intent(Want.PROGRESS)),
        (" 办好了吗？", Intent(Want.PROGRESS)),
        ("44062026112300000001", Intent(Want.ONE_CASE, "44062026112300000001")),
        ("帮我看看44062026112300000001办得怎么样", Intent(Want.ONE_CASE, "44062026112300000001")),
        ("你好", Intent(Want.HELP)),
        ("", Intent(Want.HELP)),
        ("我想办社保卡", Intent(Want.SEARCH, "社保卡")),
        ("居住证怎么办？", Intent(Want.SEARCH, "居住证")),
        ("怎么办理", Intent(Want.SEARCH, "怎么办理")),
    ],
)
def test_what_a_text_asks_for(text: str, wanted: Intent) -> None:
    assert intent(text) == wanted


@given(st.text(max_size=3000))
def test_any_text_means_something(text: str) -> None:
    found = intent(text)
    assert (found.want is Want.SEARCH) <= bool(found.about)
