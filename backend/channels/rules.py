"""What a person means by a message. Pure; a grandmother types as she speaks."""

import re
from dataclasses import dataclass
from enum import StrEnum

_PROGRESS = re.compile(r"进度|进展|查件|办件|办到哪|办得怎|好了吗|好了没|我的事")
_HELP = re.compile(r"^(帮助|怎么用|你好|您好|在吗|help|hi|hello|\?|？)$", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)4406\d{16}(?!\d)")
_POLITE = re.compile(
    r"^(请问|我想|我要|怎么|如何|去哪|哪里|办理|办|申请|查询|咨询)+|(怎么办|办理|吗|呢|呀|啊|[?？。！!])+$"
)


class Want(StrEnum):
    """What to answer with."""

    PROGRESS = "progress"
    ONE_CASE = "one_case"
    HELP = "help"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Intent:
    """A want and the words it is about (a case number, a search)."""

    want: Want
    about: str = ""


def intent(text: str) -> Intent:
    """What a text asks for: a case by number, all cases, help, or a service by name."""
    text = text.strip()
    number = _NUMBER.search(text)
    if number:
        return Intent(Want.ONE_CASE, number.group())
    if _PROGRESS.search(text):
        return Intent(Want.PROGRESS)
    if not text or _HELP.match(text):
        return Intent(Want.HELP)
    return Intent(Want.SEARCH, _POLITE.sub("", text) or text)


MENU_PROGRESS = "progress"
MENU_HELP = "help"


def menu_intent(key: str) -> Intent:
    """What a click on the account's menu asks for."""
    return Intent(Want.PROGRESS if key == MENU_PROGRESS else Want.HELP)
