"""RFC 8291 and RFC 8292, against the RFC's own vector and those of another implementation.

``http_ece_vectors.json`` was made with http_ece 1.2.1; the plain text is the hex digest of
SHA-256("plain") repeated and cut.
"""

import hashlib
import json
import struct
from pathlib import Path

import jwt
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from backend.outside.webpush.encryption import (
    LARGEST,
    KeysUnusable,
    authorization,
    b64,
    encrypt,
    point,
    un_b64,
)

VECTORS = json.loads(Path(__file__).with_name("http_ece_vectors.json").read_text())
BROWSER = ec.derive_private_key(7, ec.SECP256R1())
SECRET = b"s" * 16


def private(text):
    return ec.derive_private_key(int.from_bytes(un_b64(text), "big"), ec.SECP256R1())


def decrypt(body, *, browser=BROWSER, secret=SECRET):
    """What the browser does: RFC 8188 2.1 read backwards."""
    salt, (size, length) = body[:16], struct.unpack("!IB", body[16:21])
    sender, sealed = body[21 : 21 + length], body[21 + length :]
    assert size == 4096
    peer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)

    def derive(salt, material, info, length):
        return HKDF(hashes.SHA256(), length, salt, info).derive(material)

    shared = browser.exchange(ec.ECDH(), peer)
    material = derive(secret, shared, b"WebPush: info\0" + point(browser) + sender, 32)
    key = derive(salt, material, b"Content-Encoding: aes128gcm\0", 16)
    nonce = derive(salt, material, b"Content-Encoding: nonce\0", 12)
    return AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0").removesuffix(b"\x02")


def test_the_vector_of_rfc_8291_appendix_a():
    body = encrypt(
        b"When I grow up, I want to be a watermelon",
        p256dh="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        auth="BTBZMqHH6r4Tts7J_aSIgg",
        salt=un_b64("DGv6ra1nlYgDCS1FRnbzlw"),
        sender=private("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
    )
    assert b64(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
        "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
        "lcy4a-fN"
    )


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: str(v["length"]))
def test_vectors_of_another_implementation(vector):
    plain = (hashlib.sha256(b"plain").hexdigest() * 64).encode()[: vector["length"]]
    body = encrypt(
        plain,
        p256dh=vector["p256dh"],
        auth=vector["auth"],
        salt=un_b64(vector["salt"]),
        sender=private(vector["sender"]),
    )
    assert len(body) == vector["body_bytes"]
    assert hashlib.sha256(body).hexdigest() == vector["body_sha256"]


@given(st.binary(max_size=300).filter(lambda plain: not plain.endswith((b"\0", b"\x02"))))
def test_the_browser_reads_what_was_sent_and_nobody_else(plain):
    body = encrypt(plain, p256dh=b64(point(BROWSER)), auth=b64(SECRET))
    assert decrypt(body) == plain
    with pytest.raises(InvalidTag):
        decrypt(body, secret=b"t" * 16)


def test_two_messages_never_share_salt_or_key():
    bodies = {encrypt(b"", p256dh=b64(point(BROWSER)), auth=b64(SECRET))[:86] for _ in range(5)}
    assert len(bodies) == 5


def test_the_largest_message_fills_the_record_and_no_more():
    keys = {"p256dh": b64(point(BROWSER)), "auth": b64(SECRET)}
    assert len(encrypt(b"x" * LARGEST, **keys)) == 4096
    with pytest.raises(ValueError, match="at most"):
        encrypt(b"x" * (LARGEST + 1), **keys)


@given(st.text(max_size=100), st.text(max_size=30))
def test_unusable_keys_are_one_exception(p256dh, auth):
    with pytest.raises(KeysUnusable):
        encrypt(b"x", p256dh=p256dh, auth=auth)


@pytest.mark.parametrize(
    "p256dh",
    [
        b64(b"\x04" + b"\x01" * 64),  # not on the curve
        b64(b"\x00"),  # the point at infinity
        b64(b"\x02" + point(BROWSER)[1:33]),  # compressed
        "",
    ],
)
def test_points_that_are_none_are_unusable(p256dh):
    with pytest.raises(KeysUnusable):
        encrypt(b"x", p256dh=p256dh, auth=b64(SECRET))


def test_the_authorization_is_a_short_lived_signature_for_one_service():
    header = authorization(BROWSER, audience="https://push.example", contact="mailto:a@b.example")
    scheme, _, rest = header.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert scheme == "vapid"
    assert parts["k"] == b64(point(BROWSER))
    claims = jwt.decode(
        parts["t"], BROWSER.public_key(), algorithms=["ES256"], audience="https://push.example"
    )
    assert claims["sub"] == "mailto:a@b.example"
