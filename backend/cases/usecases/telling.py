"""Which step is told to the citizen as which notice."""

from datetime import date

from backend.cases.rules import Act
from backend.catalogue import usecases as catalogue
from backend.kernel import db
from backend.notices import usecases as notices

NOTICE = {
    Act.SUBMIT: "case_submitted",
    Act.PASS_PRE_REVIEW: "case_pre_reviewed",
    Act.ACCEPT: "case_accepted",
    Act.DEEM_ACCEPT: "case_deemed_accepted",
    Act.REFUSE: "case_refused",
    Act.REQUEST_CORRECTION: "correction_requested",
    Act.ANSWER_CORRECTION: "correction_answered",
    Act.REVIEW: "case_reviewed",
    Act.APPROVE: "case_approved",
    Act.DENY: "case_denied",
    Act.CLOSE: "case_closed",
    Act.WITHDRAW: "case_withdrawn",
}


def tell(
    act: Act,
    person_id: str,
    number: str,
    seq: int,
    item: str,
    due_on: date | None,
    *,
    reason: str = "",
    asked: int = 0,
) -> db.Statement:
    """The notice of one step, to be put into the step's own write.

    Of a correction: how many points were ``asked``; ``due_on`` is then the citizen's day.
    """
    about = catalogue.find_item(item)
    params = {
        "item": about["name"] if about else item,
        "department": about["department"]["name"] if about else "",
        "due_on": due_on.isoformat() if due_on else "",
        "count": asked,
        "reason": reason,
    }
    return notices.about_case(
        person_id, NOTICE[act], case=number, key=f"{number}:{seq}", params=params
    )
