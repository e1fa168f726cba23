"""The tables of the OpenID Provider: clients, one-use tickets, grants, tokens, consents."""

from auth.models.provider.clients import ClientRow
from auth.models.provider.consents import DepartmentConsent
from auth.models.provider.grants import Grant, Token
from auth.models.provider.tickets import Ticket

__all__ = ["ClientRow", "DepartmentConsent", "Grant", "Ticket", "Token"]
