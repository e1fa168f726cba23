"""An application from the first letter typed to the decision handed over (办件).

1. A *draft* (草稿) follows the person over channels and sessions; it may be incomplete and wrong.
2. *Submitting* (申报) checks everything at once, pins the form's version and makes the *case*, its
   first step, its notice and the facts to be kept, all in one write; the draft ends there.
3. The office of the item takes it on: pre-review, acceptance or refusal, one-time correction,
   review, decision, closing. ``rules.life`` is the one table of what may be done, and by whom.
4. Every step (环节) is appended and chained by hash; status, due date and progress are folded.
5. The clock counts working days; silence for five of them is acceptance (行政许可法第三十二条).
6. The citizen sees the progress, why the due date is what it is, and whether the log is whole.

Four eyes: the table does not ask that reviewer and approver be two people, since the law does not
and small offices cannot; the log names both, so supervision sees where they are one.
"""
