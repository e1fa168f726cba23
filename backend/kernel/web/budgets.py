"""What somebody who is signed in may do how often (使用额度): generous to people, not to programs.

1. Every route for signed-in actors draws on one budget of ``BUDGETS``: changes on ``write``, looks
   on ``look``, unless its line in the route table names a narrower one.
2. It is counted by the actor, however many sessions they have, and beside that by whom they act
   for, so that many agents together do not drown one office.
3. It refills evenly and lies in the cache; that for looks in each server's own memory, since asking
   the cache would be a third of what a look costs. Nothing that is refused is lost: drafts stay on
   the device and are sent again.
4. What protects an account is ``free``: whoever holds a stolen session and spends its owner's
   budget cannot keep the owner from proving who they are and ending that session. Signing in is
   counted elsewhere, by phone and network (``auth/rules/limits.py``).

``YIMEN_BUDGET_FACTOR`` multiplies all of them (OWASP ASVS 5.0, V2.4.1).
"""

from typing import Literal, NamedTuple

from backend.kernel import cache, settings
from backend.kernel.errors import Refusal, not_allowed
from backend.kernel.web.call import Actor

Drawn = Literal["write", "look", "hand_in", "case", "search", "free"]


class Budget(NamedTuple):
    """At most ``times`` in any ``seconds`` by one actor, ``together`` by all who act for one."""

    times: int
    seconds: int
    together: int
    code: str = "slow_down"


BUDGETS = {
    # a form saves itself 1.5 s after each pause in typing: 400 times in ten minutes
    "write": Budget(900, 600, 3600),
    # pages that wait for something ask every other second
    "look": Budget(1800, 600, 7200),
    # every case costs a clerk's look
    "hand_in": Budget(100, 86400, 400, "handed_in_much"),
    # a clerk who reads a case, its papers and its log needs minutes
    "case": Budget(400, 600, 400),
    # whose ID number is searched for must stand at a window or in a case
    "search": Budget(120, 600, 120),
}


async def spend(drawn: Drawn, actor: Actor) -> None:
    """Count one request against the budget that its route draws on.

    Raises:
        Refusal: the budget's ``code``, with ``retry_after`` in seconds and ``minutes``.
    """
    if drawn == "free":
        return
    budget, factor = BUDGETS[drawn], settings.current().budget_factor
    counted = [(f"{actor.kind}:{actor.id}", budget.times)]
    if actor.acting is not None:
        counted.append((f"for:{actor.holder}", budget.together))
    for who, times in counted:
        try:
            name, most = f"budget.{drawn}", times * factor
            if drawn == "look":
                cache.limit_here(name, who, times=most, seconds=budget.seconds)
            else:
                await cache.limit(name, who, times=most, seconds=budget.seconds)
        except Refusal as refusal:
            wait = refusal.retry_after or 1
            raise not_allowed(
                budget.code, retry_after=wait, seconds=wait, minutes=-(-wait // 60)
            ) from None
