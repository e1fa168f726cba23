"""The endpoints of the identity house, a file for each of its nouns."""

from auth.api import (
    account,
    assurance,
    audit,
    companies,
    counter,
    counter_family,
    door,
    links,
    members,
    merges,
    office,
    onward,
    passkeys,
    places,
    proofs,
    provider,
    recoveries,
    representations,
    scans,
    window,
)

ROUTES = (
    *door.ROUTES,
    *assurance.ROUTES,
    *counter.ROUTES,
    *members.ROUTES,
    *office.ROUTES,
    *places.ROUTES,
    *proofs.ROUTES,
    *passkeys.ROUTES,
    *account.ROUTES,
    *recoveries.ROUTES,
    *audit.ROUTES,
    *provider.ROUTES,
    *scans.ROUTES,
    *onward.ROUTES,
    *links.ROUTES,
    *merges.ROUTES,
    *window.ROUTES,
    *representations.ROUTES,
    *companies.ROUTES,
    *counter_family.ROUTES,
)

__all__ = ["ROUTES"]
