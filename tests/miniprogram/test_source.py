"""The shipped source (小程序源码): types, templates, styles, sizes, and the rules it shares."""

import json
from pathlib import Path

import pytest

from tests.miniprogram import tools

LIMIT = 2 * 1024 * 1024


def test_the_source_is_well_typed() -> None:
    tools.tsc(tools.PROJECT)


def test_the_harness_is_well_typed() -> None:
    tools.tsc(tools.HERE / "harness")


def test_wechats_own_compilers_accept_templates_and_styles() -> None:
    done = tools.run(tools.HERE / "harness" / "lint.mjs", tools.SOURCE)
    assert done.returncode == 0, done.stderr


def test_every_package_is_below_wechats_limit() -> None:
    done = tools.run(tools.HERE / "harness" / "sizes.mjs", tools.SOURCE)
    sizes = json.loads(done.stdout)
    assert set(sizes) == {"main", "packages/apply", "packages/track", "packages/account"}
    assert max(sizes.values()) < LIMIT
    assert sum(sizes.values()) < LIMIT  # while it is that small, let nobody add a library unnoticed


def test_form_rules_are_those_of_the_web_app() -> None:
    # the types they speak of are each client's own: generated there, written down here
    ours = tools.SOURCE / "forms" / "rules.ts"
    theirs = tools.ROOT / "pwa" / "src" / "forms" / "rules.ts"
    assert ours.read_bytes() == theirs.read_bytes(), f"copy {theirs} to {ours}"


def test_form_rules_obey_the_vectors() -> None:
    vectors = tools.ROOT / "tests" / "vectors"
    told = [vectors / "forms.json", vectors / "credit_codes.json"]
    rules = tools.SOURCE / "forms" / "rules.ts"
    done = tools.run(tools.HERE / "harness" / "vectors.mjs", rules, *told)
    assert done.returncode == 0, done.stderr


def test_the_project_opens_in_the_developer_tools() -> None:
    project = tools.read_json(tools.PROJECT / "project.config.json")
    assert project["miniprogramRoot"] == "src/"
    assert project["appid"] == "touristappid"
    setting = project["setting"]
    assert isinstance(setting, dict)
    assert setting["useCompilerPlugins"] == ["typescript"]
    app = tools.read_json(tools.SOURCE / "app.json")
    assert app["componentFramework"] == "glass-easel"
    assert app["renderer"] == "webview"
    assert app["lazyCodeLoading"] == "requiredComponents"


@pytest.mark.parametrize("folder", [tools.PROJECT, tools.HERE])
def test_lock_files_name_no_host(folder: Path) -> None:
    lock = Path(folder) / "package-lock.json"
    assert "://" not in "".join(
        line for line in lock.read_text().splitlines() if '"resolved"' in line
    )
    for name, versions in tools.read_json(Path(folder) / "package.json").items():
        if name.endswith("ependencies") and isinstance(versions, dict):
            assert all(version[0].isdigit() for version in versions.values())
