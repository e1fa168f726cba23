"""What a test needs of the platform besides the mini-program (测试用的平台一侧)."""

from typing import Protocol


class Platform(Protocol):
    """A running platform: its address, the SMS inbox, and the clerk at the window."""

    address: str

    def sms_code(self, phone: str) -> str:
        """The last code sent to this phone."""

    def ask_correction(self, number: str, target: str, code: str, reason: str) -> None:
        """The clerk accepts nothing yet, but asks the citizen to correct one thing."""

    def case_numbers(self) -> list[str]:
        """Numbers of all cases handed in."""

    def draft_elsewhere(self, values: dict[str, object]) -> None:
        """The person saves the draft on another device."""

    def end_sessions(self) -> None:
        """Every session runs out."""
