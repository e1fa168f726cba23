"""Documents' bytes: a local folder or any S3 store through one library (obstore), always sealed."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from obstore.store import LocalStore, from_url

from backend.kernel import privacy

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

AT = "blobs.content"

# obstore's own patience is three minutes; a citizen waits for the upload.
PATIENCE: "ClientConfig" = {"timeout": "15s", "connect_timeout": "3s", "allow_http": True}
RETRIES: "RetryConfig" = {"max_retries": 2, "retry_timeout": timedelta(seconds=15)}


class BlobGone(Exception):
    """There is nothing under that key."""


class BlobStore:
    """Sealed bytes by key. Keys are ids, never names of people or files."""

    def __init__(self, store: Any) -> None:
        self._store = store

    async def put(self, key: str, data: bytes) -> None:
        """Keep bytes under a key; the same key again replaces them."""
        await self._store.put_async(key, privacy.seal(data, at=AT, row=key))

    async def get(self, key: str) -> bytes:
        """The bytes under a key.

        Raises:
            BlobGone: there are none.
            SealBroken: they are not what was put there.
        """
        try:
            found = await self._store.get_async(key)
        except FileNotFoundError:
            raise BlobGone(key) from None
        return privacy.unseal(bytes(await found.bytes_async()), at=AT, row=key)

    async def reseal(self) -> int:
        """Seal anew what lies under older keys than the active one; how many."""
        count = 0
        async for batch in self._store.list():
            for one in batch:
                key = str(one["path"])
                try:
                    head = await self._store.get_range_async(key, start=0, length=2)
                    if privacy.stale(bytes(head)):
                        await self.put(key, await self.get(key))
                        count += 1
                except (FileNotFoundError, BlobGone):  # deleted a moment ago
                    continue
        return count

    async def delete(self, key: str) -> None:
        """Forget a key; one that is not there is fine."""
        try:
            await self._store.delete_async(key)
        except FileNotFoundError:
            return


_blobs: BlobStore | None = None


def connect(url: str) -> BlobStore:
    """A store for the settings' ``blobs_url``: ``file:///…`` or ``s3://bucket/prefix``.

    S3's address and credentials come from the usual ``AWS_…`` variables of the environment.
    """
    if url.startswith("file://"):
        folder = Path(url.removeprefix("file://"))
        folder.mkdir(parents=True, exist_ok=True)
        return BlobStore(LocalStore(folder))
    return BlobStore(from_url(url, client_options=PATIENCE, retry_config=RETRIES))


def use(store: BlobStore | None) -> None:
    """Put a store in force (``None`` takes it back). For ``parts`` only."""
    global _blobs
    _blobs = store


def blobs() -> BlobStore:
    """The store in force."""
    if _blobs is None:
        raise RuntimeError("blobs are used before parts.opened()")
    return _blobs
