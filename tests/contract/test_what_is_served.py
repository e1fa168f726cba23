"""What nobody should find is not there: our source, our history, lists of files, other verbs."""

from pathlib import Path

import httpx2
import pytest

from backend.kernel import web
from backend.kernel.settings import Settings
from tests.conftest import OpenCity, _opened

NOT_THERE = (
    "/.git/config", "/.git/HEAD", "/.env", "/pyproject.toml", "/backend/app.py", "/yimen.db",
    "/.yimen/keys.json", "/keys.json", "/assets/../../pyproject.toml", "/..%2f..%2fpyproject.toml",
    "/%2e%2e/%2e%2e/etc/passwd.txt", "/assets/%00.js", "/assets/app.js.map", "/index.html.bak",
    "/server-status.php", "/actuator.json",
)  # fmt: skip


@pytest.mark.parametrize("path", NOT_THERE)
async def test_what_was_not_built_is_not_served(embedded_city: OpenCity, path: str) -> None:
    visitor = await embedded_city.client()
    answer = await visitor.get(path)
    assert answer.status_code == 404, path
    assert "[project]" not in answer.text


async def test_a_folder_is_never_listed(embedded_city: OpenCity) -> None:
    visitor = await embedded_city.client()
    for path in ("/assets/", "/icons/", "/assets"):
        answer = await visitor.get(path)
        # an address of the app: the one page, which says that there is no such page
        assert ".js.br" not in answer.text
        assert "Index of" not in answer.text
        assert answer.content == (await visitor.get("/index.html")).content


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND", "PATCH"])
async def test_other_verbs_are_refused(embedded_city: OpenCity, method: str) -> None:
    visitor = await embedded_city.client()
    for path in ("/", "/api/home", "/auth/session", "/auth/token", "/nothing"):
        answer = await visitor.request(method, path, headers={"X-Secret": "echo me"})
        assert answer.status_code in (404, 405), (method, path)
        assert "echo me" not in answer.text


async def test_answers_say_what_they_are_and_no_version_of_anything(
    embedded_city: OpenCity,
) -> None:
    visitor = await embedded_city.client()
    for path in (
        "/",
        "/api/home",
        "/healthz",
        "/auth/log",
        "/auth/pages.css",
        "/boot.js",
        "/nope.js",
    ):
        answer = await visitor.get(path)
        kind = answer.headers["content-type"]
        assert not kind.startswith("text/") or "charset=utf-8" in kind, (path, kind)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not {"server", "x-powered-by", "via"} & set(answer.headers), path


async def test_no_page_can_be_framed_and_none_tells_where_one_was(embedded_city: OpenCity) -> None:
    visitor = await embedded_city.client()
    for path in ("/", "/space", "/api/home", "/auth/session", "/auth/log", "/nope.js", "/nothing"):
        headers = (await visitor.get(path)).headers
        for rule in ("frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"):
            assert rule in headers["content-security-policy"], path
        assert headers["referrer-policy"] == "same-origin"


async def test_scripts_and_styles_say_that_they_shall_not_be_framed(
    embedded_parts: Settings, tmp_path: Path
) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    for name in ("boot.js", "assets/app-1.js", "assets/app-1.css"):
        (tmp_path / name).write_text(";")
    async with _opened(embedded_parts.model_copy(update={"pwa_dir": tmp_path})) as city:
        visitor = await city.client()
        for path in ("/boot.js", "/assets/app-1.js", "/assets/app-1.css"):
            answer = await visitor.get(path)
            assert answer.status_code == 200, path
            assert answer.headers["content-security-policy"] == "frame-ancestors 'none'", path


async def test_nobody_chooses_their_own_address() -> None:
    async def where(call: web.Call) -> object:
        return {"address": call.address}

    async def nobody(_: object) -> web.Actor:
        return web.Actor()

    routes = [web.route("GET", "/where", where, summary="Where")]
    sent = {"X-Forwarded-For": "203.0.113.66, 198.51.100.7", "X-Real-IP": "203.0.113.66"}
    for trusted, expected in ((False, "127.0.0.1"), (True, "198.51.100.7")):
        asked = web.build(routes, nobody, base_url="http://t", trust_proxy=trusted)  # type: ignore[arg-type]
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=asked), base_url="http://t"
        ) as visitor:
            assert (await visitor.get("/where", headers=sent)).json() == {"address": expected}


async def test_metrics_are_for_the_operator_alone(embedded_parts: Settings) -> None:
    with_token = embedded_parts.model_copy(update={"metrics_token": "for the monitoring"})
    for settings in (embedded_parts, with_token):
        async with _opened(settings) as city:
            far = httpx2.ASGITransport(app=city.app, client=("203.0.113.7", 1))
            async with httpx2.AsyncClient(
                transport=far, base_url="http://localhost:8000"
            ) as visitor:
                assert (await visitor.get("/metrics")).status_code == 403
                wrong = {"Authorization": "Bearer guessed"}
                assert (await visitor.get("/metrics", headers=wrong)).status_code == 403
                right = {"Authorization": "Bearer for the monitoring"}
                allowed = (await visitor.get("/metrics", headers=right)).status_code
                assert allowed == (200 if settings.metrics_token else 403)


async def test_a_parameter_that_comes_twice_is_refused(embedded_city: OpenCity) -> None:
    visitor = await embedded_city.client()
    assert (await visitor.get("/api/items?q=a")).status_code == 200
    answer = await visitor.get("/api/items?q=a&q=b")
    assert (answer.status_code, answer.json()["code"]) == (422, "check_input")
    assert [e["code"] for e in answer.json()["errors"]] == ["twice"]
