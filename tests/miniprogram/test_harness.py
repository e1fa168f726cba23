"""The harness itself (测试台): it must fail where WeChat would."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.miniprogram import tools


def write_app(
    root: Path, *, script: str, template: str = "<view>你好</view>", using: str = "{}"
) -> Path:
    files = {
        "app.json": '{"pages": ["home/index"], "window": {}}',
        "app.ts": "App({})",
        "app.wxss": ".a { width: 750rpx }",
        "home/index.json": f'{{"usingComponents": {using}}}',
        "home/index.ts": script,
        "home/index.wxml": template,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def errors_of(browser: Browser, out: Path) -> list[str]:
    page = browser.new_page()
    page.goto((out / "index.html").as_uri())
    page.get_by_text("你好").wait_for()
    found = list(page.evaluate("harness.errors"))
    page.close()
    return found


@pytest.mark.parametrize(
    "reach",
    [
        "document.title",
        "window.scrollY",
        "localStorage.length",
        "fetch('/')",
        "globalThis.document.body",
    ],
)
def test_code_that_reaches_for_the_dom_fails(browser: Browser, tmp_path: Path, reach: str) -> None:
    source = write_app(tmp_path / "app", script=f"Page({{ onLoad() {{ {reach} }} }})")
    assert tools.build(source, tmp_path / "out").returncode == 0
    [error] = errors_of(browser, tmp_path / "out")
    assert "TypeError" in error


def test_an_unknown_interface_fails(browser: Browser, tmp_path: Path) -> None:
    source = write_app(tmp_path / "app", script="Page({ onLoad() { wx.scanDreams() } })")
    assert tools.build(source, tmp_path / "out").returncode == 0
    [error] = errors_of(browser, tmp_path / "out")
    assert "scanDreams" in error


@pytest.mark.parametrize(
    ("template", "using", "fault"),
    [
        ("<view>", "{}", "home/index.wxml:1:"),
        ("<view>{{a?.b}}</view>", "{}", "home/index.wxml:1:"),
        ("<div>你好</div>", "{}", "unknown tag <div>"),
        ("<view/>", '{"x": "/nowhere/x"}', "nowhere/x.wxml: missing"),
    ],
)
def test_a_fault_in_the_source_stops_the_build(
    tmp_path: Path, template: str, using: str, fault: str
) -> None:
    source = write_app(tmp_path / "app", script="Page({})", template=template, using=using)
    done = tools.build(source, tmp_path / "out")
    assert done.returncode == 1
    assert fault in done.stderr


def test_a_syntax_error_stops_the_build(tmp_path: Path) -> None:
    source = write_app(tmp_path / "app", script="Page({")
    done = tools.build(source, tmp_path / "out")
    assert done.returncode == 1
    assert "home/index.ts:1" in done.stderr
