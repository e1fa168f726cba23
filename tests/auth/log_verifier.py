"""An auditor's verifier (EXPORT.jsonl KEY NOTE.txt...): RFC 9162, C2SP notes, nothing of ours."""

import base64
import json
import sys
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def node(left, right):  # 2.1.1
    return sha256(b"\1" + left + right).digest()


def root(leaves):  # 2.1.1
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node(root(leaves[:k]), root(leaves[k:]))


def opened(note, key):  # size, root and time of a signed checkpoint; raises if it is not genuine
    text, _, signature = note.partition("\n\n")
    public = base64.b64decode(key.split("+", 2)[2])[1:]
    signed = base64.b64decode(signature.split()[2])[4:]
    Ed25519PublicKey.from_public_bytes(public).verify(signed, (text + "\n").encode())
    _, size, top, time = text.split("\n")
    return int(size), base64.b64decode(top), time.removeprefix("time ")


def included(leaf, index, size, path, top):  # 2.1.3.2
    fn, sn, r = index, size - 1, sha256(b"\0" + leaf).digest()
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == top


def faults(lines, notes, key, since=""):  # everything from `since` on must still be readable
    rows, points = [json.loads(line) for line in lines], [opened(note, key) for note in notes]
    leaf = {r["index"]: sha256(b"\0" + r["leaf"].encode()).digest() for r in rows if "leaf" in r}
    hashes = [leaf.get(n) or bytes.fromhex(r["hash"]) for n, r in enumerate(rows)]
    old = max((size for size, _, time in points if time < since), default=0)
    found = [f"no content: {r['index']}" for r in rows[old:] if "leaf" not in r]
    found += [f"cut: {size}" for size, _, _ in points if size > len(hashes)]
    return found + [f"not what was signed: {n}" for n, top, _ in points if root(hashes[:n]) != top]


if __name__ == "__main__":
    log, *notes = (Path(name).read_text() for name in (sys.argv[1], *sys.argv[3:]))
    sys.exit("\n".join(faults(log.splitlines(), notes, sys.argv[2])))
