"""The endpoints of the OpenID Provider: the protocol's own, the screens', the registry's."""

from auth.api.provider import approvals, logout, protocol, registry, screens

ROUTES = (*protocol.ROUTES, *logout.ROUTES, *screens.ROUTES, *approvals.ROUTES, *registry.ROUTES)

__all__ = ["ROUTES"]
