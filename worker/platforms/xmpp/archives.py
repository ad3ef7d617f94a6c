"""Archives (XEP-0313): a page after a mark, and the marks of all archives as the cursor."""

from collections.abc import Mapping
from typing import Final, Protocol
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import msgspec

from .messages import Archived

PAGE: Final = 100
NAMESPACE: Final = "urn:xmpp:mam:2"
_FIN: Final = f"{{{NAMESPACE}}}fin"
_FORM: Final = (
    "<x xmlns='jabber:x:data' type='submit'>"
    f"<field var='FORM_TYPE' type='hidden'><value>{NAMESPACE}</value></field>"
    "<field var='start'><value>{start}</value></field></x>"
)


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """The last message that was seen of an archive: its id ("" of an archive that was empty), and when it came."""

    id: str = ""
    at: str = ""


class Cursor(msgspec.Struct, frozen=True, kw_only=True):
    """Marks by archive: the bare address of a room, "" for the account's own."""

    archives: dict[str, Mark] = {}


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of an archive, oldest first."""

    results: list[Archived]
    mark: Mark
    more: bool


class Asks(Protocol):
    """Puts a query to an archive."""

    async def __call__(self, archive: str, payload: str) -> tuple[ET.Element, list[Archived]]:
        """Return the answer, an error too, and what came with it."""


class Refused(Exception):
    """The archive does not answer; ``condition`` says why."""

    def __init__(self, condition: str) -> None:
        super().__init__(condition)
        self.condition = condition


def read_cursor(words: str | None) -> Cursor | None:
    """Return the cursor; None for none, and for one that is not ours."""
    if not words:
        return None
    try:
        return msgspec.json.decode(words, type=Cursor)
    except msgspec.DecodeError:
        return None


def write_cursor(marks: Mapping[str, Mark]) -> str:
    """Return the cursor as text."""
    return msgspec.json.encode(Cursor(archives=dict(marks))).decode()


async def newest(archive: str, ask: Asks) -> Page:
    """Return the last page: what is there at first."""
    page = await _query(archive, ask, "<before/>", "", Mark())
    return msgspec.structs.replace(page, more=False)


async def after(archive: str, mark: Mark, ask: Asks) -> Page:
    """Return the page after a mark. An archive that has forgotten the mark is asked by time."""
    if mark.id:
        try:
            return await _query(archive, ask, f"<after>{escape(mark.id)}</after>", "", mark)
        except Refused as refused:
            if refused.condition != "item-not-found":
                raise
    # It was empty, or its messages are kept for a while only: no message is older than the mark and new.
    return await _query(archive, ask, "", mark.at, mark)


async def _query(archive: str, ask: Asks, place: str, start: str, mark: Mark) -> Page:
    form = _FORM.replace("{start}", escape(start)) if start else ""
    rules = f"<set xmlns='http://jabber.org/protocol/rsm'><max>{PAGE}</max>{place}</set>"
    answer, results = await ask(archive, form + rules)
    fin = answer.find(_FIN)
    if answer.get("type") != "result" or fin is None:
        from .streams import condition_of

        raise Refused(condition_of(answer))
    if results:
        mark = Mark(id=results[-1].id, at=results[-1].stamp or mark.at)
    return Page(results=results, mark=mark, more=bool(results) and fin.get("complete") != "true")
