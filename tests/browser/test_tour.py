"""The two-minute tour, on screen, against the city as it is served.

One citizen on a phone, one officer at a desk, and everything between them: text message, push,
WeChat, the form that is filled in already, a correction, a decision, and who read the data.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import figures
from tests.browser.citizen import Citizen
from tests.browser.conftest import Phones
from tests.browser.officer import Officer
from tests.browser.people import DESK, until
from tests.browser.push_service import PushService
from tests.browser.served import ServedCity
from tests.city import TOUR

pytestmark = pytest.mark.measured

RENT = "租房提取住房公积金"
ANSWERS = {
    "配偶是否一并提取": "否",
    "本人及配偶在本市是否无自有住房": "是",
    "租住房屋类型": "已备案的商品住房",
    "租赁合同备案号": "佛房租备2026110001",
    "租期开始日期": "2026-08-01",
    "租期结束日期": "2027-07-31",
    "每月租金": "1800",
    "提取方式": "按月自动提取",
    "开户银行": "中国工商银行佛山分行",
    "银行卡号": "6222020200001234562",
}
LEASE = "房屋租赁合同"
WRONG = {"每月租金（元）": "和合同上写的月租不一样", LEASE: "照片太暗，看不清"}


@pytest.fixture
def city(tmp_path: Path, push_service: PushService) -> Iterator[ServedCity]:
    """The city, which reaches push services through the office's proxy."""
    with ServedCity(tmp_path / "city", push_service.city_environ) as served:
        yield served
        assert served.errors() == []


def test_the_two_minute_tour(
    browser: Browser, phones: Phones, push_service: PushService, city: ServedCity
) -> None:
    citizen = Citizen(phones.phone(*push_service.chromium_flags), city, TOUR)
    citizen.register()
    citizen.turn_notifications_on()
    citizen.link_wechat()

    find_and_fill(citizen)
    number = hand_in(citizen)

    officer = Officer(browser.new_context(viewport=DESK, locale="zh-CN"), city, "chief.gjj")
    officer.sign_in()
    officer.open_case(number)
    officer.look_at_paper(LEASE)
    officer.request_correction(WRONG)
    answer_the_correction(citizen, number)
    decide(officer, number)

    a_push_arrives(citizen, push_service, number)
    a_template_message_arrives(city, number)
    my_space_tells(citizen, number)
    assert citizen.complaints == []
    assert officer.complaints == []


def find_and_fill(citizen: Citizen) -> None:
    """Search as people speak, open the item, and find most of the form filled in."""
    citizen.open("/")
    citizen.page.get_by_role("searchbox").fill("交房租 取公积金")
    citizen.press("搜索")
    citizen.follow(RENT)
    citizen.heading("要准备什么材料")
    citizen.follow("开始办理")
    filled, fields = citizen.prefilled()
    figures.note(
        "pre-filled form", f"prefilled {filled} of {fields} fields, {100 * filled / fields:.0f} %"
    )
    assert filled / fields >= 0.5
    citizen.fill_the_rest(ANSWERS)


def hand_in(citizen: Citizen) -> str:
    """Photograph what is still needed, declare, submit; the number."""
    citizen.next_step("上传材料")
    assert citizen.upload_missing_papers() == [LEASE]
    citizen.next_step("核对并提交")
    return citizen.declare_and_submit()


def answer_the_correction(citizen: Citizen, number: str) -> None:
    """The case says what is wrong and why; only that is asked for."""
    citizen.open(f"/cases/{number}")
    for label, reason in WRONG.items():
        citizen.reads(re.compile(f"{re.escape(label)}：{reason}"))
    citizen.follow("去补正")
    citizen.heading("补正")
    citizen.answer("每月租金", "1650")
    assert citizen.upload_missing_papers() == [LEASE]
    citizen.press("提交补正")
    citizen.page.wait_for_url(f"**/cases/{number}")
    expect(citizen.page.get_by_role("link", name="去补正")).to_have_count(0)


def decide(officer: Officer, number: str) -> None:
    """受理，审查，决定，办结: each step from the queue or from the case itself."""
    officer.open("/staff")
    officer.open_case(number)
    officer.reads(re.compile("1,?650"))
    officer.step("受理", "受理", saying="已受理")
    officer.step("审查完成，送决定", "送决定", words="材料齐全，建议准予", saying="已送决定")
    officer.step("准予", "准予…", sure="确定准予？", saying="已准予")
    officer.step("办结、送达", "办结、送达…", sure="确定办结？", saying="已办结")


def a_push_arrives(citizen: Citizen, push_service: PushService, number: str) -> None:
    """The service worker shows what only this browser could decrypt."""

    def told() -> bool:
        return any(number in notice["url"] for notice in citizen.notifications())

    until(told, citizen, saying=f"no push about {number}: {citizen.notifications()}")
    [subscription] = {message.token for message in push_service.delivered}
    assert subscription
    for message in push_service.delivered:
        assert message.headers["content-encoding"] == "aes128gcm"
        assert message.headers["authorization"].startswith("vapid t=")
        assert number.encode() not in message.body


def a_template_message_arrives(city: ServedCity, number: str) -> None:
    """WeChat delivered a message about the case to her phone."""
    messages = [one for one in city.wechat_messages() if number in str(one)]
    assert messages
    assert {one["openid"] for one in messages} == {"oDemo_Liang00000000000000000"}


def my_space_tells(citizen: Citizen, number: str) -> None:
    """The result, what was saved, and who looked at her data."""
    citizen.open(f"/cases/{number}")
    citizen.heading("准予办理")
    for channel in ("手机通知", "微信", "站内消息"):
        citizen.reads(channel)
    citizen.open("/space")
    citizen.reads("已办结")
    citizen.reads(re.compile("您办过的事一共要填"))
    citizen.open("/space/reads")
    office = citizen.page.locator(".reads li").filter(has_text="住房公积金")
    expect(
        office.filter(has=citizen.page.locator(f"a[href='/cases/{number}']")).first
    ).to_be_visible()
