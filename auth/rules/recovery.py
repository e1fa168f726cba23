"""The code that a person writes down for the day their phone is gone (找回码)."""

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's alphabet: no I, L, O, U, so that handwriting is read back rightly."""
LENGTH = 24
"""Letters of five bits each: 120 bits, so that a plain digest of them is as good as a slow one."""
_MISREAD = str.maketrans("ILO", "110")


def spelled(numbers: bytes) -> str:
    """A code out of 24 random bytes, in groups of four."""
    letters = "".join(LETTERS[number % 32] for number in numbers[:LENGTH])
    return "-".join(letters[at : at + 4] for at in range(0, LENGTH, 4))


def normal(text: str) -> str:
    """A code as people type it: blanks, hyphens, small letters, an O for a zero."""
    bare = "".join(letter for letter in text.upper() if letter.isalnum())
    return bare.translate(_MISREAD)
