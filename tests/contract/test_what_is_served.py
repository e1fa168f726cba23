"""What nobody should find is not there: our source, our history, lists of files, other verbs."""

import pytest

from backend import app
from tests import city as made
from tests.conftest import OpenCity

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


async def test_metrics_are_for_the_operator_alone(embedded_city: OpenCity) -> None:
    assert next(r for r in app.ROUTES if r.path == "/metrics").summary
    stranger = await embedded_city.client()
    stranger._transport.client = ("203.0.113.7", 1)  # type: ignore[attr-defined]
    assert (await stranger.get("/metrics")).status_code == 403
    assert (await made.visitor(embedded_city)).http is not stranger


async def test_a_parameter_that_comes_twice_is_refused(embedded_city: OpenCity) -> None:
    visitor = await embedded_city.client()
    assert (await visitor.get("/api/items?q=a")).status_code == 200
    answer = await visitor.get("/api/items?q=a&q=b")
    assert (answer.status_code, answer.json()["code"]) == (422, "check_input")
    assert [e["code"] for e in answer.json()["errors"]] == ["twice"]
