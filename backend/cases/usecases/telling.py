"""Which step is told to the citizen as which notice."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.cases.models.history import History
from backend.cases.rules import Act
from backend.catalogue import usecases as catalogue
from backend.kernel import db, privacy
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
    case: History,
    seq: int,
    due_on: date | None,
    *,
    reason: str = "",
    asked: int = 0,
) -> list[db.Statement]:
    """The notices of one step, to be put into the step's own write.

    The applicant is told, and whoever handed the case in for them as long as they may act. Of a
    correction: how many points were ``asked``; ``due_on`` is then the citizen's day.
    """
    about = catalogue.find_item(case.item)
    params = {
        "code": case.item,
        "item": about["name"] if about else case.item,
        "department": about["department"]["name"] if about else "",
        "due_on": due_on.isoformat() if due_on else "",
        "count": asked,
        "reason": reason,
    }
    key = f"{case.number}:{seq}"
    told = [
        notices.about_case(case.person_id, NOTICE[act], case=case.number, key=key, params=params)
    ]
    if case.agent is not None:
        told.append(
            notices.about_case(
                case.agent.id, NOTICE[act], case=case.number, key=f"{key}:agent",
                params={**params, "for": shown_name(case.applicant)},
                representation=case.agent.representation,
            )
        )  # fmt: skip
    return told


def shown_name(applicant: Mapping[str, Any]) -> str:
    """An applicant as lists and notices name them: people masked, companies in full."""
    name = str(applicant["name"])
    return name if applicant.get("kind") == "legal_person" else privacy.mask_name(name)
