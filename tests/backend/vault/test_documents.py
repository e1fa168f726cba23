"""Papers through HTTP: kept sealed, typed by their bytes, seen by their owner alone."""

import asyncio

import pytest

from backend.kernel import blobs, db
from backend.vault import rules
from tests.auth.conftest import refusal
from tests.backend.vault.conftest import HEIC, JPEG, PDF, PNG, WEBP, keyed, upload


async def test_what_is_uploaded_can_be_listed_opened_and_taken_out(liang):
    answer = await upload(liang.browser, JPEG, "photo", filename="IMG_0001.HEIC.jpeg")
    assert answer.status_code == 201, answer.text
    document = answer.json()
    assert document["content_type"] == "image/jpeg"
    assert document["grade"] == "C"
    assert document["type_name"] == "近期免冠证件照"
    assert document["valid_until"] is not None
    listed = (await liang.browser.get("/api/documents")).json()
    assert listed == {"documents": [document]}
    opened = await liang.browser.get(f"/api/documents/{document['id']}/content")
    assert opened.content == JPEG
    assert opened.headers["content-type"] == "image/jpeg"
    assert opened.headers.get_list("x-content-type-options")[0] == "nosniff"
    assert "sandbox" in opened.headers["content-security-policy"]
    assert opened.headers["content-disposition"].startswith("inline; filename*=UTF-8''IMG_0001")
    gone = await liang.browser.delete(f"/api/documents/{document['id']}")
    assert gone.status_code == 204
    assert (await liang.browser.get("/api/documents")).json() == {"documents": []}
    for again in (
        await liang.browser.get(f"/api/documents/{document['id']}/content"),
        await liang.browser.delete(f"/api/documents/{document['id']}"),
    ):
        assert refusal(again) == (404, "not_found")


async def test_the_same_key_keeps_one_paper(liang):
    first = await upload(liang.browser, key="same-key-1")
    second = await upload(liang.browser, PNG, key="same-key-1")
    assert first.json() == second.json()
    row = await db.row("SELECT count(*) AS n FROM vault_document")
    assert row["n"] == 1


async def test_two_uploads_at_once_with_one_key_keep_one_paper(liang, tmp_path):
    both = await asyncio.gather(*(upload(liang.browser, key="same-key-2") for _ in range(2)))
    assert [one.status_code for one in both] == [201, 201]
    assert both[0].json() == both[1].json()
    row = await db.row("SELECT count(*) AS n FROM vault_document")
    assert row["n"] == 1
    assert len([p for p in (tmp_path / "state" / "blobs").rglob("*") if p.is_file()]) == 1


async def test_a_full_space_says_so(liang, monkeypatch):
    monkeypatch.setattr(rules, "MOST_PAPERS", 1)
    assert (await upload(liang.browser)).status_code == 201
    assert refusal(await upload(liang.browser)) == (409, "too_many_documents")


async def test_bytes_and_names_are_sealed(liang, tmp_path):
    answer = await upload(liang.browser, filename="梁嘉欣的合同.pdf")
    row = await db.row("SELECT name FROM vault_document")
    assert "梁嘉欣".encode() not in bytes(row["name"])
    kept = [p.read_bytes() for p in (tmp_path / "state" / "blobs").rglob("*") if p.is_file()]
    assert kept
    assert not any(PDF[:16] in data for data in kept)
    assert await blobs.blobs().get(answer.json()["id"]) == PDF


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "document_empty"),
        (b"%PDF-1.7\n" + b"0" * rules.LARGEST + b"%%EOF", "document_too_large"),
        (HEIC, "document_heic"),
        (JPEG[:-2], "document_broken"),
        (PNG[:-4], "document_broken"),
        (PDF[:-6], "document_broken"),
        (b"PK\x03\x04" + b"0" * 40, "document_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "document_type"),
        (b"MZ\x90\x00", "document_type"),
        (b"GIF89a" + b"0" * 20, "document_type"),
    ],
)
async def test_what_cannot_be_kept_is_refused_with_the_nearest_fix(liang, data, code):
    assert refusal(await upload(liang.browser, data)) == (422, code)
    assert (await liang.browser.get("/api/documents")).json() == {"documents": []}


