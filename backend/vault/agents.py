"""What a form asks about whoever acts (代办人), and about a child for whom a parent acts.

An agent's name and numbers come from their own account. A form made for parents asks about "the
child": when a guardian acts for the child itself, these answers lie in the child's own registers.
"""

from collections.abc import Mapping

from auth.client import Identity
from backend.kernel import clock
from backend.library.usecases import Fact, Facts

GUARDIAN = "guardian"

OF_THE_CHILD: Mapping[str, str] = {
    "child_name": "name",
    "child_id_number": "id_number",
    "child_sex": "sex",
    "child_birth_date": "birth_date",
    "child_ethnic_group": "ethnic_group",
}
_COLUMNS = ("name", "id_number", "sex", "birth_date")


def with_agent(facts: Facts, agent: Identity, *, capacity: str) -> Facts:
    """The facts, and what follows from who acts. What the registers hold of the represented stays.

    The agent's phone stands in for that of a child or an elder who has none, to be looked at once
    more.
    """
    at = clock.rfc3339(agent.verified_at)

    def of_agent(element: str, value: object, grade: str = "B") -> Fact:
        return Fact(element, value, "identity", grade, at, "", None, expired=False)

    said = {
        "apply_by_agent": True,
        "agent_name": agent.name,
        "agent_id_number": agent.id_number,
        "handler_name": agent.name,
        "handler_phone": agent.phone,
    }
    added = {element: of_agent(element, value) for element, value in said.items()}
    guessed = {"phone": agent.phone}
    if capacity == GUARDIAN:
        added |= _childs(facts)
        if agent.document == "id_card":  # the number's last digit but one is odd for men
            parent = "father" if int(agent.id_number[16]) % 2 else "mother"
            guessed |= {
                "guardian_relation": parent,
                f"{parent}_name": agent.name,
                f"{parent}_id_number": agent.id_number,
            }
    added |= {element: of_agent(element, value, "D") for element, value in guessed.items()}
    held = {element: fact for element, fact in facts.items() if fact.value != []}
    return {**facts, **added, **held}


def _childs(facts: Facts) -> Facts:
    """The child's own facts under the names by which parents' forms ask for them."""
    found = {
        element: facts[own]._replace(element=element)
        for element, own in OF_THE_CHILD.items()
        if own in facts
    }
    if all(column in facts for column in _COLUMNS):
        row = {column: facts[column].value for column in _COLUMNS}
        row["relation"] = "daughter" if row["sex"] == "female" else "son"
        found["children"] = facts["birth_date"]._replace(element="children", value=[row])
    return found
