"""The demo people's WeChat accounts, and the openids that misbehave."""

from dataclasses import dataclass

from backend.outside.demo import Trouble


@dataclass
class User:
    """One WeChat account as the official account and the mini-program see it."""

    key: str
    nickname: str
    openid: str
    mini_openid: str
    unionid: str
    following: bool = True
    snapshot: bool = False


def everyone() -> dict[str, User]:
    """The demo people, by short name; fresh, since following changes."""
    users = (
        _user("liang", "嘉欣"),
        _user("huang", "黄伯"),
        _user("aygul", "阿依古丽"),
        _user("ouyang", "婉清"),
        _user("passer", "路人（未关注）", following=False),
        _user("snapshot", "快照页访客", following=False, snapshot=True),
    )
    return {user.key: user for user in users}


def _user(key: str, nickname: str, *, following: bool = True, snapshot: bool = False) -> User:
    tail = key.capitalize().ljust(22, "0")
    return User(
        key, nickname, f"oDemo_{tail}", f"mDemo_{tail}", f"uDemo_{tail}", following, snapshot
    )


TROUBLES = {
    "oMagicHangs": Trouble.HANGS,
    "oMagicDown": Trouble.DOWN,
    "oMagicStammers": Trouble.STAMMERS,
}
BUSY, QUOTA = "oMagicBusy", "oMagicQuota"
