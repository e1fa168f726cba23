"""A face at the mini-program's camera (微信人脸核身): the page only carries the question.

1. ``begin`` opens a check at WeChat for the name and number we hold, and this person's openid.
2. The page lets the person look into the camera.
3. ``finish`` asks WeChat how it ended; what the page says about it is not even read. One check
   counts once, and only for the person who opened it.
"""

from datetime import timedelta

from auth.models import assurance as rows
from auth.models import events, faces, links, people
from auth.rules import assurance
from auth.usecases import prove, sessions
from auth.usecases.sessions import Live
from auth.usecases.visitor import Visitor, knock
from backend.kernel import clock, db, outbox
from backend.kernel.errors import Refusal, conflict, not_allowed, outside_down
from backend.outside.population.client import plain_name
from backend.outside.wechat.face import FaceVerification, Whose
from backend.outside.wire import Down

LIFE = timedelta(hours=1)


async def begin(live: Live) -> tuple[str, str]:
    """Our id of a new check, and the verify id for ``wx.requestFacialVerify``.

    Raises:
        Refusal: ``face_needs_wechat`` (not in the mini-program, or another WeChat account),
            ``face_needs_id_card``, ``face_refused``, ``wechat_down``, ``too_many_tries``.
    """
    openid = await links.find_openid("miniprogram", live.owner_id)
    if live.via != "miniprogram" or openid is None:
        raise not_allowed("face_needs_wechat")
    whose = await _whose(live)
    await knock("face.person", live.owner_id)
    row = db.new_id()
    try:
        verify_id = await FaceVerification.from_settings().open_check(
            whose, openid=openid, out_seq_no=_sequence(row)
        )
    except Down as down:
        raise _down(down) from None
    await db.write(
        faces.opening(
            row,
            person_id=live.owner_id,
            verify_id=verify_id,
            openid=openid,
            expires_at=clock.now() + LIFE,
        )
    )
    return row, verify_id


async def finish(live: Live, row: str, visitor: Visitor) -> str:
    """The session's new token, once WeChat itself says that the face is this person's.

    Raises:
        Refusal: ``face_over`` (unknown, used or too old), ``face_not_passed``,
            ``face_refused`` (not finished, or not for this person), ``wechat_down``,
            ``identity_has_account``, ``session_over``.
    """
    check = await faces.find(row, person_id=live.owner_id)
    if check is None:
        raise not_allowed("face_over")
    whose = await _whose(live)
    try:
        answer = await FaceVerification.from_settings().result(
            whose, verify_id=check.verify_id, out_seq_no=_sequence(row), openid=check.openid
        )
    except Down as down:
        raise _down(down) from None
    ending = faces.ending(row, answer.verify_ret)
    if not answer.passed:
        await _write(ending)
        await prove.failed(live, "face", visitor)
        raise not_allowed("face_not_passed")
    event = events.happened(
        "assured", method="face", via=visitor.via, address=visitor.address, person_id=live.owner_id
    )
    until = assurance.lasts_until("face", clock.today())
    try:
        await _write(
            ending,
            people.owning(
                live.owner_id, document="id_card", number=whose.id_number, name=whose.name
            ),
            *rows.proving(live.owner_id, "face", level="verified", until=until),
            outbox.row_for(
                "person.registered",
                key=f"person.registered:{live.owner_id}",
                payload={"person_id": live.owner_id},
            ),
            event,
        )
    except db.IntegrityError:
        await _write(ending)
        raise conflict("identity_has_account") from None
    outbox.nudge()
    await sessions.reload_all("person", live.owner_id)
    return await prove.raised(live, "face", visitor)


async def _write(*statements: db.Statement) -> None:
    try:
        await db.write(*statements)
    except db.Stale:  # the same check was finished a moment ago
        raise not_allowed("face_over") from None


async def _whose(live: Live) -> Whose:
    who = await people.find_identity(live.owner_id)
    if who is None or who.document != "id_card":
        raise not_allowed("face_needs_id_card")
    return Whose(plain_name(who.name), who.id_number)


def _sequence(row: str) -> str:
    return row.replace("-", "")


def _down(down: Down) -> Refusal:
    if down.permanent:
        return not_allowed("face_refused")
    return outside_down("wechat_down", retry_after=down.retry_after or 30)
