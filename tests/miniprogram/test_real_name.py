"""The face check in the mini-program (刷脸认证): WeChat's camera, our page, and who decides."""

import pytest

from tests.miniprogram.conftest import Phone, PhoneShop
from tests.miniprogram.people import AYGUL
from tests.miniprogram.platform import Person, Platform

FAMILY_PHONE = Person(AYGUL.name, AYGUL.masked, AYGUL.id_number, "19900007777")


def registers(phone: Phone, platform: Platform, who: Person) -> None:
    phone.open("packages/account/sign-in/index")
    phone.tap("首次注册", "tab")
    phone.write("姓名（与身份证一致）", who.name)
    phone.write("身份证号码", who.id_number)
    phone.write("手机号码", who.phone)
    phone.tap("获取验证码")
    phone.say("秒后可重新获取")
    phone.write("短信验证码", platform.sms_code(who.phone, "注册"))
    phone.visible(phone.page.get_by_text("我同意平台")).tap()
    phone.tap("注册并登录")


def test_a_face_proves_somebody_with_a_relatives_phone(shop: PhoneShop, platform: Platform) -> None:
    phone = shop.phone(wechat="aygul")
    registers(phone, platform, FAMILY_PHONE)
    phone.say("这个手机号码不是用您的身份证办的")
    phone.say("还没有实名")
    assert phone.axe() == []
    before = phone.token
    phone.tap("开始刷脸")
    phone.say("刷脸通过")
    phone.say("已实名并验证本人")
    phone.say("微信刷脸，有效期到")
    assert phone.token != before  # the session goes on under a new token
    assert phone.axe() == []
    phone.open("pages/me/index")
    phone.say("已验证本人")


@pytest.mark.parametrize(
    ("face", "told"),
    [("stranger", "刷脸没有通过"), ("never", "刷脸没有完成")],
)
def test_whatever_the_camera_page_says_wechat_is_asked(
    shop: PhoneShop, platform: Platform, face: str, told: str
) -> None:
    phone = shop.phone(wechat="aygul", face=face)
    registers(phone, platform, FAMILY_PHONE)
    phone.tap("开始刷脸")
    phone.say(told)
    phone.say("还没有实名")
