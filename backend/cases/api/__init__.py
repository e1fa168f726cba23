"""HTTP of the cases: the citizen's side and the office's."""

from backend.cases.api import citizen, staff

ROUTES = (*citizen.ROUTES, *staff.ROUTES)
