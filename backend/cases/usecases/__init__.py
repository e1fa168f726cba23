"""What can be done with drafts and cases, by verb.

``drafts`` keep, find, discard · ``apply`` open a form · ``submit`` hand in · ``steps`` answer,
withdraw, deem accepted · ``acting`` in whose name · ``queue`` the office's work · ``staff`` case,
papers, act · ``read`` follow · ``handed_in`` for others · ``time`` the clock.

SQL statements of the hot operations, session look-up aside, whatever the amount of data:

- open a form: 3 reads: ``DRAFT``; the vault's facts with sources, and papers. On the first such
  opening of a day one write: the person's own line in the access log
- My Space: 7 reads: ``DRAFTS``, ``MY_LATEST``, the notices' unread count, and the vault's four
  (identity, facts with sources, papers, access log)
- submit: 5 reads: ``SUBMIT_LOOK``, the vault's two, documents, identity; one write of case, step,
  notice, what the person declared, and the end of the draft
- a clerk's step: 2 reads: ``CASE_WITH_STEPS``, papers; one write of case, step, notice and the
  access log's line. The answer is made from what was written, not read again
"""

from backend.cases.usecases.handed_in import handed_in
from backend.cases.usecases.read import case_card, my_cases, savings
from backend.cases.usecases.time import deem_accepted, give_due_dates

__all__ = ["case_card", "deem_accepted", "give_due_dates", "handed_in", "my_cases", "savings"]
