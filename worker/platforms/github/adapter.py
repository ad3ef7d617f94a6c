"""The inbox of GitHub: its notifications, by the REST API, as often as the server allows."""

import asyncio
import email.utils
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from worker.sdk.apis import Answer
from worker.sdk.errors import InvalidConfig
from worker.sdk.platform import Context, ItemKind, Platform, Poll, Probe, SignedIn, Talk, text

from .calls import Calls, token_ends
from .details import details_of
from .threads import Thread, item_of
from .walks import Known, Walk

PAGE: Final = 50
MAX_PAGES: Final = 10
"""Of one poll; the rest comes with the next one, which follows at once."""
MAX_REPOSITORIES: Final = 200
MAX_UNREAD: Final = 1000
LONGEST_INTERVAL: Final = 3600.0
SHORT_WAIT: Final = 7.0
"""A check that comes so little too early waits; one that comes earlier has nothing to ask."""
SAME_SECONDS: Final = 2.0
"""A list that changed so shortly before it was told may change once more within the second that it names."""
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")


class _Me(msgspec.Struct, frozen=True):
    id: int
    login: str = ""


class Adapter(Platform):
    """One inbox: its unread threads. What was read elsewhere, and what we did ourselves, is not in it."""

    kinds = (ItemKind.MENTION, ItemKind.COMMENT, ItemKind.ENTRY)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._calls: Calls | None = None
        self._allowed_at = 0.0
        self._unread: dict[str, tuple[str, float]] = {}
        """Thread and time of what was told and is unread, as far as is known, by key."""

    async def probe(self) -> Probe:
        calls, _ = self._ready(), self._repositories()
        async with self.context.step("step_resolve"):
            await calls.api.resolve()
        async with self.context.step("step_sign_in"):
            answer = await calls.get("/user")
            me = answer.read(_Me)
            calls.check_scopes(answer)
        async with self.context.step("step_first_check"):
            answer = await calls.get("/notifications", self._query(0.0))
            answer.read(list[Thread])
        return Probe(identity=f"{me.id}@{calls.api.site.host}", name=me.login, expires_at=token_ends(answer))

    async def poll(self, cursor: str | None) -> Poll:
        calls, repositories, known = self._ready(), self._repositories(), _read(cursor)
        walking = known is not None and known.before > 0
        if known is not None and not walking and not await self._may_ask():
            return Poll()
        asked = "participating" if self.context.settings.get("participating") else ""
        modified = known.modified if known is not None and known.asked == asked and not walking else ""
        answer = await calls.get("/notifications", self._query(known.before if known is not None else 0.0), modified)
        self._heed(answer)
        ends = token_ends(answer)
        if answer.status == 304:
            return Poll(expires_at=ends)
        try:
            walk = Walk(known, answer.now())
            unfinished = await self._walk(calls, walk, answer)
            wanted = [thread for thread in walk.oldest_first() if _is_wanted(thread, repositories)]
            # What was there before is taken as known by its titles.
            details = await details_of(calls, wanted) if known is not None else {}
            items = [item_of(thread, details.get(thread.key)) for thread in wanted]
            read = self._read_elsewhere(walk) if not walking and not unfinished else []
            if known is not None:
                self._unread |= {thread.key: (thread.id, thread.moment) for thread in wanted}
        except (ValueError, OverflowError) as error:
            # A time that is none, or a key that is empty.
            raise calls.api.site.garbage() from error
        now = walk.known("" if walking else _settled(answer), asked, unfinished)
        after = msgspec.json.encode(now).decode() if now != known else None
        return Poll(items=items, cursor=after, more=unfinished, read=read, expires_at=ends)

    async def mark_read(self, keys: Sequence[str]) -> None:
        calls = self._ready()
        for key in dict.fromkeys(keys):
            number = key.partition(":")[0]
            if not number.isdecimal():
                continue
            thread = await calls.thread(number)
            # What has happened in it since is not read.
            if thread is not None and thread.key == key and thread.unread:
                await calls.mark(number)

    async def login(self, method: str, talk: Talk) -> SignedIn:
        from worker.sdk.oauth import OAuth, Provider

        client_id = str(self.context.settings.get("client_id") or "").strip()
        if not client_id:
            raise InvalidConfig(text("invalid_fields"), {"client_id": text("field_required")})
        place = f"{_site_of(self._ready().api.site.url)}/login"
        provider = Provider(
            client_id=client_id,
            token_url=f"{place}/oauth/access_token",
            device_url=f"{place}/device/code",
            scopes=("notifications",),
            field="server",
        )
        return (await OAuth(self.context, provider).device_login(talk)).signed_in()

    async def close(self) -> None:
        calls, self._calls = self._calls, None
        if calls is not None:
            await calls.api.close()

    def _ready(self) -> Calls:
        if self._calls is None:
            self._calls = Calls(self.context)
        return self._calls

    async def _walk(self, calls: Calls, walk: Walk, answer: Answer) -> bool:
        """Go down from the page in ``answer``. Return whether there is more than one poll may take."""
        for left in reversed(range(MAX_PAGES)):
            lowest = walk.lowest
            deeper = walk.add(answer.read(list[Thread]))
            following = answer.links.get("next", "")
            walk.whole = not following
            if not deeper or not following:
                return False
            if not left:
                break
            if walk.lowest < lowest or not lowest:
                answer = await calls.get("/notifications", self._query(walk.lowest))
            else:
                # All of the page is of one second: only its number leads on.
                answer = await calls.get(following)
        return not walk.is_baseline

    def _read_elsewhere(self, walk: Walk) -> list[str]:
        """Return what was told, and is not among the unread threads any more."""
        read = [key for key, (thread, moment) in self._unread.items() if walk.lacks(thread, moment)]
        for key in read:
            del self._unread[key]
        for key in list(self._unread)[: max(0, len(self._unread) - MAX_UNREAD)]:
            del self._unread[key]
        return read

    async def _may_ask(self) -> bool:
        """Return whether the server's interval is over, or all but over, which is waited for."""
        early = self._allowed_at - asyncio.get_running_loop().time()
        if early > SHORT_WAIT:
            return False
        await asyncio.sleep(max(0.0, early))
        return True

    def _heed(self, answer: Answer) -> None:
        asked = answer.headers.get("x-poll-interval", "").strip()
        seconds = min(float(asked), LONGEST_INTERVAL) if asked.isdecimal() and asked.isascii() else 0.0
        self._allowed_at = asyncio.get_running_loop().time() + seconds

    def _query(self, before: float) -> list[tuple[str, str]]:
        query = [("per_page", str(PAGE))]
        if self.context.settings.get("participating"):
            query.append(("participating", "true"))
        if before:
            # One second on: others of the lowest one's second may not have been on its page.
            query.append(("before", datetime.fromtimestamp(before + 1, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")))
        return query

    def _repositories(self) -> frozenset[str]:
        named: Sequence[str] = self.context.settings.get("repositories") or ()
        wrong = next((name for name in named if not _REPOSITORY.fullmatch(name.strip())), None)
        if wrong is not None or len(named) > MAX_REPOSITORIES:
            limits = text("field_entries", minimum=0, maximum=MAX_REPOSITORIES)
            reason = limits if wrong is None else text("field_wrong", detail=wrong[:200])
            raise InvalidConfig(reason, {"repositories": reason})
        return frozenset(name.strip().casefold() for name in named)


def _site_of(api: str) -> str:
    """Return where people sign in, by the address of the API."""
    return "https://github.com" if api == "https://api.github.com" else api.removesuffix("/api/v3")


def _is_wanted(thread: Thread, repositories: frozenset[str]) -> bool:
    return not repositories or (thread.repository.full_name or "").casefold() in repositories


def _settled(answer: Answer) -> str:
    """Return the answer's Last-Modified, "" while another thread may still come in the second that it names."""
    value = answer.headers.get("last-modified", "")
    try:
        age = answer.now() - email.utils.parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, OverflowError):
        return ""
    return value if age > SAME_SECONDS and len(value) < 100 and value.isascii() and value.isprintable() else ""


def _read(cursor: str | None) -> Known | None:
    """Return what a cursor holds; one that is not ours holds nothing: the ledger knows what was told."""
    try:
        return msgspec.json.decode(cursor, type=Known) if cursor is not None else None
    except msgspec.DecodeError:
        return None
