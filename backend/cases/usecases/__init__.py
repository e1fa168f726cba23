"""What can be done with drafts and cases, by verb.

``drafts`` keep, find, discard · ``apply`` open a form · ``submit`` hand in · ``steps`` answer,
withdraw, deem accepted · ``staff`` queue, case, papers, act · ``read`` follow · ``time`` the clock.

SQL statements of the hot operations, session look-up aside, whatever the amount of data:

- open a form: ``DRAFT``; the vault reads facts and sources in one, papers in one; it writes the
  person's own reading once a day
- My Space: ``DRAFTS``, ``MY_LATEST``, the notices' unread count, and what the vault reads
- submit: ``SUBMIT_LOOK``, the vault's two, documents, identity; one write
- a clerk's step: ``CASE_WITH_STEPS`` before and after, papers; one write
"""

from backend.cases.usecases.read import case_card, my_cases, savings
from backend.cases.usecases.time import deem_accepted, give_due_dates

__all__ = ["case_card", "deem_accepted", "give_due_dates", "my_cases", "savings"]
