"""What the played platform remembers; one per application."""

import secrets
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from backend.kernel import clock
from backend.outside.demo import Ledger
from backend.outside.wechat.sandbox.users import User, everyone

TOKEN_LIFE = 7200
CODE_LIFE = 300
SAME_MESSAGE = 600
"""Seconds; in ten minutes one client_msg_id is one message."""


@dataclass
class Line:
    """One line of a chat between a person and the official account."""

    mine: bool
    text: str
    at: str


@dataclass
class Platform:
    """The official account, its tokens, and everybody's phones."""

    appid: str = "wx0000000000demo01"
    secret: str = "sandbox"
    mini_appid: str = "wx0000000000demo02"
    mini_secret: str = "sandbox"
    template: str = "demo-case-progress"
    base_url: str = "http://localhost:8000"
    account: str = "gh_yimen_demo"
    users: dict[str, User] = field(default_factory=everyone)
    sent: Ledger = field(default_factory=Ledger)
    chats: dict[str, deque[Line]] = field(default_factory=dict)
    menu: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"type": "click", "name": "办件进度", "key": "progress"},
            {"type": "click", "name": "使用帮助", "key": "help"},
        ]
    )
    token: str = ""
    token_until: float = 0.0
    cancelled: set[str] = field(default_factory=set)
    token_calls: int = 0
    mini_token: str = ""
    mini_token_until: float = 0.0
    forced_at: float = 0.0
    msgids: Iterator[int] = field(default_factory=lambda: count(4_000_000_001))
    codes: dict[str, tuple[User, str, float]] = field(default_factory=dict)
    used_mini_codes: set[str] = field(default_factory=set)

    def living_token(self, *, force: bool) -> tuple[str, int]:
        """Normal mode repeats a living token; ``force`` makes a new one and ends the old."""
        now = clock.now().timestamp()
        if force or self.token_until - now < CODE_LIFE:
            self.token = f"tok_{secrets.token_urlsafe(96)}"
            self.token_until = now + TOKEN_LIFE
        return self.token, int(self.token_until - now)

    def accepts(self, token: str) -> bool:
        """Whether a call with this token is let in."""
        alive = self.token_until > clock.now().timestamp()
        return bool(token) and token == self.token and token not in self.cancelled and alive

    def living_mini_token(self, *, force: bool) -> tuple[str, int]:
        """The mini-program's own token."""
        now = clock.now().timestamp()
        if force or self.mini_token_until - now < CODE_LIFE:
            self.mini_token = f"mtok_{secrets.token_urlsafe(96)}"
            self.mini_token_until = now + TOKEN_LIFE
        return self.mini_token, int(self.mini_token_until - now)

    def accepts_mini(self, token: str) -> bool:
        """Whether a call of the mini-program's server with this token is let in."""
        alive = self.mini_token_until > clock.now().timestamp()
        return bool(token) and token == self.mini_token and alive

    def issue_code(self, user: User, scope: str) -> str:
        """A one-use authorisation code, valid for five minutes."""
        code = secrets.token_urlsafe(24)
        self.codes[code] = (user, scope, clock.now().timestamp() + CODE_LIFE)
        return code

    def by_openid(self, openid: str) -> User | None:
        """Who has this openid at the official account."""
        return next((user for user in self.users.values() if user.openid == openid), None)

    def already_sent(self, openid: str, key: str) -> dict[str, Any] | None:
        """The message sent to this person under this client_msg_id in the last ten minutes."""
        since = clock.now().timestamp() - SAME_MESSAGE
        message = self.sent.find((openid, key))
        return message if message and message["sent"] > since else None

    def chat(self, user: User) -> deque[Line]:
        """The person's chat with the account, oldest first."""
        return self.chats.setdefault(user.key, deque(maxlen=60))

    def say(self, user: User, text: str, *, mine: bool) -> None:
        """Add a line to a chat."""
        self.chat(user).append(Line(mine, text, clock.rfc3339(clock.now())))
