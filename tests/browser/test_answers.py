"""What a person has typed: doubted where it looks wrong, and kept when the page is left."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.citizen import Citizen
from tests.browser.people import PHONE, photo
from tests.browser.story import RENT, Resident, Story
from tests.city import LONG_NAME

DOUBT = re.compile("最后一位对不上")


@pytest.fixture(scope="module")
def neighbour(told: Story) -> Resident:
    """Somebody of her own in the city of the story, which goes on as it was told."""
    return Resident(told.city, LONG_NAME)


@pytest.fixture
def citizen(neighbour: Resident, browser: Browser) -> Iterator[Citizen]:
    """She is at her phone."""
    context = browser.new_context(
        viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce",
        service_workers="block",
    )  # fmt: skip
    context.add_cookies(neighbour.cookies)  # type: ignore[arg-type]
    yield Citizen(context, neighbour.city, LONG_NAME)
    context.close()


def test_a_doubtful_credit_code_is_said_and_stops_nobody(citizen: Citizen) -> None:
    citizen.open("/items/flexible-employment-insurance/apply")
    citizen.answer("灵活就业类型", "个体经营")
    code = citizen.page.get_by_label("个体工商户统一社会信用代码")
    code.fill("92440604MA4UJ7K21X")
    citizen.reads(DOUBT)
    expect(code).to_have_accessible_description(DOUBT)
    expect(code).not_to_have_attribute("aria-invalid", "true")
    code.fill("92440604MA4UJ7K215")
    expect(citizen.page.get_by_text(DOUBT)).to_have_count(0)
    code.fill("92440604MA4UJ7K21")  # not doubtful but wrong
    code.blur()
    citizen.reads("统一社会信用代码应为 18 位")
    expect(citizen.page.get_by_text(DOUBT)).to_have_count(0)
    assert citizen.complaints == []


def test_a_correction_is_kept_when_its_page_is_left(
    told: Story, neighbour: Resident, citizen: Citizen
) -> None:
    number = neighbour.submit(RENT)
    asked = [
        {"target": "field", "code": "monthly_rent", "reason": "请与租赁合同上的月租核对"},
        {"target": "material", "code": "id_card", "reason": "照片太暗，看不清"},
    ]
    told.office.step(number, "request_correction", items=asked)
    page = citizen.page
    rent = page.get_by_label("每月租金（元）")
    paper = page.locator(".material").filter(has_text="照片太暗，看不清")

    citizen.open(f"/cases/{number}/correction")
    rent.fill("1871")
    picture = {"name": "身份证.png", "mimeType": "image/png", "buffer": photo(120)}
    paper.locator("input[type=file]").first.set_input_files(picture)  # type: ignore[arg-type]
    expect(paper.get_by_text("身份证.png")).to_be_visible()

    citizen.press("返回")
    citizen.heading("租房提取住房公积金")
    citizen.follow("去补正")
    expect(rent).to_have_value("1871")
    expect(paper.get_by_text("身份证.png")).to_be_visible()
    page.reload()
    expect(rent).to_have_value("1871")
    expect(paper.get_by_text("身份证.png")).to_be_visible()

    citizen.press("提交补正")
    page.wait_for_url(f"**/cases/{number}")
    seen = neighbour.ask("GET", f"/api/cases/{number}")
    assert seen["values"]["monthly_rent"] == 1871
    assert seen["correction"] is None
    assert citizen.complaints == []
