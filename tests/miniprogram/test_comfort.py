"""Everybody can use it (无障碍与适老): axe, dark, large text, touch targets."""

import pytest

from tests.miniprogram.conftest import Phone, PhoneShop
from tests.miniprogram.people import AYGUL, fill_permit
from tests.miniprogram.platform import Platform

LOOKS = [
    pytest.param({}, id="light"),
    pytest.param({"dark": True}, id="dark"),
    pytest.param({"text_scale": 1.4}, id="elder"),
    pytest.param({"text_scale": 1.4, "dark": True}, id="elder-dark"),
]

TOO_SMALL = """least => [...document.querySelectorAll(`.wx-page:not([hidden]) main :is(
    button, [role=button], [role=tab], [role=radio], [role=link], label,
    wx-input, wx-textarea, wx-picker)`)]
  .filter(element => element.checkVisibility() && !element.disabled)
  .map(element => [element.outerHTML.slice(0, 120), element.getBoundingClientRect()])
  .filter(([, box]) => box.height < least - 0.5)
  .map(([html, box]) => `${html} ${box.height}`)"""


def check(phone: Phone, least: float) -> None:
    assert phone.axe() == []
    page = phone.page
    assert page.evaluate(TOO_SMALL, least) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("look", LOOKS)
def test_every_screen_is_accessible(
    shop: PhoneShop, platform: Platform, look: dict[str, object]
) -> None:
    least = 60 if look.get("text_scale") else 44
    platform.register(AYGUL)
    phone = shop.phone(**look)  # type: ignore[arg-type]
    phone.open()
    phone.say("办理部门")
    check(phone, least)
    phone.tap("办事", "tab")
    phone.say("个事项")
    check(phone, least)
    phone.visible(phone.page.get_by_role("link").filter(has_text="居住证申领")).tap()
    phone.say("办理步骤")
    phone.tap("常见问题")
    check(phone, least)
    phone.tap("在线办理")
    phone.tap("首次注册", "tab")
    check(phone, least)
    phone.tap("登录", "tab")
    phone.sign_in(AYGUL)
    phone.say("已帮您填好")
    check(phone, least)
    phone.tap("提交申请")
    phone.say("处没填好，已用红字标出")
    check(phone, least)
    fill_permit(phone)
    phone.tap("提交申请")
    phone.say("提交成功")
    [number] = platform.case_numbers(AYGUL)
    platform.ask_correction(number, "field", "residence_address", "请写明几栋几单元")
    phone.open(f"packages/track/case/index?number={number}")
    phone.say("现在去更正")
    check(phone, least)
    phone.open("pages/me/index")
    phone.say("份材料免交")
    check(phone, least)
    phone.tap("进度", "tab")
    phone.say("需要您补充材料或更正")
    check(phone, least)


def test_the_large_text_switch_is_on_the_first_page(phone: Phone) -> None:
    page = phone.open()
    phone.tap("换成大字版")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "22.4px"
    phone.tap("我的", "tab")
    phone.tap("特大", "radio")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "28px"
    phone.tap("标准", "radio")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "16px"


def test_privacy_is_asked_when_a_photo_is_taken_and_not_before(
    shop: PhoneShop, platform: Platform
) -> None:
    platform.register(AYGUL)
    phone = shop.phone(privacy=False)
    phone.open("packages/account/sign-in/index?form=residence-permit")
    phone.sign_in(AYGUL)
    phone.say("已帮您填好")
    phone.tap("为近期免冠证件照拍照或选照片")
    phone.say("使用前请您同意")
    assert phone.axe() == []
    phone.tap("暂不使用")
    phone.say("待上传")
    phone.tap("为近期免冠证件照拍照或选照片")
    with phone.page.expect_file_chooser() as chooser:
        phone.tap("同意并继续")
    assert chooser.value is not None
