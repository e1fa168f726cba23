"""The sandboxes as the city serves them: clients in process and people in browsers see the same."""

from backend.kernel import http, parts
from backend.outside.education.client import Education
from backend.outside.housing_fund.client import HousingFund
from backend.outside.population.client import Check, Population
from backend.outside.real_estate.client import RealEstate
from backend.outside.sandboxes import build
from backend.outside.sms.client import Sms
from backend.outside.social_security.client import SocialSecurity

LIANG = "440604199005120222"


async def test_every_client_reaches_its_sandbox_by_the_settings_alone(embedded_city):
    checked = await Population.from_settings().check_identity(name="梁嘉欣", id_number=LIANG)
    assert checked is Check.MATCH
    assert await SocialSecurity.from_settings().find_insured(LIANG)
    assert await Education.from_settings().childrens_schooling(LIANG)
    assert await HousingFund.from_settings().find_account(LIANG)
    assert await RealEstate.from_settings().properties(LIANG) == []


async def test_a_message_sent_in_process_is_seen_in_the_browser(embedded_city):
    await Sms.from_settings().send(
        phone="19900000001",
        template="sign_in_code",
        params={"code": "135790", "minutes": "5"},
        key="a",
    )
    visitor = await embedded_city.client()
    shown = await visitor.get("/sandbox/sms/")
    assert "135790" in shown.text
    assert 'href="/sandbox/sms/look.css"' in shown.text
    for asset in ("look.css", "live.js"):
        assert (await visitor.get(f"/sandbox/sms/{asset}")).status_code == 200
        assert (await visitor.get(f"/sandbox/{asset}")).status_code == 200


async def test_the_index_lists_what_can_be_seen(embedded_city):
    visitor = await embedded_city.client()
    index = await visitor.get("/sandbox/")
    assert index.status_code == 200
    assert "阿依古丽·买买提江·努尔艾力" in index.text
    assert (await visitor.get("/sandbox/sms/")).status_code == 200
    assert (await visitor.get("/sandbox/nowhere")).status_code == 404


def test_without_sandboxes_there_is_nothing(embedded_parts, embedded_city):
    assert build(embedded_parts.model_copy(update={"sandboxes": False}), embedded_city.app) == {}


async def test_a_worker_of_its_own_reaches_the_sandboxes_over_the_network(embedded_parts):
    async with parts.opened(embedded_parts):
        address = http.client("sms").base_url
    assert str(address) == f"{embedded_parts.base_url}/sandbox/sms/"


async def test_a_phone_talks_to_the_city_itself(embedded_city):
    visitor = await embedded_city.client(origin=embedded_city.settings.base_url)
    for mode in ("plain", "safe"):
        shown = await visitor.post(
            "/sandbox/wechat/phone/huang",
            data={"text": "进度", "mode": mode},
            follow_redirects=True,
        )
        assert shown.status_code == 200
        assert "进度" in shown.text
