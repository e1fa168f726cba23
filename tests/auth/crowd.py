"""Ten thousand people who are nobody, and a way to find anything of them where it should not be.

Each has a name, an ID number, a phone, a session's token, a code and a WeChat account.
"""

import asyncio
import random
import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import asyncpg

from auth.models import codes, events, links, people, sessions
from auth.models.links import WechatUser
from auth.usecases.sessions import _digest
from backend.kernel import clock, db, sqlite
from backend.kernel.settings import Settings

MANY = 10_000


class Crowd:
    """The same ten thousand each time, or some of them."""

    def __init__(self, many: int = MANY) -> None:
        self.many = many
        chance = random.Random(16)
        chars = [chr(n) for n in range(0x4E00, 0x9FA5)]
        days = [
            f"{y}{m:02}{d:02}" for y in range(1940, 2007) for m in range(1, 13) for d in (3, 27)
        ]
        self.names = ["".join(chance.choices(chars, k=3)) for _ in range(many)]
        self.numbers = [
            f"4406{chance.randrange(100):02}{chance.choice(days)}{n:04}" for n in range(many)
        ]
        self.phones = [f"139{chance.randrange(10**4):04}{n:04}" for n in range(many)]
        self.tokens = [f"{chance.getrandbits(256):064x}" for _ in range(many)]
        # longer than those of text messages, so that no time of day looks like one by chance
        self.codes = [f"{chance.randrange(10**15, 10**16)}" for _ in range(many)]
        self.openids = [f"o{chance.getrandbits(128):032x}" for _ in range(many)]

    async def move_in(self, settings: Settings) -> None:
        """Through the very statements of the door, many rows at a time."""
        many: dict[str, list[tuple[Any, ...]]] = {}
        for n in range(self.many):
            for statement in self._one(n):
                if statement.sql.startswith("DELETE"):
                    continue  # nobody was here before
                many.setdefault(statement.sql, []).append(tuple(statement.params))
        if settings.database_url.startswith("sqlite://"):
            await asyncio.to_thread(_into_sqlite, settings.database_url, many)
            return
        connection = await asyncpg.connect(settings.database_url)
        async with connection.transaction():
            for sql, rows in many.items():
                await connection.executemany(sql, rows)
        await connection.close()

    def _one(self, n: int) -> Iterator[db.Statement]:
        who = db.new_id()
        yield people.adding(
            who, name=self.names[n], id_number=self.numbers[n], phone=self.phones[n],
            password_hash=None, level="real_name",
        )  # fmt: skip
        yield sessions.opening(
            db.new_id(), _digest(self.tokens[n]), kind="person", owner_id=who, via="web",
            methods="sms", aal=1, device=f"{self.names[n]}的手机",
            expires_at=clock.in_seconds(3600),
        )  # fmt: skip
        yield codes.issuing(
            db.new_id(), phone_blind=people.blind_phone(self.phones[n]), purpose="sign_in",
            code=self.codes[n], expires_at=clock.in_seconds(300), none_since=clock.now(),
        )  # fmt: skip
        yield from links.linking(who, WechatUser("official", self.openids[n]))
        yield events.happened("signed_in", via="web", address="198.51.100.7", person_id=who)


def _into_sqlite(url: str, many: dict[str, list[tuple[Any, ...]]]) -> None:
    with sqlite3.connect(url.removeprefix("sqlite://")) as connection:
        for sql, rows in many.items():
            connection.executemany(sqlite.numbered(sql), map(sqlite.adapted, rows))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that the dump holds each row once
    connection.close()


def found_in(dump: bytes, crowd: Crowd) -> set[str]:
    """Everything of the crowd that can be read in a dump or a log, as ``strings`` would read it."""
    digits = {w for run in re.findall(rb"[0-9X]{11,}", dump) for w in _windows(run, 11, 16, 18)}
    hexes = {w for run in re.findall(rb"o?[0-9a-f]{32,}", dump) for w in _windows(run, 33, 64)}
    texts = {
        w
        for run in re.findall(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){3,}", dump)
        for w in _windows(run.decode("utf-8", "replace"), 3)
    }
    return (
        {n.decode() for n in digits} & {*crowd.numbers, *crowd.phones, *crowd.codes}
        | {n.decode() for n in hexes} & {*crowd.tokens, *crowd.openids}
        | texts & set(crowd.names)
    )


def _windows(run: Any, *lengths: int) -> Iterator[Any]:
    for length in lengths:
        for at in range(len(run) - length + 1):
            yield run[at : at + length]
