"""What people do at the door, one file per verb."""

from auth.usecases.staff import load_staff

__all__ = ["load_staff"]
