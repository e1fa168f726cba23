"""The endpoints of the identity house, a file for each of its nouns."""

from auth.api import assurance, door, proofs

ROUTES = (*door.ROUTES, *assurance.ROUTES, *proofs.ROUTES)

__all__ = ["ROUTES"]
