"""An operator ends sessions (强制退出): somebody's, or everybody's after a theft."""

from auth.models import events, people, sessions, staff
from auth.models.sessions import Kind
from auth.usecases.sessions import end, end_all
from backend.kernel import clock, db

AT_ONCE = 500


async def put_out(account: str) -> int | None:
    """End every session of a person (by id) or of a member of staff (by login); how many.

    None when there is no such account.
    """
    member = await staff.find(account)
    kind: Kind = "staff" if member else "person"
    owner = member.staff_id if member else account
    if not member and not (db.is_id(account) and await people.find_standing(account)):
        return None
    living = await sessions.living(kind=kind, owner_id=owner)
    whose = {f"{kind}_id": owner}
    await db.write(events.happened("signed_out", via="operator", address="", **whose))
    await end_all(kind, owner, by="operator")
    return len(living)


async def put_everybody_out() -> int:
    """End every session there is; how many. Those who sign in meanwhile stay."""
    count, now = 0, clock.now()
    while digests := await sessions.any_living(before=now, most=AT_ONCE):
        for digest in digests:
            await end(digest, by="operator")
        count += len(digests)
    await db.write(
        events.happened("signed_out", via="operator", address="", detail=f"everybody {count}")
    )
    return count
