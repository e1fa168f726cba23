"""Whether a paper carries something bad (安全检查): asked of the virus scanner after the upload.

1. An upload is kept as ``waiting`` and the scanner is asked by the outbox, so that nobody waits for
   it and no answer is lost. Its owner goes on; the office may not open the paper yet.
2. ``clean``: everybody may who might before. ``infected``: in quarantine, and its owner is told to
   take a new photo. The bytes stay sealed where they are: a scanner may be wrong, and ``rescan``
   with newer signatures sets the paper free again, or finds what was unknown before.
3. What was never answered, and what was kept before the city had a scanner, is asked about again
   by the clock.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from backend.catalogue import usecases as catalogue
from backend.kernel import blobs, clock, db, log, metrics, outbox, privacy
from backend.notices import usecases as notices
from backend.outside.antivirus import client as antivirus
from backend.outside.wire import Down
from backend.vault import models
from backend.vault.models import Document, Scanned
from backend.vault.rules import Scan

OVERDUE = timedelta(minutes=15)
AT_A_TIME = 200
LONGEST_NAME = 60

is_on = antivirus.configured


def wanted(document: Document) -> list[db.Statement]:
    """For the upload's own write: the scanner is to be asked, if there is one."""
    if document.scan != Scan.WAITING:
        return []
    payload = {"document": document.id}
    return [outbox.row_for("vault.scan", key=f"scan:{document.id}", payload=payload)]


async def scan(job: outbox.Job) -> None:
    """Outbox: ask the scanner about one paper."""
    found = await models.to_scan(job.payload["document"])
    if found is None or not is_on():
        return
    try:
        await _judge(found)
    except Down as down:
        if down.permanent:
            raise outbox.GiveUp(down.reason) from None
        raise


async def scan_overdue() -> None:
    """Clock: ask about what was never answered, and what is older than the scanner."""
    if not is_on():
        return
    before = clock.now() - OVERDUE
    for state in (Scan.WAITING, Scan.UNCHECKED):
        await _judge_all(await models.unscanned(state, before=before, limit=AT_A_TIME))


class Rescanned(NamedTuple):
    """Papers asked about; those found infected; those that the scanner gave no answer for."""

    asked: int
    infected: int
    unanswered: int


async def rescan() -> Rescanned:
    """Ask about every paper again, as after an update of the signatures; the oldest first."""
    asked = infected = unanswered = 0
    last = db.FIRST_ID
    while page := await models.all_after(last, limit=AT_A_TIME):
        said = await _judge_all(page)
        asked += len(page)
        infected += said.count(Scan.INFECTED)
        unanswered += len(page) - len(said)
        last = page[-1].id
    return Rescanned(asked, infected, unanswered)


async def _judge_all(papers: Iterable[Scanned]) -> list[Scan]:
    """What is said of each, as far as the scanner answers at all."""
    said: list[Scan] = []
    for paper in papers:
        try:
            verdict = await _judge(paper)
        except Down as down:
            log.warning("antivirus.silent", reason=down.reason)
            if not down.permanent and down.reason in ("timeout", "unreachable"):
                break
            continue
        if verdict is not None:
            said.append(verdict)
    return said


async def _judge(paper: Scanned) -> Scan | None:
    """Ask and enter the answer; None if there are no bytes any more."""
    try:
        data = await blobs.blobs().get(paper.id)
    except (blobs.BlobGone, privacy.SealBroken):
        log.warning("antivirus.no_bytes", document=paper.id)
        return None
    finding = await antivirus.Antivirus.from_settings().scan(data)
    verdict = Scan.CLEAN if finding is None else Scan.INFECTED
    told = []
    if finding is not None:
        log.warning("antivirus.found", document=paper.id, finding=finding[:LONGEST_NAME])
        name = str(catalogue.material_type(paper.type)["name"])
        told.append(notices.about_paper(paper.person_id, document=paper.id, name=name))
    await db.write(models.judged(paper.id, verdict), *told)
    metrics.papers_scanned.labels(str(verdict)).inc()
    return verdict
