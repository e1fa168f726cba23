"""The endpoints of the OpenID Provider: the protocol's own, and those of the screens."""

from auth.api.provider import logout, protocol, screens

ROUTES = (*protocol.ROUTES, *logout.ROUTES, *screens.ROUTES)

__all__ = ["ROUTES"]
