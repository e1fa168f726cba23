"""All sandboxes of the demo city: one application each, and the page that lists them.

``build`` makes them once per city, so that the messages a client sends in process are the ones
people see under ``/sandbox/``; nothing is kept outside the applications.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from backend.kernel.settings import Settings
from backend.outside.bank import sandbox as bank
from backend.outside.bank.sandbox import card_of
from backend.outside.demo import read_people
from backend.outside.education import sandbox as education
from backend.outside.housing_fund import sandbox as housing_fund
from backend.outside.immigration import sandbox as immigration
from backend.outside.market import sandbox as market
from backend.outside.market.sandbox import read_companies
from backend.outside.operators import sandbox as operators
from backend.outside.pages import assets, page
from backend.outside.population import sandbox as population
from backend.outside.real_estate import sandbox as real_estate
from backend.outside.sms import sandbox as sms
from backend.outside.social_security import sandbox as social_security
from backend.outside.webpush import sandbox as webpush
from backend.outside.wechat import sandbox as wechat
from backend.outside.wechat.crypto import Callback


def build(chosen: Settings, city: ASGIApp) -> dict[str, ASGIApp]:
    """The sandboxes by system, and the index page under ``""``; empty when sandboxes are off.

    ``city`` is the application they serve: WeChat's posts to its callback address.
    """
    if not chosen.sandboxes:
        return {}
    return {
        "": Starlette(routes=[Route("/", _index), *assets()]),
        "population": population.build(token=chosen.population_token),
        "social_security": social_security.build(token=chosen.social_security_token),
        "education": education.build(token=chosen.education_token),
        "housing_fund": housing_fund.build(token=chosen.housing_fund_token),
        "real_estate": real_estate.build(token=chosen.real_estate_token),
        "operators": operators.build(token=chosen.operators_token),
        "bank": bank.build(token=chosen.bank_token),
        "immigration": immigration.build(token=chosen.immigration_token),
        "market": market.build(token=chosen.market_token),
        "sms": sms.build(token=chosen.sms_token),
        "webpush": webpush.build(),
        "wechat": _wechat(chosen, city),
    }


def transports(sandboxes: Mapping[str, ASGIApp]) -> dict[str, httpx2.AsyncBaseTransport]:
    """What lets the clients of this process speak to the sandboxes without a network."""
    return {system: httpx2.ASGITransport(app=app) for system, app in sandboxes.items() if system}


def _wechat(chosen: Settings, city: ASGIApp) -> ASGIApp:
    platform = wechat.Platform(
        appid=chosen.wechat_oa_appid,
        secret=chosen.wechat_oa_secret,
        mini_appid=chosen.wechat_mp_appid,
        mini_secret=chosen.wechat_mp_secret,
        template=chosen.wechat_oa_template,
        base_url=chosen.base_url,
    )
    callback = Callback(
        token=chosen.wechat_oa_token,
        aes_key=chosen.wechat_oa_aes_key,
        appid=chosen.wechat_oa_appid,
    )
    way_back = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=city, raise_app_exceptions=False),
        base_url=chosen.base_url,
    )
    return wechat.build(platform=platform, callback=callback, city=way_back)


async def _index(request: Request) -> Response:
    people = "".join(_person(person) for person in read_people() if "phone" in person)
    companies = "".join(_company(company) for company in read_companies() if "note" in company)
    return page(
        request,
        "演示城市的外部系统",
        f"""<p>演示城市不连接任何真实系统：公安、社保、教育、公积金、不动产、运营商、银行、出入境、市场监管、短信、微信和推送服务，
都由这里的程序扮演，走和真实系统一样的接口。人物和号码都是虚构的。</p>
<ul class="doors">
<li><a href="sms/">短信收件箱</a>：验证码发到这里</li>
<li><a href="wechat/">微信</a>：看服务通知，和公众号对话</li>
<li><a href="webpush/">网页推送服务</a>：办件通知的密文经过这里</li>
</ul>
<h2>演示人物</h2>
<p class="hint">第一次用姓名、身份证号码和手机号注册，以后用手机号登录；验证码到短信收件箱里看。</p>
{people}
<h2>演示企业</h2>
<p class="hint">用法定代表人登录，在“我的—单位”里用统一社会信用代码开户。</p>
{companies}""",
        home=True,
    )


def _person(person: dict[str, Any]) -> str:
    held = person["population"]
    note = f"<p>{escape(person['note'])}</p>" if "note" in person else ""
    return (
        f'<article class="card"><h3>{escape(held["XM"])}</h3>{note}<dl><dt>手机号</dt>'
        f"<dd>{person['phone']}</dd><dt>身份证号码</dt><dd>{held['GMSFHM']}</dd>"
        f"<dt>银行卡号</dt><dd>{card_of(person)}</dd></dl></article>"
    )


def _company(company: dict[str, str]) -> str:
    return (
        f'<article class="card"><h3>{escape(company["ENTNAME"])}</h3><dl>'
        f"<dt>统一社会信用代码</dt><dd>{company['UNISCID']}</dd><dt>法定代表人</dt>"
        f"<dd>{escape(company['LEREP'])}</dd></dl></article>"
    )
