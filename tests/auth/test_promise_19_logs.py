"""Promise 19: nothing of a person and no secret goes into a log or into a refusal's words.

Two witnesses: ``tests/guards.py`` reads every log line of the whole run, and the rule below reads
the source. Its taint is simple on purpose: a name that speaks of a person or a secret, whatever
is made from it in the same function, and no way out but the functions that hide or count.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

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
