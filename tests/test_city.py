"""The city's own rules: what no single test would hold."""

import ast
import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from backend import app, cli, worker
from backend.kernel import db, i18n, reseal, turning
from backend.kernel.web.call import Who

ROOT = Path(__file__).parent.parent
SOURCES = [
    path
    for folder in ("backend", "auth")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
]


def calls(*names: str) -> Iterator[tuple[Path, ast.Call]]:
    """Every call in the product of a function with one of these names."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in names:
                    yield path, node


def tables() -> list[type[db.Table]]:
    return list(db.tables())


def test_every_table_of_every_house_is_known_to_the_migrations() -> None:
    named = {name for modules in db.MODELS.values() for name in modules}
    for path in SOURCES:
        if re.search(r"\(db\.Table\)|\(Table\)", path.read_text()) and path.name != "db.py":
            module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
            parents = {module, module.rsplit(".", 1)[0]}
            assert parents & named, f"{module} holds tables: add it to db.MODELS"


@pytest.mark.parametrize("table", tables(), ids=lambda t: t.__name__)
def test_every_column_declares_its_sensitivity(table: type[db.Table]) -> None:
    columns = set(table._meta.fields_db_projection)
    related = table._meta.fk_fields | table._meta.o2o_fields
    columns |= {f"{name}_id" for name in related}  # before Tortoise knows them
    assert columns == set(table.sensitivity)


@pytest.mark.parametrize("table", tables(), ids=lambda t: t.__name__)
def test_personal_looking_columns_are_sealed(table: type[db.Table]) -> None:
    telling = re.compile(
        r"id_number|phone|address|openid|bank|endpoint|password|token|_sealed|blind"
    )
    for column, how in table.sensitivity.items():
        if telling.search(column):
            assert how == "sealed", f"{table.__name__}.{column}"


def test_sealed_columns_are_sealed_for_their_own_cell() -> None:
    """``kernel.reseal`` opens them as ``table.column``: whoever seals must say the same."""
    said = {
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    missing = {f"{table}.{column}" for table, column in reseal.columns()} - said
    assert not missing, f"seal and open them at these names: {missing}"


def test_every_look_up_key_turns_with_the_index_key() -> None:
    """``kernel.turning`` brings what the tables tell it of: whoever makes a look-up key must."""
    told = {purpose for column in turning.columns() for purpose in column.purposes}
    made = {
        str(call.args[1].value)
        for path, call in calls("blind")
        if path.name != "privacy.py" and isinstance(call.args[1], ast.Constant)
    }
    assert made == told, "name the column in its table's `blinds`"
    for table in tables():
        looked_up = {column for column in table.sensitivity if column.endswith("_blind")}
        assert looked_up <= set(table.blinds) <= set(table.sensitivity), table.__name__
        assert not table.blinds or "id" in table.sensitivity


def test_every_route_names_its_actor_and_summary() -> None:
    for route in app.ROUTES:
        assert isinstance(route.actor, Who), route.path
        assert route.summary, route.path


def test_no_two_endpoints_share_an_operation_name() -> None:
    names = [route.endpoint.__name__ for route in app.ROUTES]
    assert sorted(names) == sorted(set(names))


def test_every_outbox_kind_has_a_handler() -> None:
    kinds: set[str] = set()
    for path, call in calls("enqueue", "row_for"):
        if path.parts[-2] == "outbox":
            continue
        kind = call.args[0]
        if isinstance(kind, ast.Constant):
            kinds.add(str(kind.value))
        else:  # f"notices.{channel}" and the like: a prefix must be served
            assert isinstance(kind, ast.JoinedStr), f"{path}: name the kind where it is enqueued"
            prefix = kind.values[0]
            assert isinstance(prefix, ast.Constant)
            served = [one for one in worker.OUTBOX if one.startswith(str(prefix.value))]
            assert served, f"{path}: nothing in worker.OUTBOX serves {prefix.value}*"
    assert kinds, "no enqueue was found: has it been renamed?"
    assert kinds <= set(worker.OUTBOX), "kinds without a handler in worker.OUTBOX"


def refusal_codes() -> set[str]:
    makers = ("invalid", "not_allowed", "not_found", "conflict", "outside_down")
    found = {"not_found"}
    for _, call in calls(*makers):
        if (
            call.args
            and isinstance(call.args[0], ast.Constant)
            and isinstance(call.args[0].value, str)
        ):
            found.add(call.args[0].value)
    return found


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_every_refusal_has_words_and_a_fix(lang: str) -> None:
    words = i18n.locale(lang)["refusals"]
    for code in refusal_codes():
        assert set(words.get(code, {})) == {"title", "fix"}, f"{lang}: {code}"
        assert all(words[code].values())


def leaves(tree: dict[str, Any], at: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in tree.items():
        found |= leaves(value, f"{at}.{key}") if isinstance(value, dict) else {f"{at}.{key}": value}
    return found


@pytest.mark.parametrize("lang", [lang for lang in i18n.LANGUAGES if lang != i18n.DEFAULT])
def test_every_locale_says_all_that_the_source_says(lang: str) -> None:
    source, other = leaves(i18n.locale(i18n.DEFAULT)), leaves(i18n.locale(lang))
    assert set(source) == set(other)
    for path, text in source.items():
        names = {name for _, name, _, _ in Formatter().parse(text) if name}
        others = {name for _, name, _, _ in Formatter().parse(other[path]) if name}
        assert others <= names, f"{lang} {path} asks for a word that is never given"


def test_chinese_texts_hold_no_english_sentences() -> None:
    allowed = re.compile(
        r"Idempotency-Key|PDF|JPG|JPEG|PNG|WebP|HEIC|KB|MB|WiFi|application/json|App"
    )
    for path, text in leaves(i18n.locale("zh-CN")).items():
        bare = allowed.sub("", re.sub(r"\{[^}]*\}", "", text))
        assert not re.search(r"[A-Za-z]{3,}", bare), f"{path}: {text}"


def test_the_openapi_file_is_fresh() -> None:
    assert cli.openapi(check=True) == 0


def test_lock_files_name_no_host() -> None:
    for path in [*ROOT.glob("requirements*.lock"), *ROOT.glob("**/package-lock.json")]:
        if "node_modules" in path.parts:
            continue
        text = path.read_text()
        assert "http://" not in text, path
        if path.suffix == ".lock":
            assert "https://" not in text, path
        else:
            resolved = [
                name
                for name, entry in json.loads(text)["packages"].items()
                if "://" in str(entry.get("resolved", ""))
            ]
            assert not resolved, path


def test_a_new_column_can_join_a_table_that_has_rows() -> None:
    for folder in ("auth", "backend"):
        for path in sorted((ROOT / folder / "migrations").glob("0*.py")):
            module = import_module(f"{folder}.migrations.{path.stem}")
            for step in module.Migration.operations:
                if type(step).__name__ != "AddField":
                    continue
                field = step.field
                assert field.null or field.has_db_default(), f"{path.name}: {step.name}"
