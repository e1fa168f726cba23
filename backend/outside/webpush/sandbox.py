"""A push service, played for the demo city: checks what a real one checks, and keeps the messages.

Every address is a subscription, except these magic ones (the last part of the path counts):

    …/gone     410: the subscription is over
    …/missing  404: it never was
    …/slow     hangs until the caller gives up
    …/busy     429 with Retry-After
    …/broken   500

Any other becomes one of these by ``POST /control {"id": "…", "as": "gone"}`` (``ok`` takes it
back). Messages are listed by ``GET /messages?id=`` for tests; sent again under one Idempotency-Key,
a message stays one and counts its ``times``.
"""

from html import escape
from itertools import count, islice

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.kernel import clock
from backend.outside.demo import Ledger, Trouble, suffer
from backend.outside.pages import assets, page
from backend.outside.webpush.encryption import RECORD, b64, un_b64

MOUNTED = "sandbox/webpush/"
MAGIC = ("gone", "missing", "slow", "busy", "broken")
SHOWN = 50
"""Messages on the page; the JSON has all."""
DAY = 86400


def build() -> Starlette:
    """The push service as an ASGI app."""
    service = Service()
    return Starlette(
        routes=[
            Route("/", service.page),
            Route("/messages", service.messages),
            Route("/control", service.control, methods=["POST"]),
            *assets(),
            Route("/{id:path}", service.receive, methods=["POST"]),
        ]
    )


class Service:
    """Takes messages for any address and remembers them."""

    def __init__(self) -> None:
        self._kept = Ledger()
        self._unnamed = count(1)
        self._told: dict[str, str] = {}

    async def receive(self, request: Request) -> Response:
        """RFC 8030 5: a message for a subscription."""
        number = request.path_params["id"].removeprefix(MOUNTED)
        trouble = self._told.get(number) or number.rpartition("/")[2]
        if trouble in MAGIC:
            return await _in_trouble(trouble, request)
        body = await request.body()
        refused = _unsigned(request) or _malformed(request, body)
        if refused:
            return refused
        key = request.headers.get("idempotency-key", "")
        name = (number, key or next(self._unnamed))
        if first := self._kept.find(name):
            first["times"] += 1
        else:
            message = {
                "id": number,
                "key": key,
                "times": 1,
                "ttl": int(request.headers["ttl"]),
                "urgency": request.headers.get("urgency", "normal"),
                "topic": request.headers.get("topic", ""),
                "body": b64(body),
                "at": clock.rfc3339(clock.now()),
            }
            self._kept.add(name, message)
        return Response(status_code=201, headers={"Location": f"/messages?id={number}"})

    async def control(self, request: Request) -> Response:
        """Let one subscription misbehave from now on."""
        asked = await request.json()
        if asked["as"] == "ok":
            self._told.pop(asked["id"], None)
        elif asked["as"] in MAGIC:
            self._told[asked["id"]] = asked["as"]
        else:
            return JSONResponse({"may_be": ["ok", *MAGIC]}, 400)
        return Response(status_code=204)

    async def messages(self, request: Request) -> Response:
        """What was received, newest first."""
        number = request.query_params.get("id")
        shown = [message for message in self._kept if number in (None, message["id"])]
        return JSONResponse({"messages": shown})

    async def page(self, request: Request) -> Response:
        """What was received, for people: the service itself cannot read it."""
        cards = "".join(
            f'<article class="card"><h2>{escape(message["id"])}</h2><p>密文 {len(message["body"])} '
            f"字符，保留 {message['ttl']} 秒，收到 {message['times']} 次</p>"
            f'<p class="when">{escape(message["at"])}</p></article>'
            for message in islice(self._kept, SHOWN)
        )
        return page(
            request,
            "网页推送服务（演示）",
            f"""<p>推送服务只转交密文：内容只有市民自己的浏览器能打开，这里看不到。</p>
<section data-live aria-live="polite" aria-label="收到的推送">
{cards or '<p class="empty">还没有推送。</p>'}</section>""",
        )


async def _in_trouble(trouble: str, request: Request) -> Response:
    if trouble == "slow":
        return await suffer(Trouble.HANGS, request)
    if trouble == "busy":
        return Response(status_code=429, headers={"Retry-After": "21"})
    return Response(status_code={"gone": 410, "missing": 404, "broken": 500}[trouble])


def _unsigned(request: Request) -> Response | None:
    """Why the sender is not believed (RFC 8292), or None."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in given.split(","))
    if scheme.lower() != "vapid" or not parts.keys() >= {"t", "k"}:
        return Response("no vapid", status_code=401)
    origin = f"{request.url.scheme}://{request.url.netloc}"
    now = clock.now().timestamp()
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), un_b64(parts["k"]))
        # the claims' times are checked below, by the city's clock
        claims = jwt.decode(
            parts["t"],
            key,
            algorithms=["ES256"],
            audience=origin,
            options={"require": ["aud", "exp"], "verify_exp": False},
        )
        good = now < float(claims["exp"]) <= now + DAY
    except (jwt.PyJWTError, ValueError):
        good = False
    return None if good else Response("vapid refused", status_code=403)


def _malformed(request: Request, body: bytes) -> Response | None:
    """Why the message cannot be taken (RFC 8030, 8188), or None."""
    if request.headers.get("content-encoding") != "aes128gcm":
        return Response("encoding", status_code=415)
    if not request.headers.get("ttl", "").isdigit() or len(request.headers.get("topic", "")) > 32:
        return Response("ttl or topic", status_code=400)
    if len(body) > RECORD:
        return Response("too large", status_code=413)
    if len(body) < 86 + 17 or body[20] != 65:
        return Response("record", status_code=400)
    return None
