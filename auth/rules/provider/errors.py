"""How a protocol endpoint says no (RFC 6749 §5.2): a code and a line for developers."""

from collections.abc import Mapping


class OAuthError(Exception):
    """An error of the protocol. ``description`` is for developers and holds nothing personal."""

    def __init__(
        self,
        error: str,
        description: str = "",
        *,
        status: int = 400,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status
        self.headers = dict(headers or {})


class NoRedirect(Exception):
    """An authorization request whose redirect address is not proven: answered by a page of ours.

    ``code`` has its words under ``pages`` in the locale files.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def invalid_request(description: str) -> OAuthError:
    """A parameter is missing, repeated or malformed."""
    return OAuthError("invalid_request", description)


def invalid_grant(description: str) -> OAuthError:
    """A code, refresh token or verifier that does not count (any more)."""
    return OAuthError("invalid_grant", description)


def invalid_client() -> OAuthError:
    """The client did not prove who it is. One answer for every reason."""
    challenge = {"WWW-Authenticate": 'Basic realm="yimen"'}
    return OAuthError("invalid_client", "client authentication failed", status=401,
                      headers=challenge)  # fmt: skip
