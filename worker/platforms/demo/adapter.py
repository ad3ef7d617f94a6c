"""The demo: messages made on this machine, without any network, by account and time alone."""

import hashlib
import math
import random
import time

from worker.sdk.errors import AuthFailed, InvalidConfig, TemporaryFailure
from worker.sdk.platform import Item, ItemKind, Platform, Poll, Probe, SignedIn, Talk, make_item, text

from .logins import sign_in
from .scripts import LINES

CHATTY = 0.4
"""A chatty account's share of the pace."""
OUTAGE_EVERY = 120
"""Seconds from outage to outage of a flaky account."""
OUTAGE_SECONDS = 40
MAX_BEHIND = 120
"""What was missed longer ago, in seconds, is not made up: nobody wants a night's worth of it."""
SHORTEST_PACE = 0.5


class Adapter(Platform):
    """One made-up account. Time is cut into slots of its pace; each slot has one message, at some moment in it.

    The cursor is the moment up to which messages were told, in seconds since 1970.
    """

    kinds = (ItemKind.COMMENT, ItemKind.DIRECT_MESSAGE, ItemKind.MAIL)

    async def probe(self) -> Probe:
        async with self.context.step("step_connect"):
            self._fail_in_an_outage(time.time())
        async with self.context.step("step_sign_in"):
            await self._sign_in()
        async with self.context.step("step_first_check"):
            self._pace()
        return Probe(name="Demo")

    async def login(self, method: str, talk: Talk) -> SignedIn:
        return await sign_in(self.context, method, talk)

    async def log_out(self) -> bool:
        return bool((await self.context.secret()).get("token"))

    async def poll(self, cursor: str | None) -> Poll:
        now = time.time()
        self._fail_in_an_outage(now)
        await self._sign_in()
        since = _read(cursor)
        if since is None:
            return Poll(cursor=repr(now))
        items = self._messages(max(since, now - MAX_BEHIND), now)
        return Poll(items=items, cursor=repr(now) if items else None)

    async def _sign_in(self) -> None:
        if self._mood() == "signed_out" and not await self.context.secret():
            raise AuthFailed(text("demo_auth"), {"password": text("demo_auth")})

    def _fail_in_an_outage(self, now: float) -> None:
        if self._mood() == "flaky" and (now + self._number("outage") % OUTAGE_EVERY) % OUTAGE_EVERY < OUTAGE_SECONDS:
            raise TemporaryFailure(text("demo_outage"))

    def _messages(self, since: float, until: float) -> list[Item]:
        pace = self._pace()
        slots = range(math.floor(since / pace), math.floor(until / pace) + 1)
        return [self._message(slot, at) for slot in slots if since < (at := self._moment(slot, pace)) <= until]

    def _message(self, slot: int, at: float) -> Item:
        line = LINES[self._order(slot // len(LINES))[slot % len(LINES)]]
        return make_item(
            line.kind,
            f"demo-{round(at * 1000)}",
            line.title,
            body=line.body,
            author=line.author,
            thread=line.author,
            created_at=round(at * 1000),
        )

    def _order(self, round_number: int) -> list[int]:
        """Return in which order the lines come in a round: nobody says the same thing twice in a row."""
        order = list(range(len(LINES)))
        random.Random(self._number(f"round {round_number}")).shuffle(order)  # noqa: S311 (no secret)
        return order

    def _moment(self, slot: int, pace: float) -> float:
        return (slot + self._number(f"slot {slot}") % 1000 / 1000) * pace

    def _pace(self) -> float:
        pace = float(self.context.settings["pace_seconds"])
        if not 0 < pace < math.inf:
            reason = text("field_range", minimum=1, maximum=3600)
            raise InvalidConfig(reason, {"pace_seconds": reason})
        return max(SHORTEST_PACE, pace * (CHATTY if self._mood() == "chatty" else 1))

    def _mood(self) -> str:
        return str(self.context.settings["mood"])

    def _number(self, name: str) -> int:
        digest = hashlib.sha256(f"{self.context.account_id}:{name}".encode()).digest()
        return int.from_bytes(digest[:8], "big")


def _read(cursor: str | None) -> float | None:
    try:
        moment = float(cursor) if cursor is not None else math.nan
    except ValueError:
        moment = math.nan
    return moment if math.isfinite(moment) else None
