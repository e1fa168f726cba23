"""Promise 16: whoever steals the database or a disk has nothing; keys turn while people read."""

import asyncio
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import orjson
import pytest

from auth.models import people
from backend.kernel import db, privacy
from backend.kernel import parts as kernel_parts
from backend.kernel.reseal import columns, reseal
from backend.kernel.settings import Settings
from tests import city as made
from tests.auth.crowd import MANY, Crowd, found_in
from tests.conftest import OpenCity
from tests.services.programs import postgres_folder

HOME = Path(__file__).parent.parent.parent


async def dumped(settings: Settings) -> bytes:
    """What a thief carries away: the files of SQLite, or what ``pg_dump`` writes."""
    if settings.database_url.startswith("sqlite://"):
        path = Path(settings.database_url.removeprefix("sqlite://"))
        return b"".join(p.read_bytes() for p in sorted(path.parent.glob(path.name + "*")))
    program = postgres_folder() / "pg_dump"
    done = await asyncio.create_subprocess_exec(
        program, "--data-only", settings.database_url.replace("postgres://", "postgresql://"),
        stdout=subprocess.PIPE,
    )  # fmt: skip
    out, _ = await done.communicate()
    assert done.returncode == 0
    # pg_dump writes binary columns in hex: what is in them counts, not how it is written
    binary = re.compile(rb"\\\\x([0-9a-f]+)")
    inside = b"\n".join(bytes.fromhex(h.decode()) for h in binary.findall(out))
    return binary.sub(b"", out) + b"\n" + inside


async def test_promise_16_a_stolen_dump_names_nobody(parts: Settings) -> None:
    crowd = Crowd()
    async with kernel_parts.opened(parts):
        await crowd.move_in(parts)
        dump = await dumped(parts)
        assert len(dump) > MANY * 500
        assert found_in(dump, crowd) == set()
        # the search itself finds what is there to be found
        one = people.blind_phone(crowd.phones[7])
        await db.execute(
            "UPDATE auth_code SET digest = $1 WHERE phone_blind = $2", crowd.codes[7], one
        )
        (row,) = await db.rows("SELECT id FROM auth_person WHERE phone_blind = $1", one)
        await db.execute(
            "UPDATE auth_person SET name = $1, id_number = $2 WHERE id = $3",
            crowd.names[7].encode(), crowd.numbers[7].encode(), str(row["id"]),
        )  # fmt: skip
        planted = [crowd.names[7], crowd.numbers[7], crowd.codes[7]]
        seen = await dumped(parts)
        assert all(one.encode() in seen for one in planted)
        assert found_in(" ".join(planted).encode(), crowd) == set(planted)


async def test_promise_16_no_ciphertext_opens_in_another_row_or_column(city_app: OpenCity) -> None:
    one = await made.resident(city_app)
    await made.resident(city_app, made.ELDER)
    await one.upload("photo")
    every: list[tuple[str, str, bytes]] = []
    for table, column in columns():
        found = await db.rows(f"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL")
        every += [(f"{table}.{column}", str(r["id"]), bytes(r[column])) for r in found]
    for at, row, sealed in every:
        privacy.unseal(sealed, at=at, row=row)  # at table.column and the row's id, as told
    for (at, row, _), (_, _, sealed) in pairwise(every):
        with pytest.raises(privacy.SealBroken):
            privacy.unseal(sealed, at=at, row=row)
    assert len(every) > 30


async def test_promise_16_the_data_key_turns_while_people_read(
    city_app: OpenCity,
) -> None:
    """A process of its own rotates and seals anew; this one, which has not heard, reads on."""
    settings = city_app.settings
    resident = await made.resident(city_app)
    paper = await resident.upload("id_card")
    paths = ("/api/space", "/auth/session", "/auth/events", f"/api/documents/{paper['id']}/content")
    stopped = asyncio.Event()
    answers: list[int] = []

    async def read_on() -> None:
        while not stopped.is_set():
            for path in paths:
                answer = await resident.http.get(path)
                answers.append(answer.status_code)

    async def operator(*words: str) -> str:
        done = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "backend.cli", *words,
            cwd=HOME, env=made.environ(settings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await done.communicate()
        assert done.returncode == 0, said.decode()
        return said.decode()

    assert privacy.ring().active == 1
    reading = asyncio.create_task(read_on())
    try:
        assert settings.keys_file is not None
        assert privacy.rotate_keys(settings.keys_file) == 2  # what `keys --rotate` does
        said = await operator("reseal")
        assert "would not open: 0" in said
        await asyncio.sleep(0)
    finally:
        stopped.set()
        await reading
    assert set(answers) == {200}
    assert len(answers) > 20
    assert privacy.ring().active == 2  # met a new value, looked at the file
    assert (await reseal()).done == 0
    kept = orjson.loads(settings.keys_file.read_bytes())
    del kept["data"]["1"]
    settings.keys_file.write_bytes(orjson.dumps(kept))
    os.utime(settings.keys_file)
    assert privacy.refresh()
    for path in paths:
        assert (await resident.http.get(path)).status_code == 200
    await made.resident(city_app, made.ELDER)


async def test_what_somebody_writes_during_the_sealing_wins(city_app: OpenCity) -> None:
    await made.resident(city_app)
    (row,) = await db.rows("SELECT id, name FROM auth_person")
    path = city_app.settings.keys_file
    assert path is not None
    privacy.rotate_keys(path)
    stop = db.write

    async def slow(*statements: db.Statement) -> None:
        for one in statements:
            if "auth_person SET name" in one.sql:
                new = privacy.seal("改了名", at=people.NAME, row=str(row["id"]))
                await db.execute(
                    "UPDATE auth_person SET name = $1 WHERE id = $2", new, str(row["id"])
                )
        await stop(*statements)

    db.write = slow
    try:
        assert (await reseal()).done > 5
    finally:
        db.write = stop
    (row,) = await db.rows("SELECT id, name FROM auth_person")
    assert privacy.unseal_text(row["name"], at=people.NAME, row=str(row["id"])) == "改了名"


async def test_a_broken_value_is_counted_and_stops_nothing(embedded_city: OpenCity) -> None:
    await made.resident(embedded_city)
    (row,) = await db.rows("SELECT id, name FROM auth_person")
    wrong = bytes(row["name"])[:-1] + bytes((bytes(row["name"])[-1] ^ 1,))
    await db.execute("UPDATE auth_person SET name = $1 WHERE id = $2", wrong, str(row["id"]))
    assert embedded_city.settings.keys_file is not None
    privacy.rotate_keys(embedded_city.settings.keys_file)
    done = await reseal()
    assert done.broken == 1
    assert done.done > 5
    again = await reseal()
    assert (again.done, again.broken) == (0, 1)
