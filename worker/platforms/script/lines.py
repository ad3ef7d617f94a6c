"""What a command printed as items: one JSON object a line."""

from typing import Any, Final

import msgspec

from worker.sdk.moments import moment
from worker.sdk.platform import Item, ItemKind, make_item

MAX_LINES: Final = 20_000
MAX_CURSOR: Final = 200_000
MAX_KEY: Final = 512
KINDS: Final = (
    ItemKind.LINE,
    ItemKind.ENTRY,
    ItemKind.CHANGE,
    ItemKind.COMMENT,
    ItemKind.DIRECT_MESSAGE,
    ItemKind.MAIL,
    ItemKind.MENTION,
)


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """What a run printed: items in its order, and the cursor that it named last, ``UNSET`` for none."""

    items: list[Item]
    cursor: Any


class LineError(Exception):
    """A line that is not right: its number, from 1, and why."""

    def __init__(self, number: int, detail: str) -> None:
        super().__init__(f"line {number}: {detail}")
        self.number = number
        self.detail = detail


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    key: str | int
    title: str
    text: str = ""
    author: str = ""
    url: str = ""
    thread: str = ""
    kind: str = ItemKind.LINE.value
    created_at: str | int | float | None = None


def read(output: bytes) -> Printed:
    """Read all lines; blank ones are left out. Raises :class:`LineError`: half of a run is worth nothing."""
    items: list[Item] = []
    cursor: Any = msgspec.UNSET
    for number, line in enumerate(output.split(b"\n"), 1):
        if not line.strip():
            continue
        if number > MAX_LINES:
            raise LineError(number, f"more than {MAX_LINES} lines")
        try:
            said = msgspec.json.decode(line)
            if not isinstance(said, dict):
                raise LineError(number, "no JSON object")
            if "cursor" in said and "key" not in said:
                cursor = said["cursor"]
                if len(msgspec.json.encode(cursor)) > MAX_CURSOR:
                    raise LineError(number, f"a cursor of more than {MAX_CURSOR} bytes")
                continue
            items.append(_item(msgspec.convert(said, _Line)))
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            # UnicodeDecodeError is a ValueError.
            raise LineError(number, str(error)[:200]) from error
    return Printed(items=items, cursor=cursor)


def _item(line: _Line) -> Item:
    key = str(line.key)
    if not 0 < len(key) <= MAX_KEY:
        raise ValueError(f"a key has 1 to {MAX_KEY} characters - at `$.key`")
    if line.kind not in KINDS:
        raise ValueError(f"no such kind: {line.kind[:50]} - at `$.kind`")
    url = line.url.strip()
    return make_item(
        ItemKind(line.kind),
        key,
        line.title if line.title.strip() else "–",
        body=line.text,
        author=line.author,
        url=url if url.lower().startswith(("http://", "https://")) else "",
        thread=line.thread,
        created_at=moment(str(line.created_at)) if line.created_at is not None else None,
    )
