"""A face as a way to prove again who one is: in the mini-program, and never as the only way."""

from datetime import timedelta

from backend.kernel import clock
from tests.auth.conftest import HUANG, LIANG, Door, Somebody, refusal
from tests.auth.test_assurance import in_the_miniprogram, looks

PIN = {"pin": "846231"}
STALE = timedelta(minutes=11)


async def test_a_face_lets_the_refused_request_through(door: Door) -> None:
    with clock.showing(clock.now()):
        phone = await in_the_miniprogram(door)
    with clock.showing(clock.now() + STALE):
        answer = await phone.put("/auth/pin", json=PIN)
        assert refusal(answer) == (403, "prove_again")
        # one factor is all they have set up, and it stays enough
        assert (answer.json()["aal"], answer.json()["ways"]) == (1, ["sms", "face"])
        done = await phone.post("/auth/assurance/faces/result", json={"id": await looks(phone)})
        assert (done.status_code, done.json()["aal"]) == (201, 2)
        former = phone.headers["Authorization"]
        phone.headers["Authorization"] = f"Bearer {done.json()['token']}"
        assert (await phone.put("/auth/pin", json=PIN)).status_code == 204
        phone.headers["Authorization"] = former
        assert refusal(await phone.put("/auth/pin", json=PIN)) == (401, "session_over")


async def test_a_face_counts_for_two_where_two_are_asked(small_door: Door) -> None:
    with clock.showing(clock.now()):
        phone = await in_the_miniprogram(small_door)
        assert (await phone.put("/auth/pin", json=PIN)).status_code == 204
    with clock.showing(clock.now() + STALE):
        # a PIN makes it two factors; the message that let them in counts already
        answer = await phone.put("/auth/pin", json=PIN)
        assert (answer.json()["aal"], answer.json()["ways"]) == (2, ["pin", "face"])
        check = await looks(phone, "stranger")
        failed = await phone.post("/auth/assurance/faces/result", json={"id": check})
        assert refusal(failed) == (403, "face_not_passed")
        assert refusal(await phone.put("/auth/pin", json=PIN)) == (403, "prove_again")


async def test_no_face_is_asked_for_where_none_can_be_checked(small_door: Door) -> None:
    with clock.showing(clock.now()):
        await small_door.registered(HUANG)
        # signed in to the mini-program by phone, its WeChat account tied to nobody
        phone = await small_door.visitor(X_Yimen_Client="miniprogram")
        answer = await phone.post("/auth/sessions", json=await by_code(small_door, HUANG))
        phone.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        # tied to a WeChat account, and in a browser
        await in_the_miniprogram(small_door, LIANG)
        browser = await small_door.visitor()
        answer = await browser.post("/auth/sessions", json=await by_code(small_door, LIANG))
        browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    with clock.showing(clock.now() + STALE):
        for somebody in (browser, phone):
            answer = await somebody.put("/auth/pin", json=PIN)
            assert answer.json()["ways"] == ["sms"]


async def by_code(door: Door, who: Somebody) -> dict[str, str]:
    return {"phone": who.phone, "code": await door.code(who.phone, "sign_in")}
