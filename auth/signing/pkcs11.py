"""Keys behind PKCS#11 (密码机、密码卡): an HSM makes them, keeps them and signs; we never see them.

The device is named by a URI after RFC 7512:
``pkcs11:token=yimen?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/run/pin``.
Needs the package ``python-pkcs11`` (``pip install yimen[hsm]``). A device's session answers one
caller at a time, so each device has a thread of its own.
"""

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from auth.models.signing_keys import Key
from auth.signing.signers import RSA_BITS, Made, public_jwk
from backend.kernel import log
from backend.kernel.errors import outside_down
from backend.kernel.settings import SettingsError

T = TypeVar("T")


class Device:
    """One token of one module, with an open session."""

    def __init__(self, *, module: str, token: str, pin: str) -> None:
        self._where = (module, token, pin)
        self._session: Any = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pkcs11")

    async def make(self, key_id: str, alg: str) -> Made:
        """A key pair that stays in the device, under the row's id."""
        return public_jwk(alg, await self._aside(lambda: self._generate(key_id, alg))), None

    async def sign(self, key: Key, data: bytes) -> bytes:
        """Let the device sign."""
        return await self._aside(lambda: self._sign(key, data))

    async def _aside(self, work: Callable[[], T]) -> T:
        """Run in the device's thread; once more with a new session, since devices restart.

        Raises:
            Refusal: ``signing_away``.
        """
        from pkcs11.exceptions import PKCS11Error

        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, work)
        except PKCS11Error:
            self._session = None
        try:
            return await loop.run_in_executor(self._thread, work)
        except PKCS11Error as error:
            self._session = None
            log.failure("signing.device_away", error)
            raise outside_down("signing_away", retry_after=5, seconds=5) from None

    def _open(self) -> Any:
        import pkcs11

        if self._session is None:
            module, token, pin = self._where
            library = pkcs11.lib(module)
            library.reinitialize()  # what another process put there since is not seen otherwise
            found = library.get_token(token_label=token)
            self._session = found.open(rw=True, user_pin=pin)
        return self._session

    def _generate(self, key_id: str, alg: str) -> Any:
        from pkcs11 import Attribute, KeyType, Mechanism
        from pkcs11.util import ec as curves

        session = self._open()
        named: dict[str, Any] = {
            "id": uuid.UUID(key_id).bytes, "label": f"yimen {alg} {key_id}", "store": True
        }  # fmt: skip
        if alg == "RS256":
            public, _ = session.generate_keypair(KeyType.RSA, RSA_BITS, **named)
            exponent, modulus = (
                int.from_bytes(public[part], "big")
                for part in (Attribute.PUBLIC_EXPONENT, Attribute.MODULUS)
            )
            return rsa.RSAPublicNumbers(exponent, modulus).public_key()
        kind, curve, mechanism = (
            (KeyType.EC_EDWARDS, "1.3.101.112", Mechanism.EC_EDWARDS_KEY_PAIR_GEN)
            if alg == "EdDSA"
            else (KeyType.EC, "secp256r1", Mechanism.EC_KEY_PAIR_GEN)
        )
        chosen = {Attribute.EC_PARAMS: curves.encode_named_curve_parameters(curve)}
        parameters = session.create_domain_parameters(kind, chosen, local=True)
        public, _ = parameters.generate_keypair(mechanism=mechanism, **named)
        point = _octets(bytes(public[Attribute.EC_POINT]))
        if alg == "EdDSA":
            return ed25519.Ed25519PublicKey.from_public_bytes(point)
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)

    def _sign(self, key: Key, data: bytes) -> bytes:
        from pkcs11 import Mechanism, ObjectClass

        private = self._open().get_key(
            object_class=ObjectClass.PRIVATE_KEY, id=uuid.UUID(key.id).bytes
        )
        if key.alg == "ES256":  # not every device hashes for ECDSA; all of them sign a hash
            return bytes(private.sign(sha256(data).digest(), mechanism=Mechanism.ECDSA))
        mechanism = Mechanism.EDDSA if key.alg == "EdDSA" else Mechanism.SHA256_RSA_PKCS
        return bytes(private.sign(data, mechanism=mechanism))


def _octets(der: bytes) -> bytes:
    """The content of a short DER octet string, in which devices hand out points."""
    return der[2:] if der[:1] == b"\x04" and der[1] == len(der) - 2 else der


@lru_cache(maxsize=4)
def device(uri: str) -> Device:
    """The device of a ``pkcs11:`` URI.

    Raises:
        SettingsError: the URI lacks a part, or the package is not installed.
    """
    path, _, query = uri.removeprefix("pkcs11:").partition("?")
    parts = dict(pair.partition("=")[::2] for pair in path.split(";"))
    asked = dict(parse_qsl(query))
    pin = asked.get("pin-value", "")
    if source := asked.get("pin-source", ""):
        pin = Path(source.removeprefix("file:")).read_text().strip()
    if not (parts.get("token") and asked.get("module-path") and pin):
        raise SettingsError(
            "YIMEN_SIGNING_KEYS must be `sealed` or a URI like "
            "pkcs11:token=NAME?module-path=/PATH.so&pin-source=file:/PATH"
        )
    try:
        import pkcs11  # noqa: F401
    except ImportError:
        raise SettingsError("YIMEN_SIGNING_KEYS asks for the package python-pkcs11.") from None
    return Device(module=asked["module-path"], token=unquote(parts["token"]), pin=pin)
