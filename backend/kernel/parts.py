"""Opens what the settings name, in order, and closes it in the opposite order.

Two sets of parts, one code path: embedded (SQLite, fakeredis, a folder) and city (PostgreSQL,
Redis, S3). Settings choose; nothing above the kernel asks which.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import httpx2
from tortoise.context import TortoiseContext

from backend.kernel import blobs, cache, db, http, privacy, settings, turning
from backend.kernel.settings import BY_HTTP, Settings, SettingsError


@asynccontextmanager
async def opened(
    chosen: Settings,
    *,
    sandboxes: Mapping[str, httpx2.AsyncBaseTransport] | None = None,
    patient: bool = False,
) -> AsyncIterator[None]:
    """Everything the settings name, open for use.

    ``sandboxes`` are the simulators' transports by system, for systems set to ``sandbox``;
    ``patient`` as ``db.config`` has it.

    Raises:
        SettingsError: a file or service that the settings name is not there.
    """
    async with AsyncExitStack() as stack:
        settings.use(chosen)
        stack.callback(settings.use, None)
        privacy.use(_keys(chosen))
        stack.callback(privacy.use, None)
        redis = cache.connect(chosen.redis_url, longest=chosen.parts_timeout / 2)
        cache.use(redis)
        stack.callback(cache.use, None)
        stack.push_async_callback(redis.aclose)
        blobs.use(blobs.connect(chosen.blobs_url))
        stack.callback(blobs.use, None)
        http.open_clients(chosen, BY_HTTP, sandboxes or {})
        stack.push_async_callback(http.close_clients)
        if chosen.database_url.startswith("sqlite://"):
            chosen.state_dir.mkdir(parents=True, exist_ok=True)
        context = await stack.enter_async_context(TortoiseContext())
        # Requests run in tasks of the server, not of this one: the context must be reachable there.
        await context.init(config=db.config(chosen, patient=patient), _enable_global_fallback=True)
        await db.row("SELECT 1")
        db.open_lanes(chosen)
        stack.push_async_callback(db.close_lanes)
        db.turn_with(turning.state, turning.bringing)
        yield


def _keys(chosen: Settings) -> privacy.KeyRing:
    path = chosen.keys_file
    assert path is not None
    if chosen.demo and not path.exists():
        privacy.create_keys(path)
    try:
        return privacy.load_keys(path)
    except FileNotFoundError:
        raise SettingsError(
            f"{path} does not exist. Make it once with `python -m backend.cli keys` and keep "
            "a copy: without it nothing that is sealed can be read again."
        ) from None
    except (ValueError, KeyError) as error:
        raise SettingsError(f"{path} cannot be used as a key file: {error}") from None
