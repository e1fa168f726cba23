"""Face verification over WeChat's wire: bound to one person, never guessed."""

from datetime import timedelta

import pytest

from backend.kernel import clock
from backend.outside.wechat.face import FaceVerification, Whose
from backend.outside.wechat.sandbox import Platform, build
from backend.outside.wire import Down

LIANG = Whose("梁嘉欣", "440604199005120222")


@pytest.fixture
def http(wire):
    return wire(build(platform=Platform()))


@pytest.fixture
def face(http, redis):
    return FaceVerification(http, redis, appid="wx0000000000demo02", secret="sandbox", deadline=0.1)


def openid(key: str = "liang") -> str:
    return Platform().users[key].mini_openid


async def opened(face, whose=LIANG, sequence="seq-00001"):
    return await face.open_check(whose, openid=openid(), out_seq_no=sequence)


async def asked(face, verify_id, whose=LIANG, sequence="seq-00001", who="liang"):
    return await face.result(whose, verify_id=verify_id, out_seq_no=sequence, openid=openid(who))


def test_cert_hash_is_wechats_own():
    # the vector of WeChat's documentation, by its first eight digits
    assert Whose("张三", "310101199801011234").cert_hash.startswith("3c241f7f")


@pytest.mark.parametrize(
    ("does", "passed", "verify_ret"),
    [("pass", True, 10000), ("cancel", False, 90003), ("timeout", False, 90100),
     ("stranger", False, 90300)],
)  # fmt: skip
async def test_only_10000_passes(face, http, does, passed, verify_ret):
    verify_id = await opened(face)
    await http.post(f"/face/{verify_id}", json={"does": does})
    answer = await asked(face, verify_id)
    assert (answer.passed, answer.verify_ret) == (passed, verify_ret)


async def test_a_result_is_given_only_for_its_person(face, http):
    verify_id = await opened(face)
    with pytest.raises(Down):  # nobody has looked into the camera yet
        await asked(face, verify_id)
    await http.post(f"/face/{verify_id}", json={"does": "pass"})
    for wrong in (
        {"whose": Whose("黄伯明", LIANG.id_number)},
        {"whose": Whose("梁嘉欣", "440604195103080131")},
        {"who": "huang"},
        {"sequence": "seq-00002"},
    ):
        with pytest.raises(Down) as caught:
            await asked(face, verify_id, **wrong)
        assert caught.value.permanent
    assert (await asked(face, verify_id)).passed


async def test_an_hour_later_it_is_gone(face, http):
    verify_id = await opened(face)
    await http.post(f"/face/{verify_id}", json={"does": "pass"})
    with clock.showing(clock.now() + timedelta(hours=1, seconds=1)), pytest.raises(Down):
        await asked(face, verify_id)


async def test_a_sequence_number_serves_once(face):
    await opened(face)
    with pytest.raises(Down):
        await opened(face)


@pytest.mark.parametrize(
    ("number", "reason"), [("440604198501010116", "timeout"), ("440604198501020189", "status")]
)
async def test_a_dead_wechat_is_down(face, http, number, reason):
    whose = Whose("赵慢慢", number)
    verify_id = await opened(face, whose)
    with pytest.raises(Down) as caught:
        await asked(face, verify_id, whose)
    assert caught.value.reason == reason
    assert number not in repr(caught.value)


async def test_a_token_that_went_stale_is_fetched_again(face, http):
    await opened(face)
    await http.post(
        "/cgi-bin/stable_token",
        json={"appid": "wx0000000000demo02", "secret": "sandbox", "force_refresh": True},
    )
    assert await opened(face, sequence="seq-00002")
