"""``python -m backend.cli VERB``: what an operator does to a city.

serve · worker · migrate · makemigrations · load · check · openapi · locales · keys · dead
signing-keys list | rotate [ALG] | distrust ALG · audit-log export | check · reseal
reindex [SECONDS] · rescan
client list | add FILE.json | rotate ID | disable ID · end-sessions ID | LOGIN | everybody
staff list | add LOGIN name=… roles=administrator | reset LOGIN | lock LOGIN | unlock LOGIN
"""

import argparse
import asyncio
import gc
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from backend.kernel import log, migrations, parts, privacy, turning
from backend.kernel import settings as settings_file
from backend.kernel.outbox import models as dead_letters
from backend.kernel.reseal import reseal
from backend.kernel.settings import Settings, SettingsError

OPERATING = (
    "signing-keys", "audit-log", "client", "staff", "end-sessions", "reseal", "reindex", "rescan",
)  # fmt: skip
SERVING = ("serve", "worker", "migrate", "load", "dead", *OPERATING)
WRITTEN = ("check", "makemigrations", "openapi", "locales")
NO_SCANNER = (
    "YIMEN_ANTIVIRUS_URL is not set: nobody scans what strangers upload. Name clamd's socket, as "
    "in unix:///run/clamav/clamd.ctl."
)
OPENAPI_FILE = Path(__file__).parent / "openapi.yaml"


def serve(settings: Settings) -> None:
    """Serve everything on one port until told to stop; open requests are finished first."""
    import uvicorn

    from backend.app import City
    from backend.catalogue.usecases import BrokenCatalogue, open_book

    try:
        open_book()
    except BrokenCatalogue as broken:
        raise SettingsError(str(broken)) from None
    uvicorn.run(
        City(settings, on_open=lambda: _opened(settings)),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=20,
    )


def _opened(settings: Settings) -> None:
    # What is loaded by now (catalogue, texts, routes) stays: no need to look for garbage in it.
    gc.collect()
    gc.freeze()
    # A request leaves next to no cycles behind: looking for some every 700 objects costs a tenth.
    gc.set_threshold(20_000, 20, 100)
    print(welcome(settings), flush=True)


def welcome(settings: Settings) -> str:
    """Where the city is, what it lacks, and in a demo who lives there and what to try."""
    at = settings.base_url
    lines = ["", f"{settings.city_name}一门通办已开门  {at}"]
    if not settings.antivirus_url:
        lines.append("  注意：没有设置 YIMEN_ANTIVIRUS_URL，市民上传的材料不查病毒")
    if settings.demo:
        from auth.demo import PASSWORD
        from backend.outside.demo import read_people
        from backend.outside.market.sandbox import read_companies

        who, company = read_people()[0], read_companies()[0]
        name, number = who["population"]["XM"], who["population"]["GMSFHM"]
        lines += [
            f"  市民（手机大小的窗口最好）  {at}/",
            f"  工作人员                    {at}/staff",
            f"  短信收件箱                  {at}/sandbox/sms/",
            f"  微信                        {at}/sandbox/wechat/",
            f"  所有外部系统和演示人物      {at}/sandbox/",
            "",
            "两分钟走一遍：",
            f"  1. 用 {name} 注册：身份证号码 {number}，手机号 {who['phone']}，验证码看短信收件箱",
            "  2. 搜“租房提取”，点“开始办理”：大部分内容已经填好，每一项都写着从哪里来",
            "  3. 补上剩下的几项，拍一张材料，提交",
            f"  4. 另开窗口登录工作人员 chief.gjj，密码 {PASSWORD}：一次性告知要补正的地方",
            "  5. 回到手机上补正；工作人员受理、审查、决定、办结",
            "  6. 打开“我的空间”：结果在里面，谁看过您的数据也在里面",
            f"  7. 替人办：{name} 有两个未成年孩子，也是一家公司的法定代表人，",
            f"     统一社会信用代码 {company['UNISCID']}；家人和单位都可以在“我的”里添加",
            "",
            "按 Ctrl-C 关门；数据留在 .yimen，删掉它就重新开始。",
        ]
    return "\n".join(lines)


