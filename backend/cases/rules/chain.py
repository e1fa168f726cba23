"""The chain of hashes over a case's steps (环节留痕): who changes the past breaks it.

A step's hash is SHA-256 (GB/T 18238.3) over the canonical JSON of the hash before it, its number,
kind, actor, time and the digest of its payload. The first link hangs on the case number, so
that no chain can be moved to another case. Anyone with the log can compute it again.

Canonical JSON: keys sorted, no blanks, UTF-8, integers of 64 bits. A payload holds a random
``salt``, so that its digest tells nothing about short texts in it.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

import orjson


class Link(NamedTuple):
    """One step as it is chained. ``at`` is RFC 3339 in UTC with milliseconds."""

    seq: int
    kind: str
    actor: str
    at: str
    payload_digest: str
    prev_hash: str
    hash: str


def canonical(value: Any) -> bytes:
    """The one way to write a value down."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def first_hash(number: str) -> str:
    """What the first step of a case hangs on."""
    return sha256(f"yimen case {number}".encode()).hexdigest()


def digest(payload: Mapping[str, Any]) -> str:
    """The digest of a payload."""
    return sha256(canonical(payload)).hexdigest()


def link(
    prev_hash: str, *, seq: int, kind: str, actor: str, at: str, payload: Mapping[str, Any]
) -> Link:
    """Chain one more step."""
    payload_digest = digest(payload)
    return Link(
        seq, kind, actor, at, payload_digest, prev_hash,
        _hash(prev_hash, seq, kind, actor, at, payload_digest),
    )  # fmt: skip


def _hash(prev_hash: str, seq: int, kind: str, actor: str, at: str, payload_digest: str) -> str:
    chained = {
        "prev_hash": prev_hash, "seq": seq, "kind": kind, "actor": actor, "at": at,
        "payload_digest": payload_digest,
    }  # fmt: skip
    return sha256(canonical(chained)).hexdigest()


def is_whole(
    number: str, links: Iterable[tuple[Link, Mapping[str, Any]]], *, seq: int, last_hash: str
) -> bool:
    """Whether links and payloads are the whole unchanged past of a case.

    ``seq`` and ``last_hash`` stand on the case itself, so a cut-off end shows as well.
    """
    expected, before = 1, first_hash(number)
    for one, payload in links:
        if one.seq != expected or one.prev_hash != before or digest(payload) != one.payload_digest:
            return False
        before = _hash(one.prev_hash, one.seq, one.kind, one.actor, one.at, one.payload_digest)
        if before != one.hash:
            return False
        expected += 1
    return expected == seq + 1 and before == last_hash
