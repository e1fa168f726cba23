"""The session cookie (会话 Cookie)."""

NAME = "yimen_session"


def name(*, secure: bool) -> str:
    """By https the name says ``__Host-``: browsers then refuse one set by a neighbour domain."""
    return f"__Host-{NAME}" if secure else NAME


def holding(token: str, *, secure: bool, seconds: int) -> str:
    """The ``Set-Cookie`` value that hands a token to a browser, out of reach of its scripts."""
    rest = "; Secure" if secure else ""
    return f"{name(secure=secure)}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{rest}"


def gone(*, secure: bool) -> str:
    """The ``Set-Cookie`` value that takes it back."""
    return holding("", secure=secure, seconds=0)
