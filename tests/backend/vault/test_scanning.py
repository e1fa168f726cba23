"""Papers from strangers are scanned: usable at once by their owner, by the office when clean."""

from datetime import timedelta
from typing import Any

import pytest

from backend.kernel import blobs, db
from backend.kernel.errors import Refusal
from backend.outside.antivirus.sandbox import EICAR, MAGIC
from backend.vault import usecases as vault
from tests import city as made
from tests.city import PNG, Visitor
from tests.conftest import OpenCity

ITEM = "fund-rent-withdrawal"


def pdf(inside: bytes) -> bytes:
    return b"%PDF-1.7\n1 0 obj<<>>endobj\n%" + inside + b"\ntrailer<<>>\n%%EOF\n"


async def upload(who: Visitor, data: bytes, kind: str = "lease_contract") -> dict[str, Any]:
    answer = await who.ask(
        "POST", "/api/documents", expect=201, files={"file": ("合同.pdf", data, "x/y")},
        data={"material_type": kind}, headers={"Idempotency-Key": made.key()},
    )  # fmt: skip
    return answer.json()  # type: ignore[no-any-return]


async def papers(who: Visitor) -> list[tuple[str, str]]:
    return [(d["scan"], d["scan_note"]) for d in (await who.get("/api/documents"))["documents"]]


async def handed_in(who: Visitor, data: bytes) -> tuple[str, str]:
    """A case that holds these bytes; its number and the paper."""
    body = await who.prepare(ITEM)
    kinds = {m["code"]: m["type"] for m in (await who.get(f"/api/items/{ITEM}/form"))["materials"]}
    code = next(code for code, kind in kinds.items() if kind == "lease_contract")
    paper = (await upload(who, data))["id"]
    body["materials"][code] = [paper]
    case = await who.post("/api/cases", body, expect=201)
    return case["number"], paper


async def opens(clerk: Visitor, number: str, paper: str) -> tuple[int, str]:
    answer = await clerk.ask("GET", f"/api/staff/cases/{number}/documents/{paper}")
    if answer.status_code == 200:
        return 200, ""
    return answer.status_code, answer.json()["code"]


async def scan_of(clerk: Visitor, number: str, paper: str) -> str:
    case = await clerk.get(f"/api/staff/cases/{number}")
    [found] = [d for m in case["materials"] for d in m["documents"] if d["id"] == paper]
    return str(found["scan"])


async def test_until_it_is_scanned_its_owner_goes_on_and_the_office_waits(
    city_app: OpenCity,
) -> None:
    liang, clerk = await made.resident(city_app), await made.clerk(city_app, "chief.gjj")
    number, paper = await handed_in(liang, pdf(b"a lease"))
    assert ("waiting", "正在检查是否安全，不影响您办理") in await papers(liang)
    assert (await liang.ask("GET", f"/api/documents/{paper}/content")).status_code == 200
    assert await scan_of(clerk, number, paper) == "waiting"
    reads = len((await liang.get("/api/space/reads"))["reads"])
    assert await opens(clerk, number, paper) == (409, "document_being_checked")
    # nobody has read what nobody was shown
    assert len((await liang.get("/api/space/reads"))["reads"]) == reads

    await city_app.work()
    assert {note for _, note in await papers(liang)} == {""}
    assert await scan_of(clerk, number, paper) == "clean"
    assert await opens(clerk, number, paper) == (200, "")
    assert (await liang.get("/api/space/reads"))["reads"][0]["case"] == number


