"""Seal anew what lies under older keys than the active one (重新加密), while the city is open.

Which columns there are the tables say themselves (``sensitivity``): whatever is ``sealed`` and
binary is a cell of ``privacy.seal``, at ``table.column`` and the row's id. A value that somebody
writes meanwhile wins, since it lies under the new key already.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.kernel import blobs, db, log, privacy

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many values were sealed anew, and how many would not open."""

    done: int = 0
    broken: int = 0

    def __add__(self, other: "Resealed") -> "Resealed":
        return Resealed(self.done + other.done, self.broken + other.broken)


def columns() -> Iterator[tuple[str, str]]:
    """Table and column of everything that is sealed."""
    for table in db.tables():
        about = table.describe()
        for one in about["data_fields"]:
            column = str(one["db_column"])
            if one["field_type"] == "BinaryField" and table.sensitivity[column] == "sealed":
                yield str(about["table"]), column


async def reseal() -> Resealed:
    """Bring every sealed value under the active key. Nothing to do while there is one key only.

    Afterwards an older key may be taken out of the key file, unless ``broken`` counts something.
    """
    privacy.refresh()
    if len(privacy.ring().data) == 1:
        return Resealed()
    total = Resealed()
    for table, column in columns():
        total += await _column(table, column)
    total += Resealed(await blobs.blobs().reseal())
    log.event("reseal.done", done=total.done, broken=total.broken, key=privacy.ring().active)
    return total


async def _column(table: str, column: str) -> Resealed:
    sql = (
        f"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL "  # noqa: S608 - our tables
        f"AND substr({column}, 2, 1) <> $1 AND id > $2 ORDER BY id LIMIT $3"
    )
    putting = f"UPDATE {table} SET {column} = $1 WHERE id = $2 AND {column} = $3"  # noqa: S608
    total, last = Resealed(), db.FIRST_ID
    while found := await db.read(sql, bytes((privacy.ring().active,)), last, AT_ONCE):
        anew: list[db.Statement] = []
        for row in found:
            last, old = str(row["id"]), bytes(row[column])
            try:
                fresh = privacy.reseal(old, at=f"{table}.{column}", row=last)
            except privacy.SealBroken:
                log.warning("reseal.broken", table=table, column=column, row=last)
                total += Resealed(broken=1)
                continue
            anew.append(db.Statement(putting, (fresh, last, old)))
        await db.write(*anew)
        total += Resealed(len(anew))
    return total