@pytest.mark.parametrize(
    ("data", "tail"),
    [
        (PDF, b"PK\x03\x04 an archive behind it"),
        (JPEG, b"<html><script>alert(1)</script>"),
        (PNG, b"PK\x03\x04"),
        (WEBP, b"\0\0\0\x20ftypmp42 a film of the phone"),
    ],
)
async def test_what_hides_behind_the_end_of_a_file_is_cut_off(liang, data, tail):
    answer = await upload(liang.browser, data + tail)
    assert answer.status_code == 201, answer.text
    opened = await liang.browser.get(f"/api/documents/{answer.json()['id']}/content")
    assert opened.content == data
    assert answer.json()["size"] == len(data)


async def test_a_pdf_is_saved_not_run(liang):
    answer = await upload(liang.browser)
    opened = await liang.browser.get(f"/api/documents/{answer.json()['id']}/content")
    assert opened.headers["content-disposition"].startswith("attachment;")


async def test_uploads_that_are_no_uploads(liang):
    browser = liang.browser
    paper = {"file": ("a.pdf", PDF)}
    without_key = await browser.post("/api/documents", files=paper)
    assert refusal(without_key) == (400, "key_missing")
    as_json = await browser.post("/api/documents", json={"file": "x"}, headers=keyed())
    assert refusal(as_json) == (415, "wrong_media_type")
    cut = await browser.post(
        "/api/documents",
        content=b"--x\r\nnothing",
        headers={**keyed(), "Content-Type": "multipart/form-data"},
    )
    assert refusal(cut) == (400, "body_unreadable")
    nothing = await browser.post("/api/documents", files={"other": ("a", b"")}, headers=keyed())
    assert {e["pointer"] for e in nothing.json()["errors"]} == {"/file", "/material_type"}
    unknown = await upload(browser, kind="love_letter")
    assert [e["pointer"] for e in unknown.json()["errors"]] == ["/material_type"]
    two = [("file", ("a", PDF)), ("file", ("b", PDF))]
    many = await browser.post("/api/documents", files=two, headers=keyed())
    assert refusal(many) == (400, "body_unreadable")


async def test_an_endless_upload_is_cut_off(liang):
    async def endless():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        while True:
            yield b"0" * 1024 * 1024

    headers = {**keyed(), "Content-Type": "multipart/form-data; boundary=x"}
    answer = await liang.browser.post("/api/documents", content=endless(), headers=headers)
    assert refusal(answer) == (413, "body_too_large")


async def test_nobody_else_sees_it(liang, huang, door):
    number = (await upload(liang.browser)).json()["id"]
    stranger = await door.visitor()
    clerk = await door.clerk()
    for method, path in (
        ("GET", "/api/documents"),
        ("GET", f"/api/documents/{number}/content"),
        ("DELETE", f"/api/documents/{number}"),
        ("GET", "/api/space/facts/phone"),
        ("GET", "/api/space/reads"),
        ("POST", "/api/space/refresh"),
    ):
        assert refusal(await stranger.request(method, path)) == (401, "sign_in_first")
        assert refusal(await clerk.request(method, path)) == (403, "not_for_you")
    for method, path in (
        ("GET", f"/api/documents/{number}/content"),
        ("DELETE", f"/api/documents/{number}"),
        ("GET", "/api/documents/not-an-id/content"),
    ):
        assert refusal(await huang.browser.request(method, path)) == (404, "not_found")
    assert (await huang.browser.get("/api/documents")).json() == {"documents": []}


async def test_names_from_anywhere_are_tidied(liang):
    for given, kept in (
        ("..\\..\\C:\\secret\\合同.pdf", "合同.pdf"),
        ("../../etc/passwd", "passwd"),
        ("\u202ea\u0000b\r\n.pdf", "ab.pdf"),
    ):
        answer = await upload(liang.browser, name=given)
        assert answer.json()["name"] == kept
    long = await upload(liang.browser, name="长" * 500 + ".pdf")
    assert len(long.json()["name"]) == rules.NAME_LENGTH
    assert long.json()["name"].endswith(".pdf")
