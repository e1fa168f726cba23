"""The exchange itself: deadlines, sizes, and that no failure shows what was asked."""

import asyncio

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from backend.kernel.errors import Family, Refusal
from backend.outside.records import iso_date, yuan
from backend.outside.wire import LARGEST_ANSWER, Down, exchange, json_object

SECRET = "440604199005120222"


def serving(endpoint):
    return Starlette(routes=[Route("/", endpoint, methods=["POST"])])


async def fail(http, **request):
    with pytest.raises(Down) as caught:
        await exchange(http, "x", "POST", "/", deadline=0.05, **request)
    assert SECRET not in f"{caught.value!r} {caught.value} {caught.value.params}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


@pytest.mark.parametrize(
    ("status", "permanent"), [(400, True), (404, True), (429, False), (500, False), (503, False)]
)
async def test_statuses(wire, status, permanent):
    async def endpoint(request):
        return Response(SECRET, status)

    failure = await fail(wire(serving(endpoint)), content=SECRET)
    assert (failure.reason, failure.permanent) == ("status", permanent)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("999999999", 86400), ("soon", None), ("-1", None), ("²", None)],
)
async def test_retry_after(wire, header, seconds):
    async def endpoint(request):
        response = Response(status_code=503)
        response.raw_headers.append((b"retry-after", header.encode("latin-1")))
        return response

    assert (await fail(wire(serving(endpoint)))).retry_after == seconds


async def test_an_endless_answer_is_cut(wire):
    async def endpoint(request):
        return Response(b"x" * (LARGEST_ANSWER + 1))

    assert (await fail(wire(serving(endpoint)))).detail == "too_large"


async def test_a_dripping_answer_meets_the_deadline(wire):
    async def endpoint(request):
        async def drip():
            while True:
                yield b"x"
                await asyncio.sleep(0)

        return StreamingResponse(drip())

    assert (await fail(wire(serving(endpoint)))).reason in ("timeout", "garbled")


async def test_broken_connections_are_unreachable():
    def refuse(request):
        raise httpx2.ConnectError(f"cannot send {SECRET}", request=request)

    async with httpx2.AsyncClient(
        transport=httpx2.MockTransport(refuse), base_url="http://x.invalid"
    ) as http:
        assert (await fail(http)).reason == "unreachable"


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"{", b"\xff", b"[" * 100_000])
async def test_what_is_no_object_is_garbled(body):
    with pytest.raises(Down, match="garbled"):
        json_object(httpx2.Response(200, content=body), "x")


async def test_a_failure_is_a_refusal_the_person_can_read(wire):
    async def endpoint(request):
        return JSONResponse({}, 503)

    failure = await fail(wire(serving(endpoint)))
    assert isinstance(failure, Refusal)
    assert (failure.code, failure.family) == ("outside_down", Family.OUTSIDE_DOWN)
    assert failure.params == {"system": "x", "reason": "status"}


@pytest.mark.parametrize(("native", "amount"), [("6800.00", 6800.0), ("0", 0.0), ("0.5", 0.5)])
def test_yuan(native, amount):
    assert yuan(native) == amount


@pytest.mark.parametrize("native", ["", ".", "-1", "1.234", "1e9", "一", "²"])
def test_nonsense_is_no_amount(native):
    assert yuan(native) is None


@pytest.mark.parametrize("native", ["", "1990", "1990-5-12", "²0120101"])
def test_nonsense_is_no_date(native):
    assert iso_date(native) is None