async def work(settings: Settings) -> None:
    """Carry out the outbox and the clock's jobs until told to stop."""
    from backend import worker

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with parts.opened(settings), worker.running():
        if not settings.antivirus_url:
            log.warning("antivirus.off")
        await stopped.wait()


async def migrate(settings: Settings) -> None:
    """Bring the tables up to date."""
    async with parts.opened(settings, patient=True):
        await migrations.apply(settings, lambda name: print(f"迁移 {name}"))


async def load(settings: Settings) -> None:
    """Load the demo city's staff; what is there already stays."""
    from auth import demo
    from auth.usecases import load_staff

    if not settings.demo:
        raise SettingsError("only a demo city is loaded: set YIMEN_DEMO=1")
    async with parts.opened(settings):
        await migrations.apply(settings)
        print(f"工作人员 {await load_staff(demo.staff())}")


async def dead(settings: Settings, *, revive: str | None) -> int:
    """List what could not be sent, or send one of it again."""
    async with parts.opened(settings):
        if revive is not None:
            found = await dead_letters.revive(revive)
            print("sent again" if found else f"there is no dead letter with the key {revive}")
            return 0 if found else 1
        for row in await dead_letters.dead():
            print(f"{row['done_at']}  {row['kind']}  {row['error']}  {row['key']}")
    return 0


async def seal_anew(words: list[str]) -> int:
    """Bring everything sealed under the active key, while the city is open."""
    done = await reseal()
    print(f"sealed anew: {done.done}; would not open: {done.broken}")
    return 1 if done.broken else 0


async def index_anew(words: list[str]) -> int:
    """Bring every look-up key under the newest index key, while the city is open."""
    spread = float(words[0]) if words else turning.SPREAD_S
    print(f"brought under the newest index key: {await turning.reindex(spread=spread, say=print)}")
    return 0


async def scan_anew(words: list[str]) -> int:
    """Ask the virus scanner about every paper again, as after an update of its signatures."""
    from backend.outside.antivirus import client as antivirus
    from backend.vault import usecases as vault

    if not antivirus.configured():
        raise SettingsError(NO_SCANNER)
    done = await vault.rescan()
    print(f"asked: {done.asked}; infected: {done.infected}; no answer: {done.unanswered}")
    return 1 if done.unanswered else 0


async def door(settings: Settings, verb: str, words: list[str]) -> int:
    """What an operator does to an open city."""
    from auth import commands

    async with parts.opened(settings):
        chosen = {
            "signing-keys": commands.signing_keys,
            "audit-log": commands.audit_log,
            "client": commands.client,
            "staff": commands.staff,
            "end-sessions": commands.end_sessions,
            "reseal": seal_anew,
            "reindex": index_anew,
            "rescan": scan_anew,
        }
        return await chosen[verb](words)


def keys(settings: Settings, *, rotate: bool, turn_index: bool) -> None:
    """Make the key file, or add to it."""
    path = settings.keys_file
    assert path is not None
    privacy.create_keys(path)
    if rotate:
        print(
            f"key {privacy.rotate_keys(path)} is used from now on; "
            "`reseal` brings under it what lies under older ones"
        )
    if turn_index:
        print(
            f"index key {privacy.turn_index_key(path)} is known from now on; "
            "bring the file to every machine, then `reindex`"
        )
    print(f"keys are in {path}; keep a copy in a safe place")


def makemigrations(settings: Settings, *, check: bool) -> int:
    """Write the migrations that the models ask for; with ``check`` only say so."""
    writers = asyncio.run(migrations.pending(settings))
    for writer in writers:
        if check:
            print(
                f"The models of '{writer.app_label}' have changed and no migration says so. "
                "Run `python -m backend.cli makemigrations` and commit the new file."
            )
        else:
            print(f"wrote {writer.write()}")
    return 1 if check and writers else 0


