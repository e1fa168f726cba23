"""Leaving (退出): one sign-out ends every grant of the session and tells every department.

The departments are told through the outbox, right after the commit that ended the session
(OpenID Connect Back-Channel Logout 1.0); our own tokens are dead with the commit itself.
"""

from auth import signing
from auth.models.provider import clients, consents, grants
from auth.models.provider.grants import Given
from auth.rules.provider.client import Client
from auth.usecases.provider import issuing
from auth.usecases.provider.clients import issuer
from backend.kernel import clock, db, http, outbox
from backend.kernel.outbox import GiveUp, Job

EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_TOKEN_SECONDS = 120


class BadLogout(Exception):
    """A sign-out request that cannot be right; ``code`` has its words under ``pages``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def departures(token_digest: str) -> tuple[db.Statement, ...]:
    """What ends with a session: its grants, and a word to each department that had one."""
    return await _ending(await grants.of_session(token_digest))


async def _ending(given: list[Given]) -> tuple[db.Statement, ...]:
    statements: list[db.Statement] = []
    for grant in given:
        statements.append(grants.ending(grant.id))
        payload = {"client": grant.client_id, "sub": grant.sub, "session": grant.session_id}
        key = f"auth.logout:{grant.id}"
        statements.append(outbox.row_for("auth.logout", key=key, payload=payload))
    return tuple(statements)


async def tell(job: Job) -> None:
    """Outbox ``auth.logout``: tell one department that a session is over."""
    client = await clients.find(job.payload["client"])
    if client is None or not client.backchannel_logout_uri:
        return
    now = int(clock.now().timestamp())
    claims = {
        "iss": issuer(),
        "aud": client.client_id,
        "iat": now,
        "exp": now + LOGOUT_TOKEN_SECONDS,
        "jti": job.key,
        "sub": job.payload["sub"],
        "sid": issuing.session_name(client.client_id, job.payload["session"]),
        "events": {EVENT: {}},
    }
    token = await signing.sign_jwt(claims, typ="logout+jwt", alg=client.id_token_alg)
    answer = await http.client("departments").post(
        client.backchannel_logout_uri, data={"logout_token": token}, follow_redirects=False
    )
    if answer.status_code == 400:  # it has looked at it and will not take it
        raise GiveUp("logout_refused")
    answer.raise_for_status()


async def withdraw(person_id: str, client_id: str, *also: db.Statement) -> None:
    """Take a consent back: the department's grants end, and it is told."""
    ending = await _ending(await grants.of_person(person_id, client_id))
    await db.write(consents.withdrawing(person_id, client_id), *ending, *also)


async def hinted_client(hint: str, client_id: str) -> tuple[Client | None, str]:
    """The client that sends a person to sign out, and the ``sid`` its ID token names.

    Raises:
        BadLogout: the hint is no ID token of ours, or another client's.
    """
    sid = ""
    if hint:
        try:
            claims = await signing.verify_jwt(
                hint, typ="JWT", issuer=issuer(), audience=None, expired=True
            )
        except signing.NotOurs:
            raise BadLogout("logout_hint") from None
        if client_id and claims.get("aud") != client_id:
            raise BadLogout("logout_hint")
        client_id, sid = str(claims.get("aud", "")), str(claims.get("sid", ""))
    if not client_id:
        return None, ""
    client = await clients.find(client_id)
    if client is None:
        raise BadLogout("client_unknown")
    return client, sid


def is_session(client: Client, sid: str, session_id: str) -> bool:
    """Whether an ID token's ``sid`` is the session of this browser."""
    return bool(sid) and sid == issuing.session_name(client.client_id, session_id)


def after_logout(client: Client | None, uri: str) -> str:
    """Where the browser may go afterwards; empty for our own page.

    Raises:
        BadLogout: the address is not registered, character by character.
    """
    if uri and (client is None or uri not in client.post_logout_redirect_uris):
        raise BadLogout("logout_redirect")
    return uri
