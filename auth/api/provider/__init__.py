"""The endpoints of the OpenID Provider: the protocol's own, and those of the screens."""

from auth.api.provider import approvals, logout, protocol, screens

ROUTES = (*protocol.ROUTES, *logout.ROUTES, *screens.ROUTES, *approvals.ROUTES)

__all__ = ["ROUTES"]
