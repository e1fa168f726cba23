"""Sending to a push service over its wire, and the doors that stay shut."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.errors import Refusal
from backend.outside.webpush import client as webpush
from backend.outside.webpush import sandbox
from backend.outside.webpush.client import Gone, WebPush
from backend.outside.webpush.encryption import b64, point
from backend.outside.webpush.endpoint import check_keys, origin_of
from backend.outside.wire import Down

BROWSER = ec.derive_private_key(7, ec.SECP256R1())
KEYS = {"p256dh": b64(point(BROWSER)), "auth": b64(b"s" * 16)}
FCM = "https://fcm.googleapis.com/fcm/send/abc:APA91b-_"


@pytest.fixture
def http(wire):
    return wire(sandbox.build())


@pytest.fixture
def pusher(http):
    key = ec.derive_private_key(9, ec.SECP256R1())
    return WebPush(http, key=key, contact="mailto:a@b.example", deadline=0.05)


async def received(http, number="fcm/send/abc:APA91b-_"):
    return (await http.get("/messages", params={"id": number})).json()["messages"]


async def push(pusher, endpoint=FCM, **changed):
    wanted = {
        "keys": KEYS,
        "message": {"title": "您的办件有新进度"},
        "key": "delivery:1",
        **changed,
    }
    await pusher.send(endpoint=endpoint, **wanted)


async def test_a_message_arrives_signed_and_sealed(pusher, http):
    await push(pusher, topic="case-1", ttl=60, urgency="high")
    (message,) = await received(http)
    assert (message["ttl"], message["urgency"], len(message["topic"])) == (60, "high", 32)
    assert "case-1" not in str(message)


async def test_one_key_is_one_message(pusher, http):
    await push(pusher)
    await push(pusher)
    await push(pusher, key="delivery:2")
    assert [message["times"] for message in await received(http)] == [1, 2]


@pytest.mark.parametrize(
    ("ending", "kind", "reason", "wait"),
    [
        ("gone", Gone, "refused", None),
        ("missing", Gone, "refused", None),
        ("slow", Down, "timeout", None),
        ("busy", Down, "status", 21),
        ("broken", Down, "status", None),
    ],
)
@pytest.mark.parametrize("told", [False, True])
async def test_how_a_push_service_can_fail(pusher, http, ending, kind, reason, wait, told):
    endpoint = f"https://fcm.googleapis.com/fcm/send/{'device' if told else ending}"
    if told:
        await http.post("/control", json={"id": "fcm/send/device", "as": ending})
    with pytest.raises(kind) as caught:
        await push(pusher, endpoint)
    failure = caught.value
    assert (failure.reason, failure.retry_after) == (reason, wait)
    assert failure.permanent is (kind is Gone)
    assert "fcm" not in f"{failure} {failure.params}"


async def test_a_subscription_recovers_when_told(pusher, http):
    for state in ("gone", "ok"):
        await http.post("/control", json={"id": "fcm/send/abc:APA91b-_", "as": state})
    await push(pusher)
    assert await received(http)


@pytest.mark.parametrize("keys", [{}, {"p256dh": "x", "auth": "y"}])
async def test_a_subscription_without_usable_keys_is_over(pusher, keys):
    with pytest.raises(Gone):
        await push(pusher, keys=keys)


SIGNED = {"Content-Encoding": "aes128gcm", "TTL": "60"}


@pytest.mark.parametrize(
    ("authorization", "status"),
    [("", 401), ("Bearer x", 401), ("vapid t=x", 401), ("vapid t=x, k=y", 403)],
)
async def test_the_service_refuses_who_does_not_say_who_they_are(http, authorization, status):
    headers = {**SIGNED, "Authorization": authorization}
    assert (await http.post("/device", headers=headers, content=b"x" * 200)).status_code == status


async def test_the_service_refuses_a_signature_for_another(pusher, http):
    signed_for_another = webpush.authorization(
        pusher._key, audience="https://other.example", contact="mailto:a@b.example"
    )
    headers = {**SIGNED, "Authorization": signed_for_another}
    assert (await http.post("/device", headers=headers, content=b"x" * 200)).status_code == 403


ALSO = ("http://localhost:8000/sandbox/webpush", "https://push.city.example:8443/")


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        (FCM, "https://fcm.googleapis.com"),
        ("https://FCM.googleapis.com:443/x", "https://fcm.googleapis.com"),
        (
            "https://updates.push.services.mozilla.com/wpush/v2/x",
            "https://updates.push.services.mozilla.com",
        ),
        ("https://web.push.apple.com/Q", "https://web.push.apple.com"),
        ("https://wns2-par02p.notify.windows.com/w/?token=BQ%2f%2b", None),
        ("http://localhost:8000/sandbox/webpush/device", "http://localhost:8000"),
        ("https://push.city.example:8443/device", "https://push.city.example:8443"),
    ],
)
def test_known_push_services_are_let_in(endpoint, origin):
    assert origin_of(endpoint, also=ALSO) == (origin or endpoint.split("/w/")[0])


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "fcm.googleapis.com/x",
        "http://fcm.googleapis.com/x",
        "ftp://fcm.googleapis.com/x",
        "https://fcm.googleapis.com",
        "https://fcm.googleapis.com/",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com:99999/x",
        "https://fcm.googleapis.com./x",
        "https://evilfcm.googleapis.com.example/x",
        "https://notfcm.googleapis.com/x",
        "https://fcm.googleapis.com@127.0.0.1/x",
        "https://user:pass@fcm.googleapis.com/x",
        "https://127.0.0.1\\@fcm.googleapis.com/x",
        "https://127.0.0.1#@fcm.googleapis.com/x",
        "https://fcm.googleapis.com/x#y",
        "https://fcm.googleapis.com/\tx",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/" + "x" * 1100,
        "https://ｆcm.googleapis.com/x",
        "https://[::1]/x",
        "https://[::1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/x",
        "file:///etc/passwd",
        "http://localhost:8000/auth/session",
        "http://localhost:8000/sandbox/webpush/../../auth/session",
        "http://localhost:8000/sandbox/webpush/%2e%2e/%2e%2e/auth",
        "http://localhost:8000/sandbox/webpushed/x",
        "http://localhost:80001/sandbox/webpush/x",
        "http://localhost:8000@evil.example/sandbox/webpush/x",
    ],
)
def test_every_other_door_stays_shut(endpoint):
    with pytest.raises(Refusal) as caught:
        origin_of(endpoint, also=ALSO)
    assert caught.value.code == "push_service_unknown"
    assert caught.value.errors[0].pointer == "/endpoint"


@given(st.text(max_size=60).map(lambda rest: f"https://{rest}"))
def test_no_text_crashes_the_check(endpoint):
    with pytest.raises(Refusal):
        origin_of(endpoint, also=ALSO)


async def test_a_shut_door_is_shut_at_sending_too(pusher):
    with pytest.raises(Refusal) as caught:
        await push(pusher, "https://169.254.169.254/latest/meta-data")
    assert caught.value.code == "push_service_unknown"


def test_keys_are_checked_before_they_are_kept():
    check_keys(**KEYS)
    with pytest.raises(Refusal) as caught:
        check_keys("x", "y")
    assert caught.value.errors[0].pointer == "/keys"


async def test_by_the_settings_the_city_keeps_its_key_and_reaches_its_sandbox(embedded_city):
    assert webpush.public_key() == webpush.public_key()
    endpoint = f"{embedded_city.settings.base_url}/sandbox/webpush/device-1"
    webpush.check_endpoint(endpoint)
    await webpush.send(endpoint=endpoint, keys=KEYS, message={"tag": "case"}, key="delivery:1")
    visitor = await embedded_city.client()
    kept = (await visitor.get("/sandbox/webpush/messages?id=device-1")).json()["messages"]
    assert len(kept) == 1
    assert "device-1" in (await visitor.get("/sandbox/webpush/")).text
    with pytest.raises(Refusal):
        webpush.check_endpoint(f"{embedded_city.settings.base_url}/api/cases")