async def test_what_carries_a_virus_is_served_to_nobody_and_its_owner_is_told(
    city_app: OpenCity, caplog: pytest.LogCaptureFixture
) -> None:
    liang, clerk = await made.resident(city_app), await made.clerk(city_app, "chief.gjj")
    number, paper = await handed_in(liang, pdf(EICAR))
    await city_app.work()

    assert await opens(clerk, number, paper) == (403, "document_quarantined")
    answer = await liang.ask("GET", f"/api/documents/{paper}/content", expect=403)
    assert answer.json()["code"] == "document_infected"
    assert "重新拍" in answer.json()["fix"]
    assert EICAR not in answer.content
    assert await scan_of(clerk, number, paper) == "infected"
    case = await liang.get(f"/api/cases/{number}")
    assert "infected" in {d["scan"] for papers in case["materials"].values() for d in papers}
    [notice] = [
        one for one in (await liang.get("/api/notices"))["notices"]
        if one["kind"] == "paper_infected"
    ]  # fmt: skip
    assert "重新拍" in notice["title"] + notice["body"]
    assert notice["case"] is None
    told = [vars(r) for r in caplog.records if "antivirus.found" in r.getMessage()]
    assert paper in str(told)
    assert liang.person_id not in str(told)

    # it stands for nothing any more, and cannot be handed in again
    opened = await liang.get(f"/api/items/{ITEM}/application")
    offered = {d["id"] for m in opened["materials"].values() for d in m["documents"]}
    assert paper not in offered
    body = await liang.prepare(ITEM)
    [code] = [code for code, held in case["materials"].items() if paper in {d["id"] for d in held}]
    body["materials"][code] = [paper]
    refused = await liang.post("/api/cases", body, expect=422)
    assert "document_infected" in {e["code"] for e in refused["errors"]}
    # in a draft it may stay: nothing typed is ever lost
    draft = {"revision": 0, "values": {}, "materials": {code: [paper]}}
    await liang.put(f"/api/drafts/{ITEM}", draft)
    await liang.delete(f"/api/documents/{paper}")


async def test_a_scanner_that_is_away_is_asked_again(
    embedded_city: OpenCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    liang = await made.resident(embedded_city)
    await upload(liang, pdf(MAGIC + b"DEAD"))
    await embedded_city.work()
    assert [scan for scan, _ in await papers(liang)] == ["waiting"]
    await vault.scan_overdue()
    assert [scan for scan, _ in await papers(liang)] == ["waiting"], "it is not overdue yet"
    # the scanner comes back with the same bytes to judge
    monkeypatch.setattr("backend.outside.antivirus.sandbox.MAGIC", b"never")
    monkeypatch.setattr("backend.vault.scanning.OVERDUE", timedelta(minutes=-1))
    await vault.scan_overdue()
    assert [scan for scan, _ in await papers(liang)] == ["clean"]


async def test_what_is_older_than_the_scanner_is_caught_up_with(
    city_app: OpenCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = city_app.settings.model_copy(update={"antivirus_url": ""})
    monkeypatch.setattr("backend.kernel.settings._current", without)
    liang, clerk = await made.resident(city_app), await made.clerk(city_app, "chief.gjj")
    number, paper = await handed_in(liang, pdf(EICAR))
    await city_app.work()
    assert {scan for scan, _ in await papers(liang)} == {"unchecked"}
    assert await opens(clerk, number, paper) == (200, "")
    await vault.scan_overdue()
    assert {scan for scan, _ in await papers(liang)} == {"unchecked"}

    monkeypatch.setattr("backend.kernel.settings._current", city_app.settings)
    monkeypatch.setattr("backend.vault.scanning.OVERDUE", timedelta(minutes=-1))
    await vault.scan_overdue()
    assert await opens(clerk, number, paper) == (403, "document_quarantined")


async def test_newer_signatures_find_and_forgive(
    embedded_city: OpenCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    liang = await made.resident(embedded_city)
    await upload(liang, pdf(EICAR))
    await upload(liang, PNG)
    late = await upload(liang, pdf(b"known tomorrow"))
    gone = await upload(liang, PNG)
    await embedded_city.work()
    await blobs.blobs().delete(gone["id"])
    assert [scan for scan, _ in await papers(liang)] == ["clean", "clean", "clean", "infected"]
    monkeypatch.setattr("backend.vault.scanning.AT_A_TIME", 2)
    monkeypatch.setattr("backend.outside.antivirus.sandbox.EICAR", b"known tomorrow")
    assert await vault.rescan() == (4, 1, 1)
    assert [scan for scan, _ in await papers(liang)] == ["clean", "infected", "clean", "clean"]
    with pytest.raises(Refusal, match="document_quarantined"):
        await vault.content(liang.person_id, late["id"])
    monkeypatch.setattr("backend.outside.antivirus.sandbox.EICAR", MAGIC)
    assert await db.row("SELECT 1 AS one FROM vault_document WHERE scanned_at IS NULL") is None
