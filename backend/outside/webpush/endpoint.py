"""Which push services may be called (SSRF protection): addresses come from outside."""

from urllib.parse import unquote, urlsplit

from backend.kernel.errors import FieldError, Refusal, invalid
from backend.outside.webpush.encryption import KeysUnusable, browser_keys

KNOWN = (
    "fcm.googleapis.com",
    "jmt17.google.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
"""Push services of the browser makers; their sub-domains are theirs as well."""

LONGEST = 1024
"""Characters of an address; real ones have about 200."""


def origin_of(endpoint: str, *, also: tuple[str, ...] = ()) -> str:
    """The origin (``https://host``) of an address that may be called.

    ``also`` are beginnings of further addresses, for a sandbox or a push service of one's own; only
    these may be plain http or name a port.

    Raises:
        Refusal: ``push_service_unknown``.
    """
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable():
        raise _unknown()
    # a backslash or a blank is read in two ways, which is how filters are fooled
    if "\\" in endpoint or " " in endpoint:
        raise _unknown()
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        raise _unknown() from None
    host, path = (parts.hostname or "").lower(), unquote(parts.path)
    if "@" in parts.netloc or parts.fragment or len(path) < 2 or {".", ".."} & {*path.split("/")}:
        raise _unknown()
    if any(endpoint.startswith(beginning.rstrip("/") + "/") for beginning in also if beginning):
        return f"{parts.scheme}://{parts.netloc}"
    known = any(host == name or host.endswith(f".{name}") for name in KNOWN)
    if parts.scheme != "https" or port not in (None, 443) or not known:
        raise _unknown()
    return f"https://{host}"


def check_keys(p256dh: str, auth: str) -> None:
    """Refuse keys no message could be encrypted for.

    Raises:
        Refusal: ``check_input`` at ``/keys``.
    """
    try:
        browser_keys(p256dh, auth)
    except KeysUnusable:
        raise invalid("check_input", errors=[FieldError("/keys", "format")]) from None


def _unknown() -> Refusal:
    return invalid("push_service_unknown", errors=[FieldError("/endpoint", "format")])
