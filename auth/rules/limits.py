"""How often one may knock (频率限制).

Every limit refills evenly, so none shuts an owner out for good, and the two ways in (code and
password) are counted apart: whoever wears out one of them leaves the other open. Limits by
address are wide, since whole neighbourhoods share one address behind their carrier's gateway.
"""

import ipaddress
from typing import NamedTuple


class Limit(NamedTuple):
    """At most ``times`` in any ``seconds``."""

    times: int
    seconds: int


CODE_SECONDS = 300
"""How long a code lives."""
CODE_TRIES = 5
"""Tries at one code. A million codes, five tries, twenty codes a day: one in ten thousand."""
RESEND_SECONDS = 60
"""How long to wait before the next code to the same phone for the same purpose."""
STATE_SECONDS = 600
"""How long WeChat's page may take to come back."""
TICKET_SECONDS = 900
"""How long the mini-program may take from opening to signing in."""

CHALLENGE_SECONDS = 300
"""How long a passkey may take to answer."""
ENROL_SECONDS = 900
"""How long staff may take to put a new secret into their authenticator."""

LIMITS = {
    "code.phone.hour": Limit(10, 3600),
    "code.phone.day": Limit(20, 86400),
    "code.address": Limit(120, 600),
    "register.address": Limit(120, 600),
    "sign_in.address": Limit(240, 600),
    "password.pair": Limit(10, 600),
    "password.account": Limit(50, 3600),
    "wechat.address": Limit(120, 600),
    "link.person": Limit(10, 600),
    "device.address": Limit(120, 600),
    "device.person": Limit(20, 600),
    "ciba.person": Limit(5, 600),
    "merge.person": Limit(10, 600),
    "window.client": Limit(600, 600),
    "assurance.person": Limit(6, 600),
    "face.person": Limit(10, 3600),
    "counter.clerk": Limit(120, 3600),
    "recovery.address": Limit(30, 600),
    "prove.session": Limit(10, 600),
    "otp.staff": Limit(10, 3600),
    "scan.address": Limit(240, 600),
    "scan.browser": Limit(20, 120),
    "prompt.person": Limit(20, 600),
    "window.person": Limit(60, 600),
    "window.clerk": Limit(60, 600),
    "household.person": Limit(20, 3600),
    "company.person": Limit(20, 3600),
    "representation.phone": Limit(6, 86400),
    "representation.person": Limit(20, 86400),
    "place.address": Limit(20, 600),
    "onward.person": Limit(40, 600),
    "onward.address": Limit(120, 600),
}


def network_of(address: str) -> str:
    """What an address is counted by: itself, or the /64 that one IPv6 household has."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped) if mapped else str(ipaddress.ip_network((int(parsed), 64), strict=False))


def shown_network(address: str) -> str:
    """The part of an address that its owner may recognise and that names no single device."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if parsed.version == 4:
        return ".".join(str(parsed).split(".")[:2]) + ".*.*"
    return ":".join(parsed.exploded.split(":")[:3]) + ":*"
