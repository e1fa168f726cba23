"""Real servers for tests and benchmarks: PostgreSQL and Redis, each with its own folder and port.

1. ``process.py`` starts a server under a small keeper that ends it, and removes its folder,
   as soon as the test run ends, however it ends: at the end, on Ctrl-C or by ``kill -9``.
2. ``programs.py`` finds the program: the machine's own (Debian's package, Homebrew's), else the
   wheel from the lock file. ``TEST_SERVERS=machine`` or ``wheels`` insists on one of the two.
3. ``postgres.py`` and ``redis.py`` start it in under three seconds and hand out clean databases.
4. ``city.py`` starts the product itself, for all who need it in a process of its own.

By default nothing is written safely to disk, which is right for tests and wrong for benchmarks:
those ask for ``durable=True`` and get the servers' own careful settings.
"""

from tests.services.postgres import PostgresServer
from tests.services.redis import RedisServer

__all__ = ["PostgresServer", "RedisServer", "postgres", "redis"]


def postgres(*, durable: bool = False) -> PostgresServer:
    """Start a PostgreSQL server; close it with ``close()`` or use it as a context manager."""
    return PostgresServer(durable=durable)


def redis(*, durable: bool = False) -> RedisServer:
    """Start a Redis server; close it with ``close()`` or use it as a context manager."""
    return RedisServer(durable=durable)
