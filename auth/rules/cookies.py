"""The session cookie (会话 Cookie)."""

NAME = "yimen_session"


def name(*, secure: bool) -> str:
    """By https the name says ``__Host-``: browsers then refuse one set by a neighbour domain."""
    return f"__Host-{NAME}" if secure else NAME


def value(header: str, name: str) -> str | None:
    """A cookie's value out of a ``Cookie`` header (RFC 6265 §4.2.1), the first of that name."""
    for pair in header.split(";"):
        key, _, found = pair.partition("=")
        if key.strip() == name:
            return found.strip()
    return None


def device_name(*, secure: bool) -> str:
    """The cookie by which the city knows a device again, to tell its owner of new ones."""
    return "__Host-yimen_device" if secure else "yimen_device"


def device(token: str, *, secure: bool) -> str:
    """The ``Set-Cookie`` value for it. It opens nothing, and stays for a year."""
    return _set(device_name(secure=secure), token, secure=secure, seconds=31_536_000)


def holding(token: str, *, secure: bool, seconds: int) -> str:
    """The ``Set-Cookie`` value that hands a token to a browser, out of reach of its scripts."""
    return _set(name(secure=secure), token, secure=secure, seconds=seconds)


def gone(*, secure: bool) -> str:
    """The ``Set-Cookie`` value that takes it back."""
    return holding("", secure=secure, seconds=0)


def scan_name(*, secure: bool) -> str:
    """The cookie by which a screen's sign-in request knows the browser that made it."""
    return "__Host-yimen_scan" if secure else "yimen_scan"


def scan(token: str, *, secure: bool, seconds: int) -> str:
    """The ``Set-Cookie`` value for it; no page of another site makes the browser send it."""
    return _set(scan_name(secure=secure), token, secure=secure, seconds=seconds, to="Strict")


def place_name(*, secure: bool) -> str:
    """The cookie by which the city knows a machine in a hall."""
    return "__Host-yimen_place" if secure else "yimen_place"


def place(token: str, *, secure: bool) -> str:
    """The ``Set-Cookie`` value for it; it says where somebody stands and lets nobody in."""
    named = place_name(secure=secure)
    return _set(named, token, secure=secure, seconds=31_536_000, to="Strict")


def _set(named: str, token: str, *, secure: bool, seconds: int, to: str = "Lax") -> str:
    rest = "; Secure" if secure else ""
    return f"{named}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite={to}{rest}"
