"""Lost answers, no network, a session that ran out: nothing typed is lost, nothing done twice."""

import pytest
from playwright.sync_api import Route, expect

from tests.miniprogram.conftest import Phone
from tests.miniprogram.people import AYGUL, PERMIT_CODE, WANQING, fill_permit
from tests.miniprogram.platform import Platform

FORM = "packages/account/sign-in/index?form=residence-permit"


@pytest.fixture
def filling(phone: Phone, platform: Platform) -> Phone:
    """A phone with the form open, signed in."""
    platform.register(AYGUL)
    phone.open(FORM)
    phone.sign_in(AYGUL)
    phone.say("已帮您填好")
    return phone


def test_a_lost_answer_makes_one_case(filling: Phone, platform: Platform) -> None:
    fill_permit(filling)
    keys: list[str] = []

    def lose_the_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    filling.page.route("**/api/cases", lose_the_first)
    filling.tap("提交申请")
    filling.say("网络连接不上")
    filling.tap("提交申请")
    filling.say("提交成功")
    assert keys[0] == keys[1]
    assert len(platform.case_numbers(AYGUL)) == 1


def test_pressing_twice_makes_one_case(filling: Phone, platform: Platform) -> None:
    fill_permit(filling)
    button = filling.visible(filling.page.get_by_role("button", name="提交申请"))
    button.evaluate("button => { button.click(); button.click() }")
    filling.say("提交成功")
    assert len(platform.case_numbers(AYGUL)) == 1


def test_words_written_offline_are_there_after_a_restart(filling: Phone) -> None:
    page = filling.page
    page.route("**/api/drafts/**", lambda route: route.abort())
    filling.write("电子邮箱，选填", "aygul@example.cn")
    filling.say("暂时没有网络，已保存在本机")
    page.unroute("**/api/drafts/**")
    filling.open("packages/apply/form/index?item=residence-permit")
    filling.say("已恢复上次没保存完的内容")
    expect(filling.visible(page.get_by_label("电子邮箱"))).to_have_value("aygul@example.cn")
    filling.say("已自动保存")


def test_words_written_offline_are_sent_when_the_network_is_back(
    filling: Phone, platform: Platform
) -> None:
    filling.context.set_offline(True)
    filling.write("电子邮箱，选填", "aygul@example.cn")
    filling.say("暂时没有网络，已保存在本机")
    filling.context.set_offline(False)
    filling.say("已自动保存")
    assert platform.draft(AYGUL, PERMIT_CODE)["values"]["email"] == "aygul@example.cn"


def test_a_session_that_ran_out_keeps_every_word(filling: Phone, platform: Platform) -> None:
    page = filling.page
    platform.end_session(filling.token)
    filling.write("电子邮箱，选填", "aygul@example.cn")
    filling.say("登录已过期。您填写的内容都在")
    filling.tap("去登录")
    filling.sign_in(AYGUL)
    filling.say("已自动保存")
    expect(filling.visible(page.get_by_label("电子邮箱"))).to_have_value("aygul@example.cn")


@pytest.mark.parametrize(
    ("choice", "mail"), [("用这里的", "here@example.cn"), ("用那边的", "there@example.cn")]
)
def test_two_devices_one_draft(filling: Phone, platform: Platform, choice: str, mail: str) -> None:
    platform.draft_elsewhere(AYGUL, PERMIT_CODE, {"email": "there@example.cn"})
    filling.write("电子邮箱，选填", "here@example.cn")
    filling.tap(choice)
    expect(filling.visible(filling.page.get_by_label("电子邮箱"))).to_have_value(mail)


def test_nobody_else_on_this_phone_gets_the_words(filling: Phone, platform: Platform) -> None:
    page = filling.page
    platform.register(WANQING)
    platform.end_session(filling.token)
    filling.write("电子邮箱，选填", "aygul@example.cn")
    filling.say("登录已过期")
    filling.tap("去登录")
    filling.sign_in(WANQING)
    filling.say("已帮您填好")
    filling.say(WANQING.name)
    expect(filling.visible(page.get_by_label("电子邮箱"))).to_have_value("")
    assert platform.drafts(WANQING) == []


def test_no_network_at_the_start_is_said_and_mended(phone: Phone) -> None:
    phone.page.route("**/api/home", lambda route: route.abort())
    phone.open()
    phone.say("网络连接不上")
    phone.page.unroute("**/api/home")
    phone.tap("再试一次")
    phone.say("大家常办")


def test_a_broken_server_speaks_plain_words(phone: Phone) -> None:
    phone.page.route("**/api/home", lambda route: route.fulfill(status=502, body="<html>"))
    phone.open()
    phone.say("系统暂时繁忙")
    phone.page.unroute("**/api/home")
    phone.tap("再试一次")
    phone.say("大家常办")


def test_mistakes_are_counted_and_shown(filling: Phone) -> None:
    filling.tap_text("租房")
    filling.write("房东电话，必填", "12345")
    filling.tap("提交申请")
    filling.say("处没填好，已用红字标出")
    filling.say("请填写房东姓名")
    filling.say("请填写 11 位手机号，或带区号的固定电话")
    filling.say("请上传这份材料")
    filling.say("请阅读并勾选")
