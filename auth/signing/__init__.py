"""Signing (签名) for everything that leaves this house with the city's word on it.

1. ``signers`` makes keys and signs: with keys that lie sealed in the auth tables, or with keys that
   never leave a PKCS#11 device (``pkcs11``). Settings choose; nothing else asks which.
2. ``keys`` holds for each algorithm a current key, the next one, published well before it signs,
   and the old ones, served for twice the longest life of a token.
3. ``tokens`` makes and checks JWTs with them: one algorithm to a key, whatever a header says.

The audit log signs its checkpoints through the same signers, with a key that does not roll over.
"""

from auth.signing.keys import NotYet, jwks, log_key, log_sign, prepare, rotate, rotate_due
from auth.signing.tokens import NotOurs, longest_life, sign_jwt, verify_jwt

__all__ = [
    "NotOurs", "NotYet", "jwks", "log_key", "log_sign", "longest_life", "prepare", "rotate",
    "rotate_due", "sign_jwt", "verify_jwt",
]  # fmt: skip
