"""What an operator does to the identity house (``python -m backend.cli``, 运维命令)."""

from collections.abc import Sequence

import orjson

from auth import signing
from auth.models import signing_keys as rows
from auth.signing.keys import ALGS
from auth.usecases import audit
from backend.kernel import clock, db

USAGE = "signing-keys list | rotate [ALG] | distrust ALG"


async def signing_keys(words: Sequence[str]) -> int:
    """``list`` shows every key that is served; ``rotate`` lets the next key sign.

    ``distrust`` is for a key that strangers may know: what it signed is no longer believed, from
    the next look at the table on (half a minute).
    """
    verb, *algs = words or ["list"]
    known = verb in ("list", "rotate", "distrust") and set(algs) <= set(ALGS)
    if not known or (verb == "list" and algs) or (verb == "distrust" and len(algs) != 1):
        print(f"{USAGE} ({', '.join(ALGS)})")
        return 2
    await signing.prepare()
    if verb == "list":
        for key in await rows.served():
            until = f"  until {clock.rfc3339(key.served_until)}" if key.served_until else ""
            made = clock.rfc3339(key.created_at)
            print(f"{key.use:5}  {key.alg:5}  {key.state:7}  {key.kid}  made {made}{until}")
        return 0
    for alg in algs or ALGS:
        try:
            kid = await signing.rotate(alg, distrust=verb == "distrust")
        except signing.NotYet as reason:
            print(f"{reason} If strangers know the current key: signing-keys distrust {alg}")
            return 1
        except db.Stale:
            print("Somebody else rotates the keys at this moment.")
            return 1
        print(f"{alg}: {kid} signs from now on")
    return 0


async def audit_log(words: Sequence[str]) -> int:
    """``export`` prints every entry of the log in order, a JSON line each: what it says while that
    is kept, its hash afterwards. ``check`` compares tables, tree and the newest checkpoint.
    """
    if list(words) not in (["export"], ["check"]):
        print("audit-log export | check")
        return 2
    if words[0] == "export":
        async for index, entry, leaf in audit.exported():
            said = {"hash": leaf.hex()} if entry is None else {"leaf": entry.says().decode()}
            print(orjson.dumps({"index": index, **said}).decode())
        return 0
    faults = [line async for line in audit.faults()]
    for line in faults:
        print(line)
    print(f"{await audit.signed_for()} entries are signed for; {len(faults)} faults")
    return 1 if faults else 0
