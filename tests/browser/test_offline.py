"""A phone in a tunnel: the app starts, keeps every word, and sends what was submitted once."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.citizen import Citizen
from tests.browser.conftest import Phones
from tests.browser.people import until
from tests.browser.served import ROOT, ServedCity
from tests.browser.story import RENT, Resident
from tests.city import TOUR

FORM = f"/items/{RENT}/apply"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A copy of the built app, to make a new release of."""
    copy = tmp_path / "dist"
    shutil.copytree(ROOT / "pwa/dist", copy)
    return copy


@pytest.fixture
def city(tmp_path: Path, built: Path) -> Iterator[ServedCity]:
    """A city of the test's own, which it kills and starts again."""
    with ServedCity(tmp_path / "city", {"YIMEN_PWA_DIR": str(built)}) as served:
        yield served


def settled(person: Citizen) -> None:
    """The service worker has taken everything in and answers for the page."""
    until(
        lambda: bool(person.page.evaluate("navigator.serviceWorker.controller !== null")),
        person, saying="the service worker did not come to life",
    )  # fmt: skip


def signed_in(context: BrowserContext, city: ServedCity) -> tuple[Citizen, Resident]:
    """The tour's citizen at her phone, and behind the scenes."""
    resident = Resident(city, TOUR)
    context.add_cookies(resident.cookies)  # type: ignore[arg-type]
    return Citizen(context, city, TOUR, context.pages[0]), resident


def test_installs_and_starts_without_a_server(phones: Phones, city: ServedCity) -> None:
    phone = phones.phone()
    someone = Citizen(phone, city, TOUR, phone.pages[0])
    someone.open("/")
    settled(someone)
    developer = phone.new_cdp_session(someone.page)
    assert developer.send("Page.getAppManifest")["errors"] == []
    assert developer.send("Page.getInstallabilityErrors")["installabilityErrors"] == []

    someone.open(f"/items/{RENT}")
    city.kill()
    someone.open("/")
    someone.heading("今天要办什么事？")
    someone.reads("居住证申领")
    someone.open("/register")  # was never open before
    someone.heading("实名注册")
    someone.open(f"/items/{RENT}")  # was open before: its words are still known
    someone.heading("租房提取住房公积金")


def test_a_typed_draft_outlives_reload_tunnel_and_session(phones: Phones, city: ServedCity) -> None:
    phone = phones.phone()
    citizen, _ = signed_in(phone, city)
    citizen.open(FORM)
    settled(citizen)
    citizen.answer("每月租金", "1711")
    citizen.reads(re.compile("已保存"))
    citizen.page.reload()
    rent = citizen.page.get_by_label("每月租金（元）")
    expect(rent).to_have_value("1711")

    phone.set_offline(True)
    citizen.answer("每月租金", "1722")
    citizen.reads("暂时连不上，已保存在这台设备上")
    citizen.page.reload()
    expect(rent).to_have_value("1722")
    phone.set_offline(False)
    citizen.reads(re.compile(r"\d 已保存"))

    phone.clear_cookies()
    citizen.answer("每月租金", "1733")
    citizen.reads("登录已过期，内容都还在。请登录后继续")
    citizen.page.locator(".save-note").get_by_role("link", name="登录").click()
    citizen.sign_in_here()
    citizen.page.wait_for_url(f"**{FORM}")
    expect(rent).to_have_value("1733")
    assert citizen.complaints == []


def test_what_was_submitted_in_a_tunnel_is_sent_once(phones: Phones, city: ServedCity) -> None:
    phone = phones.phone()
    citizen, resident = signed_in(phone, city)
    prepared = resident.prepare(RENT)
    draft = {"revision": 0, "values": prepared["values"], "materials": prepared["materials"]}
    resident.ask("PUT", f"/api/drafts/{RENT}", json=draft)
    citizen.open(FORM)
    settled(citizen)
    citizen.next_step("上传材料")
    citizen.next_step("核对并提交")
    for box in citizen.page.locator(".declarations input").all():
        box.check()

    phone.set_offline(True)
    citizen.press("提交申请")
    citizen.heading("已收好，联网后自动提交")
    assert resident.ask("GET", "/api/cases")["cases"] == []

    phone.set_offline(False)
    until(
        lambda: len(resident.ask("GET", "/api/cases")["cases"]) == 1,
        citizen, saying="the submission was not sent",
    )  # fmt: skip
    citizen.page.evaluate("dispatchEvent(new Event('online'))")
    citizen.open("/cases")
    citizen.heading("正在办")
    expect(citizen.page.get_by_role("heading", name="等待发送")).to_have_count(0)
    assert len(resident.ask("GET", "/api/cases")["cases"]) == 1


def test_a_new_release_is_offered_and_taken(phones: Phones, city: ServedCity, built: Path) -> None:
    phone = phones.phone()
    someone = Citizen(phone, city, TOUR, phone.pages[0])
    someone.open("/")
    settled(someone)
    city.kill()
    for file in built.glob("sw.js*"):
        file.unlink()
    worker = (ROOT / "pwa/dist/sw.js").read_text()
    (built / "sw.js").write_text(f"{worker}\nself.release = 'next'\n")
    city.start()

    someone.page.evaluate("navigator.serviceWorker.ready.then((one) => one.update())")
    someone.reads("有新版本。")
    with someone.page.expect_navigation():
        someone.press("更新")
    [running] = phone.service_workers[-1:]
    assert running.evaluate("self.release") == "next"
