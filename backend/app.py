"""The whole city on one port: every route of every house, readable at a glance."""

import hmac
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from auth import api as auth
from auth import demo, signing
from auth.client import acting, authenticate, means
from auth.usecases import load_staff
from backend import worker
from backend.cases import api as cases
from backend.catalogue import api as catalogue
from backend.catalogue.usecases import home_json
from backend.channels import api as channels
from backend.kernel import cache, log, metrics, migrations, parts, settings, turning, web
from backend.kernel.errors import not_allowed, outside_down
from backend.kernel.outbox import models as outbox_rows
from backend.kernel.settings import Settings
from backend.kernel.web.headers import SafetyHeaders
from backend.kernel.web.openapi import describe
from backend.kernel.web.static import Pwa
from backend.notices import api as notices
from backend.outside import sandboxes
from backend.vault import api as vault

VERSION = "0.1.0"


async def healthz(call: web.Call) -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


async def readyz(call: web.Call) -> dict[str, str]:
    """The process can serve: database and cache answer, and the key file is not behind."""
    try:
        behind = not await turning.known_here()
        await cache.redis().ping()
    except Exception as error:
        log.failure("readyz.failed", error)
        raise outside_down("not_ready", retry_after=5) from None
    if behind:
        log.warning("readyz.index_key_missing")
        raise outside_down("not_ready", retry_after=5)
    return {"status": "ready"}


async def metrics_page(call: web.Call) -> web.Reply:
    """Prometheus metrics, for the machine itself or with the metrics token."""
    token = settings.current().metrics_token
    given = call.request.headers.get("authorization", "")
    if token:
        let_in = hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    else:
        let_in = call.address in ("127.0.0.1", "::1")
    if not let_in:
        raise not_allowed("not_for_you")
    for state, count in (await outbox_rows.counts()).items():
        metrics.outbox_rows.labels(state).set(count)
    return web.Reply(metrics.page(), media_type="text/plain; version=0.0.4")


async def openapi_json(call: web.Call) -> dict[str, object]:
    """This very table as OpenAPI 3.1."""
    return openapi()


KERNEL = (
    web.route("GET", "/healthz", healthz, summary="Is the process alive", tags=("kernel",)),
    web.route("GET", "/readyz", readyz, summary="Can the process serve", tags=("kernel",)),
    web.route(
        "GET", "/metrics", metrics_page, summary="Prometheus metrics", tags=("kernel",),
        media_type="text/plain", actor=web.SIGNED,
    ),
    web.route("GET", "/openapi.json", openapi_json, summary="This description", tags=("kernel",)),
)  # fmt: skip

ROUTES: tuple[web.Route, ...] = (
    *KERNEL,
    *auth.ROUTES,
    *catalogue.ROUTES,
    *notices.ROUTES,
    *vault.ROUTES,
    *cases.ROUTES,
    *channels.ROUTES,
)


def openapi() -> dict[str, object]:
    """The description of ``ROUTES``."""
    return describe(ROUTES, title="Yimen 一门", version=VERSION)


class City:
    """The ASGI application: API, sign-in, sandboxes and PWA."""

    def __init__(self, chosen: Settings, *, on_open: Callable[[], None] = lambda: None) -> None:
        self.settings = chosen
        self._on_open = on_open
        self.sandboxes: Mapping[str, ASGIApp] = sandboxes.build(chosen, self)
        self._pwa = Pwa(Path(chosen.pwa_dir), home=home_json)
        self._api = web.build(
            ROUTES,
            authenticate,
            base_url=chosen.base_url,
            trust_proxy=chosen.trust_proxy,
            means_of=means,
            acting_of=acting,
        )
        self._door = SafetyHeaders(self._answer, secure=chosen.secure)
        self._api_roots = (
            "/api/",
            "/auth/",
            "/.well-known/",
            "/wechat/",
            "/healthz",
            "/readyz",
            "/metrics",
            "/openapi",
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or open and close the city with the server."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            await self._door(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path.startswith(self._api_roots):
            await self._api(scope, receive, send)
        elif path.startswith("/sandbox/") and self.sandboxes:
            system = path.removeprefix("/sandbox/").split("/", 1)[0]
            app = self.sandboxes.get(system) or self.sandboxes[""]
            root = f"/sandbox/{system}" if system in self.sandboxes and system else "/sandbox"
            await app({**scope, "root_path": root}, receive, send)
        elif scope["method"] in ("GET", "HEAD"):
            await self._pwa(scope, receive, send)
        else:
            await self._api(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with opened(self):
                await send({"type": "lifespan.startup.complete"})
                self._on_open()
                await receive()
        except Exception as error:
            log.failure("city.failed", error)
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.shutdown.complete"})


@asynccontextmanager
async def opened(city: City) -> AsyncIterator[None]:
    """The city with its parts open, its tables in order and, if it lives inside, its worker."""
    chosen = city.settings
    async with parts.opened(chosen, sandboxes=sandboxes.transports(city.sandboxes)):
        await migrations.apply(chosen)
        await signing.prepare()
        if chosen.demo:
            await load_staff(demo.staff(), only_new=True)
        if chosen.worker == "inside":
            async with worker.running():
                yield
        else:
            yield
