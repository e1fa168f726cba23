"""A device's name, out of what browsers of this country say of themselves."""

import pytest

from auth.rules import devices, factors

ANDROID = "Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("said", "label"),
    [
        (ANDROID + "Chrome/130.0 Mobile Safari/537.36", "安卓手机 · Chrome"),
        (ANDROID + "Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.50", "安卓手机 · 微信"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1",
         "苹果手机 · Safari"),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) ArkWeb/4.1 Mobile HuaweiBrowser/5.1",
         "鸿蒙手机 · 华为浏览器"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36 Edg/130.0",
         "电脑 · Edge"),
        ("curl/8.1", ""),
        ("", ""),
        ("é" * 4000, ""),
    ],
)  # fmt: skip
def test_label(said: str, label: str) -> None:
    assert devices.label(said) == label


@pytest.mark.parametrize(
    ("methods", "level"),
    [((), 1), (("sms",), 1), (("sms", "wechat"), 1), (("pwd", "pin"), 1), (("sms", "pwd"), 2),
     (("wechat", "pin"), 2), (("passkey",), 2), (("face",), 2), (("handoff",), 1)],
)  # fmt: skip
def test_two_of_a_kind_are_one_factor(methods: tuple[str, ...], level: int) -> None:
    assert factors.reached(methods) == level