def openapi(*, check: bool) -> int:
    """Write ``openapi.yaml``; with ``check`` only say whether it is fresh."""
    import yaml

    from backend.app import openapi as describe

    text = yaml.safe_dump(describe(), allow_unicode=True, sort_keys=False, width=100)
    if check:
        if not OPENAPI_FILE.exists() or OPENAPI_FILE.read_text() != text:
            print("backend/openapi.yaml is stale. Run `python -m backend.cli openapi`, commit it.")
            return 1
        return 0
    OPENAPI_FILE.write_text(text)
    print(f"wrote {OPENAPI_FILE.name}")
    return 0


def locales(*, check: bool) -> int:
    """Write the Traditional Chinese texts from the Simplified; with ``check`` only say if fresh."""
    from backend.catalogue.traditional import traditional
    from backend.kernel.i18n import LOCALES

    simplified, target = LOCALES / "zh-CN.json", LOCALES / "zh-Hant.json"
    text = traditional(simplified.read_text("utf-8"))
    if target.exists() and target.read_text("utf-8") == text:
        return 0
    if check:
        print(f"{target.name} is stale. Run `python -m backend.cli locales` and commit it.")
        return 1
    target.write_text(text, "utf-8")
    print(f"wrote {target.name}")
    return 0


def check(settings: Settings) -> int:
    """Check what is written down: catalogue, texts, API description, migrations."""
    from backend.catalogue.check import check_folder

    faults = check_folder()
    for fault in faults:
        print(fault)
    if not settings.antivirus_url:
        print(f"warning: {NO_SCANNER}")
    broken = [
        any(fault.blocks for fault in faults),
        locales(check=True),
        openapi(check=True),
        makemigrations(settings, check=True),
    ]
    return 1 if any(broken) else 0


def _trial(environ: Mapping[str, str]) -> dict[str, str]:
    """Settings by which what is written down can be checked without a register to speak to."""
    demo = {"YIMEN_SANDBOXES", "YIMEN_DEMO"} & set(environ)
    # a scanner that is missing must show
    return {"YIMEN_SANDBOXES": "1"} | ({} if demo else {"YIMEN_ANTIVIRUS_URL": ""})


def main(argv: list[str] | None = None) -> int:
    """Run one verb; a settings error ends with its sentence and status 2."""
    parser = argparse.ArgumentParser(prog="python -m backend.cli", description=__doc__)
    parser.add_argument(
        "verb",
        choices=[*SERVING, *WRITTEN, "keys"],
    )
    parser.add_argument("words", nargs="*", help="what to do, for a verb that has several")
    parser.add_argument(
        "--check", action="store_true", help="say what would change, change nothing"
    )
    parser.add_argument(
        "--rotate", action="store_true", help="keys: add a key and use it from now on"
    )
    parser.add_argument(
        "--turn-index", action="store_true", help="keys: add an index key, for `reindex`"
    )
    parser.add_argument("--revive", metavar="KEY", help="dead: send this one again")
    asked = parser.parse_args(argv)
    try:
        if asked.verb in ("openapi", "locales"):
            return (openapi if asked.verb == "openapi" else locales)(check=asked.check)
        trial = _trial(os.environ) if asked.verb in WRITTEN else {}
        settings = settings_file.load(trial | os.environ)
        log.start(settings.log_level)
        if asked.verb == "keys":
            keys(settings, rotate=asked.rotate, turn_index=asked.turn_index)
        elif asked.verb == "check":
            return check(settings)
        elif asked.verb == "makemigrations":
            return makemigrations(settings, check=asked.check)
        elif asked.verb == "serve":
            serve(settings)
        elif asked.verb == "load":
            asyncio.run(load(settings))
        elif asked.verb == "dead":
            return asyncio.run(dead(settings, revive=asked.revive))
        elif asked.verb in OPERATING:
            return asyncio.run(door(settings, asked.verb, asked.words))
        elif asked.verb == "worker":
            asyncio.run(work(settings))
        else:
            asyncio.run(migrate(settings))
    except SettingsError as error:
        print(f"Yimen cannot start: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
