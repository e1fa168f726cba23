"""Tables follow the models by numbered migrations (Tortoise's own).

``pending`` tells what the models have that no migration makes; ``make test`` fails on it.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from tortoise.context import TortoiseContext, get_current_context
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.writer import MigrationWriter

from backend.kernel import db, turning
from backend.kernel.settings import Settings


async def apply(settings: Settings, say: Callable[[str], None] = lambda _: None) -> None:
    """Bring the opened database up to date, its fences too. Run it inside ``parts.opened``."""
    apps = db.config(settings)["apps"]

    def progress(event: str, app: str, name: str) -> None:
        if event == "apply_start":
            say(f"{app}.{name}")

    await MigrationExecutor(db.client(), apps).migrate(progress=progress)
    await _add_indexes()
    await turning.prepare()


async def _add_indexes() -> None:
    """Tortoise forgets the index of a column that a migration adds, and on SQLite of one that a
    migration indexes: whatever single column the models index and no index begins with gets one.
    """
    for name, column in sorted(_wanted() - await _indexed()):
        await db.client().execute_script(
            f"CREATE INDEX IF NOT EXISTS idx_{name}_{column} ON {name} ({column})"
        )


@cache
def _wanted() -> frozenset[tuple[str, str]]:
    """Table and column of every index of one column that the models name."""
    return frozenset(
        (str(about["table"]), str(one["db_column"]))
        for about in (table.describe() for table in db.tables())
        for one in about["data_fields"]
        if one["indexed"]
    )


async def _indexed() -> set[tuple[str, str]]:
    """Table and first column of every index there is."""
    if db.on_sqlite():
        sql = (
            "SELECT m.name AS place, c.name AS first FROM sqlite_master m "
            "JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c "
            "WHERE m.type = 'table' AND c.seqno = 0"
        )
    else:
        sql = (
            "SELECT t.relname AS place, a.attname AS first FROM pg_index i "
            "JOIN pg_class t ON t.oid = i.indrelid "
            "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]"
        )
    return {(str(row["place"]), str(row["first"])) for row in await db.read(sql)}


async def pending(settings: Settings) -> list[MigrationWriter]:
    """Migrations that the models ask for and that do not exist yet."""
    assert get_current_context() is None
    config: dict[str, Any] = db.config(settings)
    async with TortoiseContext() as context:
        await context.init(config=config, init_connections=False)
        assert context.apps is not None
        return list(await MigrationAutodetector(context.apps, config["apps"]).changes())
