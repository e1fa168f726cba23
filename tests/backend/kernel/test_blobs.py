"""Documents' bytes in a folder and in an S3 store: the same answers, and never in the clear."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.kernel import blobs, privacy
from backend.kernel.blobs import BlobGone, BlobStore
from backend.kernel.privacy import SealBroken
from tests.services.s3 import S3Server


@pytest.fixture(autouse=True)
def keys(tmp_path: Path) -> Iterator[None]:
    privacy.create_keys(tmp_path / "keys.json")
    before = privacy._ring
    privacy.use(privacy.load_keys(tmp_path / "keys.json"))
    yield
    privacy.use(before)


@pytest.fixture(params=["folder", "s3"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[BlobStore]:
    if request.param == "folder":
        yield blobs.connect(f"file://{tmp_path}/blobs")
        return
    with S3Server() as server:
        for name, value in server.environ.items():
            monkeypatch.setenv(name, value)
        yield blobs.connect("s3://papers/2026")
        assert all(b"secret" not in body for body in server.objects.values())


async def test_what_is_put_is_got_until_it_is_deleted(store: BlobStore) -> None:
    await store.put("one/1", b"secret paper")
    await store.put("one/1", b"secret paper, second version")
    assert await store.get("one/1") == b"secret paper, second version"
    await store.delete("one/1")
    await store.delete("one/1")
    with pytest.raises(BlobGone):
        await store.get("one/1")


async def test_a_paper_under_another_key_does_not_open(tmp_path: Path) -> None:
    store = blobs.connect(f"file://{tmp_path}/blobs")
    await store.put("mine", b"secret paper")
    sealed = (tmp_path / "blobs/mine").read_bytes()
    assert b"secret" not in sealed
    (tmp_path / "blobs/yours").write_bytes(sealed)
    with pytest.raises(SealBroken):
        await store.get("yours")
