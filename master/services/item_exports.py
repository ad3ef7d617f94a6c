"""Items as files: CSV for spreadsheets, JSON for programs; piece by piece, whatever the size."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Literal, Protocol

import msgspec

from master.api.items import Item

ExportFormat = Literal["csv", "json"]

COLUMNS: Final = (
    "id", "account_id", "kind", "title", "text", "author", "url", "thread", "created_at", "detected_at", "read", "key",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A spreadsheet takes a cell that begins so for a formula, and would run what a stranger wrote."""


class Writer(Protocol):
    """Turns items into pieces of a file."""

    media_type: str
    name: str
    """Value of the header that names the file."""

    def begin(self) -> bytes:
        """Return what stands before the items."""

    def write(self, items: Sequence[Item]) -> bytes:
        """Return some items."""

    def end(self) -> bytes:
        """Return what stands behind them."""


def make_writer(kind: ExportFormat, bom: bool) -> Writer:
    """Return a writer for one file; ``bom``: a CSV begins with the mark by which spreadsheets know UTF-8."""
    return CsvWriter(bom) if kind == "csv" else JsonWriter()


class CsvWriter:
    """RFC 4180; times as UTC in ISO 8601; what a spreadsheet would run is quoted by an apostrophe."""

    media_type = "text/csv; charset=utf-8"
    name = 'attachment; filename="items.csv"'

    def __init__(self, bom: bool) -> None:
        self._bom = bom

    def begin(self) -> bytes:
        """Return the heading."""
        return (b"\xef\xbb\xbf" if self._bom else b"") + _lines([COLUMNS])

    def write(self, items: Sequence[Item]) -> bytes:
        """Return a line an item."""
        return _lines([[_cell(getattr(item, name), name) for name in COLUMNS] for item in items])

    def end(self) -> bytes:
        """Return nothing."""
        return b""


class JsonWriter:
    """One array of items as the API has them."""

    media_type = "application/json; charset=utf-8"
    name = 'attachment; filename="items.json"'

    def __init__(self) -> None:
        self._any = False

    def begin(self) -> bytes:
        """Open the array."""
        return b"["

    def write(self, items: Sequence[Item]) -> bytes:
        """Return some elements."""
        pieces = [msgspec.json.encode(item) for item in items]
        begin = b",\n" if self._any else b"\n"
        self._any = self._any or bool(pieces)
        return begin + b",\n".join(pieces) if pieces else b""

    def end(self) -> bytes:
        """Close the array."""
        return b"\n]\n"


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target).writerows(rows)
    return target.getvalue().encode("utf-8", "backslashreplace")


def _cell(value: object, name: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _clock(value) if name.endswith("_at") else str(value)
    written = str(value).replace("\x00", "")
    return f"'{written}" if written.lstrip(" ").startswith(_FORMULA) or written.startswith(_FORMULA) else written


def _clock(at: int) -> str:
    moment = datetime.fromtimestamp(at / 1000, UTC) if at < 253_402_300_800_000 else None
    return str(at) if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03d}Z"
