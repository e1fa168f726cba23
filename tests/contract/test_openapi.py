"""Whatever is sent to any endpoint, by anybody: never a 500, and always what the description says.

A real server of its own process; requests are made by schemathesis from the OpenAPI file, valid
ones and broken ones, for a stranger, a citizen and a chief of an office.
"""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy

import httpx2
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.app import openapi
from backend.outside.demo import read_people
from tests.city import PASSWORD
from tests.services.city import CityProcess, demo_environ
from tests.services.process import free_port

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance, response_headers_conformance,
]  # fmt: skip

schema = schemathesis.openapi.from_dict(openapi())
# A redirect to WeChat, and the end of the session that the other tests use.
described = schema.exclude(path_regex=r"/callback$").exclude(method="DELETE", path="/auth/session")


@dataclass(frozen=True)
class Served:
    """A server and what to send along to be somebody."""

    address: str
    headers: dict[str, dict[str, str]]
    wire: requests.Session


def bearer(http: httpx2.Client, body: dict[str, object], path: str) -> dict[str, str]:
    """Sign in as the mini-program does: a bearer token, no cookie."""
    headers = {"X-Yimen-Client": "miniprogram"}
    answer = http.post(path, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}", **headers}


def citizen(http: httpx2.Client) -> dict[str, str]:
    """A registered demo person."""
    who = read_people()[0]
    phone = who["phone"]
    http.post("/auth/codes", json={"phone": phone, "purpose": "register"})
    messages: list[dict[str, str]] = []
    while not messages:  # the worker sends it after the commit
        messages = http.get("/sandbox/sms/messages", params={"phone": phone}).json()["messages"]
    code = "".join(filter(str.isdigit, messages[0]["text"].split("分钟")[0]))[:6]
    body = {
        "name": who["population"]["XM"], "id_number": who["population"]["GMSFHM"],
        "phone": phone, "code": code, "consent": True,
    }  # fmt: skip
    return bearer(http, body, "/auth/registrations")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    state = tmp_path_factory.mktemp("contract") / "city"
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environ = demo_environ(state, YIMEN_BASE_URL=address, YIMEN_BUDGET_FACTOR="1000")
    with CityProcess(environ, state.with_suffix(".log"), port=port):
        with httpx2.Client(base_url=address) as http:
            staff = {"login": "chief.gjj", "password": PASSWORD}
            headers = {
                "stranger": {},
                "citizen": citizen(http),
                "staff": bearer(http, staff, "/auth/staff/sessions"),
            }
        with requests.Session() as wire:  # one connection, and no cookie stays on it
            wire.trust_env = False
            wire.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
            yield Served(address, headers, wire)


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 30\r\n",
        b"Content-Length: 4\r\nContent-Length: 30\r\n",
        b"Content-Length: +4\r\n",
        b"Transfer-Encoding: xchunked\r\n",
    ],
)
def test_a_request_with_two_lengths_smuggles_none_in(served: Served, lengths: bytes) -> None:
    inner = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    port = int(served.address.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        wire.sendall(
            b"POST /auth/codes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + lengths + b"\r\n0\r\n\r\n" + inner
        )  # fmt: skip
        wire.shutdown(socket.SHUT_WR)
        said = b""
        while part := wire.recv(65536):
            said += part
    assert b'"status":"ok"' not in said
    assert said.startswith(b"HTTP/1.1 4") or not said


# Each request is sent by all three: what costs time is to think it up.
@described.parametrize()
@settings(
    max_examples=12, deadline=None, derandomize=True, database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_answer_is_as_described(case: schemathesis.Case, served: Served) -> None:
    for headers in served.headers.values():
        response = case.call(base_url=served.address, session=served.wire, headers=headers)
        case.validate_response(response, checks=CHECKS)
