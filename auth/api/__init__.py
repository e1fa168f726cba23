"""The endpoints of the identity house, a file for each of its nouns."""

from auth.api import door

ROUTES = (*door.ROUTES,)

__all__ = ["ROUTES"]
