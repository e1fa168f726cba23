"""Tables follow the models by numbered migrations (Tortoise's own).

``pending`` tells what the models have that no migration makes; ``make test`` fails on it.
"""

from collections.abc import Callable
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
    await turning.prepare()


async def pending(settings: Settings) -> list[MigrationWriter]:
    """Migrations that the models ask for and that do not exist yet."""
    assert get_current_context() is None
    config: dict[str, Any] = db.config(settings)
    async with TortoiseContext() as context:
        await context.init(config=config, init_connections=False)
        assert context.apps is not None
        return list(await MigrationAutodetector(context.apps, config["apps"]).changes())
