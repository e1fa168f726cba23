"""The endpoints of the identity house, a file for each of its nouns."""

from auth.api import door, proofs

ROUTES = (*door.ROUTES, *proofs.ROUTES)

__all__ = ["ROUTES"]
