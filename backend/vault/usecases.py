"""What a person does in their own space."""

from backend.kernel import outbox
from backend.library import usecases as library


async def open_space(job: outbox.Job) -> None:
    """Outbox: make a person's space after registration and have every register asked."""
    person_id = job.payload["person_id"]
    await library.ensure_person(person_id)
    await library.ask_again(person_id, visit=job.key)
