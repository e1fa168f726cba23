"""The tables of the identity house and every statement that touches them.

All of a person's rows carry the person's id, so that an engine may spread them by person.
"""

from auth.models.acts import Act
from auth.models.assurance import Assurance, Finding
from auth.models.changes import Change
from auth.models.codes import Code
from auth.models.companies import LegalPerson
from auth.models.consents import Consent
from auth.models.counter import CounterCheck
from auth.models.devices import Device
from auth.models.events import Event
from auth.models.faces import FaceCheck
from auth.models.handoffs import Handoff
from auth.models.links import Link
from auth.models.log import LogCheckpoint, LogHead, LogTile
from auth.models.merges import Merge
from auth.models.once import Once
from auth.models.otps import Otp
from auth.models.passkeys import Passkey
from auth.models.people import Person
from auth.models.pins import Pin
from auth.models.places import Place
from auth.models.recoveries import Recovery, RecoveryCode
from auth.models.representations import Representation
from auth.models.resets import StaffReset
from auth.models.sessions import Session
from auth.models.signing_keys import SigningKey
from auth.models.staff import Staff

__all__ = [
    "Act",
    "Assurance",
    "Change",
    "Code",
    "Consent",
    "CounterCheck",
    "Device",
    "Event",
    "FaceCheck",
    "Finding",
    "Handoff",
    "LegalPerson",
    "Link",
    "LogCheckpoint",
    "LogHead",
    "LogTile",
    "Merge",
    "Once",
    "Otp",
    "Passkey",
    "Person",
    "Pin",
    "Place",
    "Recovery",
    "RecoveryCode",
    "Representation",
    "Session",
    "SigningKey",
    "Staff",
    "StaffReset",
]
