"""What an operator does to the identity house (``python -m backend.cli``, 运维命令)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from auth import signing
from auth.models import signing_keys as rows
from auth.models import staff as people
from auth.signing.keys import ALGS
from auth.usecases import audit, resets
from auth.usecases.members import starting_password
from auth.usecases.provider import registry
from auth.usecases.putting_out import put_everybody_out, put_out
from auth.usecases.staff import load_staff, set_active
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


async def end_sessions(words: Sequence[str]) -> int:
    """Sign somebody out everywhere, by a person's id or a login, or everybody (强制退出)."""
    if len(words) != 1:
        print("end-sessions PERSON-ID | LOGIN | everybody")
        return 2
    if words[0] == "everybody":
        print(f"{await put_everybody_out()} sessions ended")
        return 0
    count = await put_out(words[0])
    print("there is no such account" if count is None else f"{count} sessions ended")
    return 1 if count is None else 0


CLIENT_USAGE = """client list
client add FILE.json …        registrations as JSON; a known client_id is written anew
client add ID name=… department=… purpose=… redirect_uris=https://… [scopes=openid,profile]
              [profile=high jwks=FILE.json] [basis.id_number=《…法》第…条]
client rotate ID [JWKS.json]  a new secret (the former one counts for 7 days), or new keys
client disable ID | client enable ID"""


async def client(words: Sequence[str]) -> int:
    """Register the systems of departments (接入应用登记)."""
    verb, *rest = words or ["list"]
    try:
        if verb == "list" and not rest:
            for one in await registry.every():
                state = "" if one.enabled else "  DISABLED"
                print(f"{one.client_id}  {one.profile:4}  {one.department_name}  {one.name}{state}")
            return 0
        if verb == "add" and rest:
            for registration in _registrations(rest):
                found, secret = await registry.add(registration)
                alg = found.id_token_alg  # a library that is not told so may take RS256 alone
                print(f"{found.client_id} is registered ({found.profile}, ID tokens by {alg})")
                if secret:
                    print(f"secret, shown only now: {secret}")
            return 0
        if verb == "rotate" and len(rest) in (1, 2):
            jwks = _file(rest[1]) if len(rest) == 2 else None
            secret = await registry.rotate(rest[0], jwks)
            print(f"secret, shown only now: {secret}" if secret else "the new keys count from now")
            return 0
        if verb in ("disable", "enable") and len(rest) == 1:
            await registry.disable(rest[0], enabled=verb == "enable")
            print(f"{rest[0]}: {verb}d")
            return 0
    except registry.BadRegistration as bad:
        print("\n".join(map(str, bad.problems)))
        return 1
    except (OSError, orjson.JSONDecodeError, ValueError) as error:
        print(f"the file cannot be read: {error}")
        return 1
    print(CLIENT_USAGE)
    return 2


STAFF_USAGE = """staff list
staff add LOGIN name=… roles=administrator [department=… department_name=… district=… hall=…]
staff reset LOGIN   phone, keys and password are lost: a starting password, good for three days
staff lock LOGIN | staff unlock LOGIN"""


async def staff(words: Sequence[str]) -> int:
    """Bring the first administrator in, and let somebody begin again (工作人员).

    What an operator does here needs no second person, and stands in the journal as theirs.
    """
    verb, *rest = words or ["list"]
    login, *pairs = rest or [""]
    member = await people.find(login)
    if verb == "list" and not rest:
        for one in await people.everybody():
            state = "" if one.active else "  LOCKED"
            print(f"{one.login}  {','.join(one.roles)}  {one.department or '*'}  {one.name}{state}")
        return 0
    if verb == "add" and pairs and all("=" in pair for pair in pairs):
        given = dict(pair.partition("=")[::2] for pair in pairs)
        roles = given.pop("roles", "").replace(",", " ").split()
        if member is not None:
            print(f"{login} is there already")
            return 1
        password = starting_password()
        entry = {"login": login, "name": login, "department": "", **given, "roles": roles}
        try:
            await load_staff([{**entry, "password": password, "starting": True}])
        except (ValueError, KeyError) as error:
            print(error)
            return 1
        print(f"{login} begins with this password, shown only now: {password}")
        return 0
    if verb in ("reset", "lock", "unlock") and login and not pairs:
        if member is None:
            print(f"{login}: nobody has this login")
            return 1
        if verb == "reset":
            started = await resets.by_operator(member)
            print(f"{login} begins with this password, shown only now: {started.password}")
        else:
            await set_active(member, active=verb == "unlock")
            print(f"{login}: {verb}ed")
        return 0
    print(STAFF_USAGE)
    return 2


def _registrations(words: Sequence[str]) -> list[dict[str, Any]]:
    if all(word.endswith(".json") and "=" not in word for word in words):
        return [_file(word) for word in words]
    given = dict(word.partition("=")[::2] for word in words[1:])
    values: dict[str, Any] = {"client_id": words[0], **given}
    if "jwks" in given:
        values["jwks"] = _file(given["jwks"])
    basis = {key.partition(".")[2]: values.pop(key) for key in given if key.startswith("basis.")}
    return [values | ({"legal_basis": basis} if basis else {})]


def _file(path: str) -> dict[str, Any]:
    found = orjson.loads(Path(path).read_bytes())
    if not isinstance(found, dict):
        raise ValueError("one JSON object is wanted")
    return found
