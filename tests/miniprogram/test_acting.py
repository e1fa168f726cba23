"""代办 in the mini-program: seen on every page, changed on 我的, and never mixed with one's own."""

from playwright.sync_api import expect

from tests.miniprogram.conftest import Phone
from tests.miniprogram.people import AYGUL, PERMIT_CODE
from tests.miniprogram.platform import Platform

CHILD = "努*江"


def turn_to(phone: Phone, name: str) -> None:
    """Choose on the page 我的 whom to act for."""
    phone.open("pages/me/index")
    choice = phone.visible(phone.page.get_by_role("radio").filter(has_text=name))
    choice.tap()
    expect(choice).to_have_attribute("aria-checked", "true")


def test_a_mother_turns_to_her_child_and_back(phone: Phone, platform: Platform) -> None:
    platform.register(AYGUL)
    bond = platform.act_for_first_child(AYGUL)
    phone.open(f"packages/account/sign-in/index?form={PERMIT_CODE}")
    phone.sign_in(AYGUL)
    phone.say("已帮您填好")
    phone.write("电子邮箱，选填", "mother@example.cn")
    phone.say("已自动保存")

    before = phone.token
    turn_to(phone, CHILD)
    phone.say("您的孩子 · 能看也能办")
    assert phone.token != before
    assert phone.axe() == []
    for path in ("pages/home/index", f"packages/apply/form/index?item={PERMIT_CODE}"):
        phone.open(path)
        phone.say("正在替")
        phone.say(CHILD)
    assert phone.axe() == []
    email = phone.page.get_by_label("电子邮箱，选填")
    expect(phone.visible(email)).to_have_value("")

    # ended elsewhere: told at once, and back to herself
    platform.end_representation(AYGUL, bond)
    phone.write("电子邮箱，选填", "child@example.cn")
    phone.say("这份代办已经结束")
    phone.tap("回到本人")
    phone.say("没填完的申请")  # on 我的 again, as herself
    phone.open(f"packages/apply/form/index?item={PERMIT_CODE}")
    expect(phone.visible(email)).to_have_value("mother@example.cn")
    expect(phone.page.get_by_text("正在替")).to_have_count(0)
