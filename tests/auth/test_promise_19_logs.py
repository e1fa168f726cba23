"""Promise 19: nothing of a person and no secret goes into a log or into a refusal's words.

Two witnesses: ``tests/guards.py`` reads every log line of the whole run, and the rule below reads
the source. Its taint is simple on purpose: a name that speaks of a person or a secret, whatever
is made from it in the same function, and no way out but the functions that hide or count.
"""

import ast
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.kernel.log import JsonLines
from tests import city as made
from tests.auth.crowd import MANY, Crowd, found_in
from tests.conftest import OpenCity
from tests.test_city import SOURCES

TELLING = {
    "id_number", "phone", "address", "token", "access_token", "refresh_token", "secret", "password",
    "pin", "otp", "code_text", "openid", "unionid", "openids", "session_key", "bank_card",
    "identity", "applicant", "claims", "cookie", "cookies", "endpoint", "body", "payload",
    "content", "birthday", "real_name", "person_name", "device", "label",
}  # fmt: skip
"""Words of our source that stand for something of a person, or for a secret."""

HIDING = {
    "blind",
    "blind_phone",
    "blind_id_number",
    "blind_openid",
    "len",
    "type",
    "bool",
    "isinstance",
}
LOGS = {"event", "warning", "failure", "info", "error", "debug", "exception"}
REFUSALS = {"invalid", "not_allowed", "not_found", "conflict", "outside_down"}


def tainted(node: ast.AST, names: set[str]) -> str:
    """The word in an expression that tells of somebody; empty if there is none."""
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if called in HIDING or called.startswith("mask"):
            return ""
    if isinstance(node, ast.Compare):  # yes or no
        return ""
    if isinstance(node, ast.Name) and node.id in names | TELLING:
        return node.id
    if isinstance(node, ast.Attribute) and node.attr in TELLING:
        return node.attr
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id if node.value.id in names else ""  # the rest goes by its own name
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value) if node.slice.value in TELLING else ""
    return next(
        (word for child in ast.iter_child_nodes(node) if (word := tainted(child, names))), ""
    )


def leaks(source: str) -> Iterator[tuple[int, str]]:
    """Lines on which something telling is logged or put into a refusal's parameters."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        names: set[str] = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and tainted(node.value, names):
                names |= {n.id for target in node.targets for n in ast.walk(target)
                          if isinstance(n, ast.Name)}  # fmt: skip
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            owner = getattr(getattr(node.func, "value", None), "id", "")
            is_log = called in LOGS and owner in ("log", "lines", "logger", "logging", "_yimen")
            if not is_log and called not in REFUSALS:
                continue
            said = [k.value for k in node.keywords if k.arg not in ("errors", "shown")]
            said += node.args[2:] if called == "failure" else node.args[1:]
            for value in said:
                if word := tainted(value, names):
                    yield node.lineno, word


def test_promise_19_no_telling_word_flows_into_a_log_or_a_refusal() -> None:
    found = [
        f"{path.name}:{line} {word}" for path in SOURCES for line, word in leaks(path.read_text())
    ]
    assert not found, found


@pytest.mark.parametrize(
    "line",
    [
        "log.event('x', who=person.id_number)",
        "log.warning('x', to=f'to {phone}')",
        "shown = 'to ' + phone; log.event('x', to=shown)",
        "shown = 'to ' + phone; log.event('x', to=shown.strip())",
        "log.failure('x', error, row['openid'])",
        "lines.warning('x', a=[token])",
        "raise not_allowed('x', phone=phone)",
        "log.event('x', first=people[0].identity.name)",
    ],
)
def test_the_rule_sees_a_leak(line: str) -> None:
    assert list(leaks(f"def f(person, phone, row, token, people, error):\n    {line}\n"))


@pytest.mark.parametrize(
    "line",
    [
        "log.event('x', who=privacy.blind(phone, 'log'))",
        "log.event('x', shown=mask_phone(phone))",
        "log.event('x', count=len(phone), known=phone == row)",
        "raise invalid('x', errors=[FieldError('/phone', problem(phone))])",
        "raise conflict('x', shown={'name': person.identity})",
    ],
)
def test_the_rule_lets_go_what_is_hidden_or_shown_to_its_owner(line: str) -> None:
    assert not list(leaks(f"def f(person, phone, row):\n    {line}\n"))


def test_every_file_is_read() -> None:
    assert len(SOURCES) > 150
    assert all(isinstance(path, Path) for path in SOURCES)


# -- ten thousand of each -------------------------------------------------------------------------

AT_ONCE = 400


class _Everything(logging.Handler):
    """Every line at every level, in our own form and in a plain one."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += [self.format(record), record.getMessage()]


@pytest.fixture
def everything() -> Iterator[list[str]]:
    handler = _Everything()
    logging.getLogger().addHandler(handler)
    yield handler.lines
    logging.getLogger().removeHandler(handler)


async def test_promise_19_ten_thousand_of_each_leave_nothing_in_the_logs(
    embedded_city: OpenCity, everything: list[str]
) -> None:
    """Names, numbers, phones, tokens and codes come in by every door there is, and are refused."""
    crowd = Crowd()
    clerk = await made.clerk(embedded_city, "chief.gjj")
    for start in range(0, MANY, AT_ONCE):
        batch = slice(start, start + AT_ONCE)
        names, numbers, phones = crowd.names[batch], crowd.numbers[batch], crowd.phones[batch]
        tokens, some_codes, openids = crowd.tokens[batch], crowd.codes[batch], crowd.openids[batch]
        visitor = await embedded_city.client()
        everyone = {
            "name": "".join(names), "id_number": " ".join(numbers), "phone": " ".join(phones),
            "code": " ".join(some_codes), "note": dict(zip(names, phones, strict=True)),
        }  # fmt: skip
        answers = [
            await visitor.post("/auth/registrations", json=everyone),
            await visitor.post("/auth/sessions", json={"account": phones, "password": tokens}),
            await visitor.post("/auth/onward/sessions", json={"token": " ".join(tokens)}),
            await visitor.post(
                "/auth/token", data={"code": some_codes, "client_secret": tokens[0]}
            ),
            await visitor.get("/auth/wechat/callback", params={"code": openids[:40]}),
            await visitor.get("/api/items", params={"q": "".join(names)}),
            await visitor.get(f"/api/cases/{numbers[0]}"),
            await clerk.http.post("/api/staff/cases/search", json={"q": " ".join(numbers)}),
            await clerk.http.post("/api/cases", json={"values": everyone}),
        ]
        assert all(answer.status_code >= 400 for answer in answers), answers
        for n in range(0, AT_ONCE, 80):
            bearer = {"Authorization": f"Bearer {tokens[n]}", "X-Yimen-Client": openids[n]}
            cookie = {"Cookie": f"yimen_session={tokens[n + 1]}", "X-Request-ID": some_codes[n]}
            for headers in (bearer, cookie):
                assert (await visitor.get("/api/space", headers=headers)).status_code == 401
        body = {"phone": phones[0], "purpose": "sign_in"}
        assert (await visitor.post("/auth/codes", json=body)).status_code == 202
        await embedded_city.work()
    assert sum('"request.refused"' in line for line in everything) > MANY // AT_ONCE * 15
    said = "\n".join(everything).encode()
    assert found_in(said, crowd) == set()
    planted = f"{said.decode()}\n{crowd.names[7]} {crowd.phones[8]} {crowd.tokens[9]}"
    assert found_in(planted.encode(), crowd) == {crowd.names[7], crowd.phones[8], crowd.tokens[9]}
