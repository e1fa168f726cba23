"""A tree of hashes over everything that happened (默克尔树), after RFC 9162, section 2.1.

The tree is kept in tiles: tile ``(level, number)`` holds up to 256 hashes of complete subtrees of
256**level leaves each, so that appending rewrites one tile a level and a proof reads a handful.
An index counts leaves from 0; a range ``(start, end)`` leaves its end out.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

HASH = 32
WIDTH, BITS = 256, 8
EMPTY_ROOT = sha256(b"").digest()

Place = tuple[int, int]
Range = tuple[int, int]
Tiles = Mapping[Place, bytes]


def leaf_hash(data: bytes) -> bytes:
    """A leaf, marked off from a node so that neither can pass for the other."""
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node over two subtrees."""
    return sha256(b"\1" + left + right).digest()


def split(start: int, end: int) -> int:
    """Where the RFC cuts a range: at the largest power of two below its length."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def inclusion(index: int, size: int) -> list[Range]:
    """The subtrees whose hashes lead from a leaf to the root (2.1.3.1), the leaf's end first."""
    start, end, path = 0, size, []
    while end - start > 1:
        middle = split(start, end)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency(first: int, second: int) -> list[Range]:
    """The subtrees that show ``first`` leaves to be the beginning of ``second`` (2.1.4.1)."""
    if first in (0, second):
        return []
    start, end, whole, path = 0, second, True, []
    while first != end:
        middle = split(start, end)
        if first <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start, whole = middle, False
    if not whole:
        path.append((start, end))
    return path[::-1]


def complete(start: int, end: int) -> Iterable[Range]:
    """The complete subtrees that a range of a proof consists of, from left to right."""
    while start < end:
        size = 1 << (end - start).bit_length() - 1
        yield start, start + size
        start += size


def tiles_for(ranges: Iterable[Range]) -> set[Place]:
    """Which tiles must be read to know the hashes of ranges."""
    return {_place(start, end)[0] for one in ranges for start, end in complete(*one)}


def _place(start: int, end: int) -> tuple[Place, int, int]:
    """The tile of a complete subtree, and which of its hashes are the subtree's."""
    height = (end - start).bit_length() - 1
    level, rest = divmod(height, BITS)
    first = start >> level * BITS
    return (level, first // WIDTH), first % WIDTH, 1 << rest


def range_hash(start: int, end: int, tiles: Tiles) -> bytes:
    """The hash of a range of leaves.

    Raises:
        KeyError: a tile is missing.
        ValueError: a tile is shorter than the tree says.
    """
    if start == end:
        return EMPTY_ROOT
    parts = [_complete_hash(*one, tiles) for one in complete(start, end)]
    total = parts.pop()
    while parts:
        total = node_hash(parts.pop(), total)
    return total


def _complete_hash(start: int, end: int, tiles: Tiles) -> bytes:
    place, first, count = _place(start, end)
    found = tiles[place][first * HASH : (first + count) * HASH]
    if len(found) != count * HASH:
        raise ValueError(f"tile {place} is too short")
    return _folded(found)


def _folded(hashes: bytes) -> bytes:
    row = [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def edge(size: int) -> set[Place]:
    """The unfinished tiles of a tree: where new hashes go."""
    places, level = set(), 0
    while count := size >> level * BITS:
        if count % WIDTH:
            places.add((level, count // WIDTH))
        level += 1
    return places


def appended(size: int, unfinished: Tiles, leaves: Sequence[bytes]) -> dict[Place, bytes]:
    """The tiles that change when leaves are added to a tree of ``size``, as they are afterwards.

    Raises:
        KeyError: an unfinished tile was not handed in.
    """
    changed: dict[Place, bytes] = {}
    level, count, coming = 0, size, list(leaves)
    while coming:
        up: list[bytes] = []
        for one in coming:
            place = (level, count // WIDTH)
            before = changed.get(place)
            if before is None:
                before = unfinished[place] if count % WIDTH else b""
            changed[place] = before + one
            count += 1
            if count % WIDTH == 0:
                up.append(_folded(changed[place]))
        level, count, coming = level + 1, size >> (level + 1) * BITS, up
    return changed
