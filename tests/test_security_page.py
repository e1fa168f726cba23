"""SECURITY.md says what the code does: every figure, every way in, every use of cryptography.

A page that nobody checks is wrong within a month; so what can be counted is compared.
"""

import ast
import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from auth.models.sessions import Method
from auth.rules.limits import LIMITS
from auth.rules.passwords import LONGEST, SHORTEST, _common
from auth.usecases.provider import issuing
from backend.kernel import db
from backend.kernel.settings import OUTSIDE_SYSTEMS, Settings
from backend.kernel.web.budgets import BUDGETS
from backend.kernel.web.route import JSON_LIMIT
from backend.vault.rules import LARGEST, MOST_PAPERS
from tests.test_city import ROOT, SOURCES

PAGE = (ROOT / "SECURITY.md").read_text()


def rows(section: str) -> list[list[str]]:
    """The lines of the table in a section, without its head."""
    text = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_limit_is_told() -> None:
    assert "`auth/rules/limits.py`" in PAGE
    words = {
        node.value
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and path.name != "limits.py"
    }
    assert set(LIMITS) - words == set(), "limits that nobody counts"
    for path in SOURCES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "knock":
                name = node.args[0]
                assert not isinstance(name, ast.Constant) or name.value in LIMITS, path
    assert f"{MOST_PAPERS} papers of {LARGEST >> 20} MiB" in PAGE
    assert f"{JSON_LIMIT >> 10} KiB a JSON body" in PAGE


def test_every_budget_is_told() -> None:
    told = {row[0].strip("`"): tuple(map(int, row[2:])) for row in rows("Limits")}
    assert told == {
        name: (budget.times, budget.together, budget.seconds) for name, budget in BUDGETS.items()
    }


def test_every_way_in_is_told() -> None:
    assert {name.strip("`") for name, *_ in rows("Ways in")} == set(get_args(Method))
    assert f"{SHORTEST} to {LONGEST} characters" in PAGE
    assert len(_common()) > 11_000


def test_every_time_of_a_session_is_told() -> None:
    for _, seconds, setting in rows("Sessions"):
        field = Settings.model_fields[setting.strip("`").removeprefix("YIMEN_").lower()]
        assert int(seconds) == field.default, setting
    assert f"live\n{issuing.ACCESS_SECONDS} s, ID tokens {issuing.ID_TOKEN_SECONDS} s" in PAGE


def test_every_class_of_data_is_told() -> None:
    assert {name.strip("`") for name, *_ in rows("Data")} == set(get_args(db.Sensitivity))


