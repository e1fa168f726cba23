"""The real-estate register over its wire: access tokens, translation, failures."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from backend.outside.real_estate import sandbox
from backend.outside.real_estate.client import RealEstate, facts_from
from backend.outside.wire import Down

ELDER = "440604195103080131"


@pytest.fixture
def http(wire):
    return wire(sandbox.build(token="s"))


@pytest.fixture
def register(http, redis):
    return RealEstate(http, redis, token="s", deadline=0.05)


async def test_facts_of_an_owner(register):
    facts = facts_from(await register.properties(ELDER))
    assert facts["property_count"] == 3
    assert facts["properties"][0] == {
        "certificate_number": "粤（2018）佛禅不动产权第0007715号",
        "address": "佛山市禅城区福贤路56号201房",
        "area": 72.1,
        "use": "住宅",
        "share": "1/1",
        "registered_on": "2018-04-01",
    }
    assert [one["use"] for one in facts["properties"]] == ["住宅", "车位", "商铺"]


async def test_owning_nothing_is_a_fact(register):
    facts = facts_from(await register.properties("440604199005120222"))
    assert facts == {"properties": [], "property_count": 0}


async def test_a_forgotten_access_token_is_renewed_once_for_all(http, register):
    await register.properties(ELDER)
    await http.post("/sandbox/forget")
    renewals = []
    http.event_hooks["request"].append(
        lambda request: _note(renewals, request.url.path == "/oauth/token")
    )
    answers = await asyncio.gather(*(register.properties(ELDER) for _ in range(20)))
    assert [len(answer) for answer in answers] == [3] * 20
    assert sum(renewals) == 1


async def _note(seen, value):
    seen.append(value)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("44060419860101021X", "timeout"),
        ("440604198601020282", "status"),
        ("440604198601030253", "garbled"),
        ("440604198601040224", "refused"),
    ],
)
async def test_magic_identities(register, number, reason):
    with pytest.raises(Down) as caught:
        await register.properties(number)
    assert (caught.value.system, caught.value.reason) == ("real_estate", reason)


async def test_a_wrong_secret_is_refused(http, redis):
    with pytest.raises(Down) as caught:
        await RealEstate(http, redis, token="x").properties(ELDER)
    assert (caught.value.reason, caught.value.permanent) == ("refused", True)


async def test_a_register_that_never_accepts_its_own_token_is_refused_not_asked_for_ever(
    wire, redis
):
    async def issue(request):
        return JSONResponse({"code": "0", "data": {"access_token": "t", "expires_in": 7200}})

    async def never(request):
        return JSONResponse({"code": "1002"}, 401)

    app = Starlette(
        routes=[
            Route("/oauth/token", issue, methods=["POST"]),
            Route("/api/bdc/query", never, methods=["POST"]),
        ]
    )
    with pytest.raises(Down) as caught:
        await RealEstate(wire(app), redis, token="s").properties(ELDER)
    assert caught.value.reason == "refused"
