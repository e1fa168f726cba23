"""Documents' bytes: a local folder or any S3 store through one library (obstore), always sealed."""

from pathlib import Path
from typing import Any

from obstore.store import LocalStore, from_url

from backend.kernel import privacy

AT = "blobs.content"


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

    async def delete(self, key: str) -> None:
        """Forget a key; one that is not there is fine."""
        try:
            await self._store.delete_async(key)
        except FileNotFoundError:
            return


_blobs: BlobStore | None = None


def connect(url: str) -> BlobStore:
    """A store for the settings' ``blobs_url`` (``file:///…`` or ``s3://bucket/prefix?…``)."""
    if url.startswith("file://"):
        folder = Path(url.removeprefix("file://"))
        folder.mkdir(parents=True, exist_ok=True)
        return BlobStore(LocalStore(folder))
    return BlobStore(from_url(url))


def use(store: BlobStore | None) -> None:
    """Put a store in force (``None`` takes it back). For ``parts`` only."""
    global _blobs
    _blobs = store


def blobs() -> BlobStore:
    """The store in force."""
    if _blobs is None:
        raise RuntimeError("blobs are used before parts.opened()")
    return _blobs