def test_every_system_it_speaks_to_is_told() -> None:
    section = PAGE.partition("## Systems it speaks to\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"\(`(\w+)`\)", section)) == set(OUTSIDE_SYSTEMS)


# -- cryptography ---------------------------------------------------------------------------------

CRYPTO = {
    "cryptography", "hashlib", "hmac", "jwt", "joserfc", "argon2", "secrets", "webauthn", "ssl",
    "wechatpy", "pkcs11", "random", "zlib.crc32", "Crypto", "nacl",
}  # fmt: skip


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imported(path: Path) -> set[str]:
    """The modules that a source file imports, with the names taken from them."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def uses_cryptography() -> dict[str, set[str]]:
    """What each source file takes from a library of cryptography or of chance."""
    found: dict[str, set[str]] = {}
    for path in SOURCES:
        if path.name != "sandbox.py" and "sandbox" not in path.parts:  # others' side of the wire
            taken = {name for name in imported(path) if name.split(".")[0] in CRYPTO}
            if taken:
                found[path.relative_to(ROOT).as_posix()] = taken
    return found


def test_every_use_of_cryptography_stands_in_the_inventory() -> None:
    told = {
        where for *_, places in rows("Keys and cryptography")
        for where in re.findall(r"`([\w/.]+\.py)`", places)
    }  # fmt: skip
    using = uses_cryptography()
    plain = {
        "secrets",
        "secrets.token_urlsafe",
        "hashlib.sha256",
    }  # random texts, and their digests
    assert told - set(using) == set(), "these use none any more"
    assert {path for path, names in using.items() if names - plain} - told == set(), "name these"


WEAK = re.compile(r"(md5|sha1|sha224|TripleDES|ARC4|Blowfish|ECB|PKCS1v15|DES3?)", re.IGNORECASE)
ALLOWED = {
    "auth/rules/otp.py",  # RFC 6238, as every authenticator has it
    "backend/outside/wechat/crypto.py",  # WeChat's signature
    "backend/kernel/glance.py",  # Redis names scripts by it
}


def test_weak_algorithms_stand_only_where_a_standard_asks_for_them() -> None:
    found = set()
    for path in SOURCES:
        for node in ast.walk(parsed(path)):
            word = getattr(node, "attr", None) or getattr(node, "id", None)
            called = node.args[:1] if isinstance(node, ast.Call) else []
            words = [word, *(a.value for a in called if isinstance(a, ast.Constant))]
            if any(isinstance(one, str) and WEAK.fullmatch(one) for one in words):
                found.add(path.relative_to(ROOT).as_posix())
    assert found == ALLOWED


CHANCE = {
    "auth/rules/handoffs.py",  # random.SystemRandom
    "backend/kernel/outbox/dispatch.py",  # waits
    "backend/outside/tokens.py",  # waits
}


def test_secrets_come_from_the_systems_generator() -> None:
    using = {path for path, names in uses_cryptography().items() if "random" in names}
    assert using <= CHANCE
    assert "random.SystemRandom()" in (ROOT / "auth/rules/handoffs.py").read_text()


COMPARED = re.compile(r"(?i)(digest|token|secret|csrf|signature|mac|password_hash|otp)$")
NO_SECRETS = {
    ("auth/usecases/sessions.py", "digest"),  # one's own session among one's own
    ("auth/usecases/disown.py", "digest"),
    ("auth/usecases/staff.py", "password_hash"),  # two of ours: has the list changed it
    ("backend/outside/tokens.py", "token"),  # ours, against what a register refused
    ("backend/outside/wechat/account.py", "token"),
    ("backend/cases/rules/chain.py", "payload_digest"),  # of what both sides may read
}


def test_secrets_are_compared_in_constant_time() -> None:
    found = set()
    for path in SOURCES:
        where = path.relative_to(ROOT).as_posix()
        if "sandbox" in where:
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
                sides = [node.left, *node.comparators]
                if any(isinstance(one, ast.Constant) for one in sides):
                    continue
                for one in sides:
                    word = getattr(one, "attr", None) or getattr(one, "id", "")
                    if COMPARED.search(word):
                        found.add((where, word))
    assert found - NO_SECRETS == set(), "use hmac.compare_digest"


def test_the_logs_are_told() -> None:
    section = PAGE.partition("## Logs\n")[2].partition("\n## ")[0]
    kinds = {
        node.args[0].value.partition(".")[0]
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("log.event", "log.warning", "log.failure", "lines.warning")
        and isinstance(node.args[0], ast.Constant)
    }
    told = set(re.findall(r"`(\w+)\.`", section))
    assert kinds - told == set(), "name them under Logs in SECURITY.md"
    elsewhere = re.compile(r"FileHandler|SysLogHandler|\bprint\(")
    writes = {path.name for path in SOURCES if elsewhere.search(path.read_text())}
    assert writes <= {"cli.py", "commands.py"}, "logs go to standard error, by kernel.log"


# -- the pages ------------------------------------------------------------------------------------

PAGES = [
    path
    for folder in ("pwa/src", "pwa/public", "miniprogram/src")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".ts", ".vue", ".js", ".wxml", ".wxs", ".html")
]
DANGEROUS = re.compile(
    r"v-html|\.innerHTML|outerHTML|insertAdjacentHTML|document\.write\b|\beval\(|new Function\b"
    r"|javascript:|rich-text|srcdoc|__proto__|dangerously|importScripts\((?!['\"])|JSONP"
)


def test_no_page_makes_markup_or_code_out_of_texts() -> None:
    assert len(PAGES) > 100
    for path in PAGES:
        found = DANGEROUS.search(path.read_text())
        assert not found, f"{path.relative_to(ROOT)}: {found and found.group()}"


@pytest.mark.parametrize("line", ["<p v-html='x'>", "a.innerHTML = b", "eval(x)", "new Function()"])
def test_the_rule_sees_what_it_looks_for(line: str) -> None:
    assert DANGEROUS.search(line)


FIELD = re.compile(r"<input[^>]*(?:(?:current|new)-password|v-model=.(?:form\.)?password)[^>]*>")


def test_password_fields_hide_and_take_what_a_manager_pastes() -> None:
    seen = 0
    for path in PAGES:
        text = path.read_text()
        assert "@paste" not in text
        assert "onpaste" not in text
        for field in FIELD.findall(text):
            seen += 1
            assert re.search(r":?type=\"[^\"]*password", field), field
            assert "autocomplete" in field, field
            assert 'autocomplete="off"' not in field, field
    assert seen >= 4


def test_no_page_loads_from_another_host() -> None:
    for path in PAGES:
        if path.suffix in (".vue", ".html"):
            found = re.search(r"(?:src|href)=[\"']https?://", path.read_text())
            assert not found, path.relative_to(ROOT)


# -- our own source -------------------------------------------------------------------------------

RUNS_CODE = {"eval", "exec", "compile", "__import__"}
UNSAFE = {
    "pickle", "marshal", "shelve", "subprocess", "xml.sax", "lxml", "jinja2",
    "os.system", "os.popen", "ldap3", "memcache", "smtplib", "dill",
}  # fmt: skip


def test_nothing_runs_commands_or_unpacks_objects() -> None:
    for path in SOURCES:
        assert not {
            name for name in imported(path) if name in UNSAFE or name.split(".")[0] in UNSAFE
        }, path
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in RUNS_CODE, f"{path}:{node.lineno}"
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "yaml.load":
                assert "SafeLoader" in path.read_text(), f"{path}:{node.lineno}"
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                said = f"{node.value.id}.{node.attr}"
                assert said not in {"os.system", "os.popen"}, f"{path}:{node.lineno}"
