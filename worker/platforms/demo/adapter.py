"""The demo: messages made on this machine by account id and time, so that a new owner goes on where the last ended."""

import hashlib
import json
import time

from worker.platforms.demo.scripts import LINES
from worker.sdk.errors import AuthFailed, TemporaryFailure
from worker.sdk.platform import Item, ItemKind, Platform, Poll, Probe, make_item, text

OUTAGE_EVERY = 120
"""Seconds from outage to outage of a flaky account."""
OUTAGE_SECONDS = 40
MAX_ITEMS = 20


class Adapter(Platform):
    """One made-up account. Its n-th message depends on nothing but its id and n."""

    kinds = (ItemKind.COMMENT, ItemKind.DIRECT_MESSAGE, ItemKind.MAIL)

    async def probe(self) -> Probe:
        async with self.context.step("step_connect"):
            self._fail_in_an_outage()
        async with self.context.step("step_sign_in"):
            await self._sign_in()
        return Probe(identity=f"demo:{self.context.settings['mood']}", name="Demo")

    async def poll(self, cursor: str | None) -> Poll:
        self._fail_in_an_outage()
        await self._sign_in()
        now = time.time()
        if cursor is None:
            return Poll(cursor=json.dumps({"at": now, "number": 0}))
        state = json.loads(cursor)
        at, number = float(state["at"]), int(state["number"])
        items: list[Item] = []
        while len(items) < MAX_ITEMS and at + self._gap(number) <= now:
            at += self._gap(number)
            number += 1
            items.append(self._message(number, at))
        more = len(items) == MAX_ITEMS
        return Poll(items=items, cursor=json.dumps({"at": at, "number": number}) if items else None, more=more)

    async def _sign_in(self) -> None:
        if self.context.settings["mood"] == "signed_out" and not (await self.context.secret()).get("password"):
            raise AuthFailed(text("demo_auth"), {"password": text("demo_auth")})

    def _fail_in_an_outage(self) -> None:
        offset = self._number(0) % OUTAGE_EVERY
        if self.context.settings["mood"] == "flaky" and (time.time() + offset) % OUTAGE_EVERY < OUTAGE_SECONDS:
            raise TemporaryFailure(text("demo_outage"))

    def _gap(self, number: int) -> float:
        """Return the seconds from message ``number`` to the next: half to one and a half of the pace."""
        pace = float(self.context.settings["pace_seconds"]) * (0.4 if self.context.settings["mood"] == "chatty" else 1)
        return max(0.5, pace * (0.5 + (self._number(number) % 1000) / 1000))

    def _message(self, number: int, at: float) -> Item:
        line = LINES[self._number(number) % len(LINES)]
        return make_item(
            line.kind,
            f"demo-{number}-{round(at * 1000)}",
            line.title,
            body=line.body,
            author=line.author,
            created_at=round(at * 1000),
        )

    def _number(self, number: int) -> int:
        digest = hashlib.sha256(f"{self.context.account_id}:{number}".encode()).digest()
        return int.from_bytes(digest[:8], "big")
