"""Outgoing HTTP: one pooled client per outside system, each with a timeout.

Where the settings say ``sandbox`` the same client speaks the same bytes to the simulator's ASGI
application in process; nothing above this file can tell the difference.
"""

import ssl
from collections.abc import Mapping
from functools import cache

import httpx2

from backend.kernel.settings import Settings

SANDBOX_BASE = "http://sandbox.invalid"

_clients: dict[str, httpx2.AsyncClient] = {}


def open_clients(
    settings: Settings, systems: tuple[str, ...], sandboxes: Mapping[str, httpx2.AsyncBaseTransport]
) -> None:
    """Make the clients. For ``parts`` only."""
    timeout = httpx2.Timeout(settings.outside_timeout, connect=min(2.0, settings.outside_timeout))
    for system in systems:
        address = settings.address(system)
        if address == "sandbox" and system not in sandboxes:
            # a process of its own, such as a worker: the sandboxes live in the one that serves
            address = f"{settings.base_url}/sandbox/{system}"
        if address == "sandbox":
            _clients[system] = httpx2.AsyncClient(
                transport=sandboxes[system], base_url=SANDBOX_BASE, timeout=timeout
            )
        else:
            _clients[system] = httpx2.AsyncClient(
                base_url=address, timeout=timeout, verify=trusted()
            )
    # for addresses that stand in a registry of our own, such as those of departments
    _clients["departments"] = httpx2.AsyncClient(timeout=timeout, verify=trusted())


@cache
def trusted() -> ssl.SSLContext:
    """The authorities we trust, one list for all clients: reading it takes 30 ms."""
    return httpx2.create_ssl_context()


async def close_clients() -> None:
    """Close them again. For ``parts`` only."""
    while _clients:
        _, client = _clients.popitem()
        await client.aclose()


def client(system: str) -> httpx2.AsyncClient:
    """The client of an outside system by the name it has in the settings."""
    return _clients[system]
