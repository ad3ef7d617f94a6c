"""Tables, lists in JSON or OPML and pasted lines, taken apart: a row for each account. Pure, nothing is checked."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit
from xml.parsers import expat

import msgspec

from master.api.account_imports import ImportFormat
from master.errors import Invalid
from master.services.import_texts import MAX_LINES, delimiter_of
from worker.protocol.texts import Text, text

MAX_DEPTH: Final = 50
MAX_CELL: Final = 128 * 1024
LONGEST_NAME: Final = 50
ODD_HOST: Final = re.compile(r"[;,|<>\"'()]")
XML_STEP: Final = 64 * 1024


class ImportRow(msgspec.Struct, frozen=True, kw_only=True):
    """One account to be: cells by column, texts as they were written (values of JSON as they are).

    ``fault``: it is none, and why.
    """

    line: int
    platform: str = ""
    name: str = ""
    group: str = ""
    cells: dict[str, Any] = {}
    fault: Text | None = None


def rows_of(content: str, form: ImportFormat) -> list[ImportRow]:
    """Take a text apart. Raises :class:`Invalid` for one that is not what it should be, or too long."""
    readers: dict[ImportFormat, Callable[[str], Iterator[ImportRow]]] = {
        "csv": _table,
        "json": _objects,
        "opml": _subscriptions,
        "lines": _lines,
    }
    rows: list[ImportRow] = []
    for row in readers[form](content):
        if len(rows) == MAX_LINES:
            raise Invalid(fields={"file": text("import_too_long", maximum=MAX_LINES)})
        rows.append(row)
    if not rows:
        raise Invalid(fields={"file": text("import_empty")})
    return rows


# ------------------------------------------------------------ tables


def _table(content: str) -> Iterator[ImportRow]:
    delimiter = delimiter_of(content.lstrip().partition("\n")[0])
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(content.lstrip(), newline=""), delimiter=delimiter, strict=True)
    skipped = content[: len(content) - len(content.lstrip())].count("\n")
    try:
        names = [name.strip() for name in next(reader)]
        _check_columns(names)
        last = reader.line_num
        for cells in reader:
            line, last = last + 1 + skipped, reader.line_num
            if any(cell.strip() for cell in cells):
                yield _of_cells(line, names, cells)
    except csv.Error as error:
        raise Invalid(fields={"file": text("import_csv", line=reader.line_num + skipped, detail=str(error))}) from error


def _check_columns(names: list[str]) -> None:
    known = [name.lower() for name in names]
    if "platform" not in known:
        raise Invalid(fields={"platform": text("import_no_platform")})
    for name in known:
        if name and known.count(name) > 1:
            raise Invalid(fields={name[:100]: text("import_column_twice")})


def _of_cells(line: int, names: list[str], cells: list[str]) -> ImportRow:
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        return ImportRow(line=line, fault=text("import_cells", count=len(cells), columns=len(names)))
    found = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name and cell.strip()}
    by_lower = {name.lower(): name for name in found}

    def take(name: str) -> str:
        return found.pop(by_lower[name]) if name in by_lower else ""

    return ImportRow(line=line, platform=take("platform").lower(), name=take("name"), group=take("group"), cells=found)


# ------------------------------------------------------------ lists of objects


def _objects(content: str) -> Iterator[ImportRow]:
    """Read what ``GET /accounts/export?format=json`` writes; ``line`` counts the objects."""
    try:
        rows = msgspec.json.decode(content, type=list[Any])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Invalid(fields={"file": text("import_json", detail=str(error))}) from error
    for number, row in enumerate(rows, 1):
        yield _of_object(number, row)


def _of_object(number: int, row: Any) -> ImportRow:
    cells = dict(row) if isinstance(row, dict) else {}
    parts = [cells.pop(name, None) or {} for name in ("settings", "credentials")]
    heads = [cells.pop(name, None) or "" for name in ("platform", "name", "group")]
    if (not cells and not any(heads)) or not all(isinstance(part, dict) for part in parts):
        return ImportRow(line=number, fault=text("import_object"))
    if not all(isinstance(head, str) for head in heads):
        return ImportRow(line=number, fault=text("import_object"))
    for part in parts:
        cells |= part
    platform, name, group = heads
    given = {column: value for column, value in cells.items() if value is not None and value != ""}
    return ImportRow(
        line=number, platform=platform.strip().lower(), name=name.strip(), group=group.strip(), cells=given
    )


# ------------------------------------------------------------ subscription lists


def _subscriptions(content: str) -> Iterator[ImportRow]:
    yield from _Outlines().read(content)


class _Outlines:
    """The outlines of an OPML file. No document type is read, so there are no entities to explode."""

    def __init__(self) -> None:
        # The text is decoded already: what the file says of its encoding is not true any more.
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._stack: list[str | None] = []
        self._rows: list[ImportRow] = []
        self._root = ""

    def read(self, content: str) -> Iterator[ImportRow]:
        raw = content.strip().encode()
        try:
            for start in range(0, len(raw), XML_STEP):
                self._parser.Parse(raw[start : start + XML_STEP], False)
                yield from self._rows
                self._rows.clear()
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            detail = expat.errors.messages.get(error.code, str(error.code))
            raise Invalid(fields={"file": text("import_xml", line=error.lineno, detail=detail)}) from error
        if self._root != "opml":
            raise Invalid(fields={"file": text("import_no_opml", found=self._root[:50])})

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._root = self._root or tag.lower()
        if len(self._stack) >= MAX_DEPTH:
            raise Invalid(fields={"file": text("import_deep", maximum=MAX_DEPTH)})
        if tag.lower() != "outline":
            self._stack.append(None)
            return
        given = {name.lower(): value.strip() for name, value in attributes.items()}
        title = given.get("title") or given.get("text") or ""
        address = given.get("xmlurl", "")
        if address:
            group = next((folder for folder in reversed(self._stack) if folder), "")
            line = self._parser.CurrentLineNumber
            name = shortened(title or name_of(address))
            self._rows.append(
                ImportRow(line=line, platform="feed", name=name, group=shortened(group), cells={"url": address})
            )
        self._stack.append(None if address else title)

    def _end(self, _tag: str) -> None:
        self._stack.pop()

    def _refuse(self, *_given: object) -> None:
        raise Invalid(fields={"file": text("import_doctype")})


# ------------------------------------------------------------ pasted lines


def _lines(content: str) -> Iterator[ImportRow]:
    for number, raw in enumerate(content.splitlines(), 1):
        line = raw.strip().strip("<>").strip()
        if line and not line.startswith("#"):
            yield _of_line(number, line)


def _of_line(number: int, line: str) -> ImportRow:
    """``mail@example.org``, an address of the web, or ``PLATFORM ADDRESS``."""
    first, _, rest = line.partition(" ")
    platform, address = (first.lower(), rest.strip()) if rest and "." not in first and "@" not in first else ("", line)
    if len(address.split()) != 1:
        return ImportRow(line=number, name=shortened(line), fault=text("import_line"))
    if "@" in address and "://" not in address and "/" not in address:
        host = address.rpartition("@")[2]
        if address.count("@") == 1 and "." in host and address[0] != "@":
            return ImportRow(
                line=number, platform=platform or "imap", name=shortened(address), cells={"username": address}
            )
        return ImportRow(line=number, name=shortened(line), fault=text("import_line"))
    full = address if "://" in address else f"https://{address}"
    try:
        parts = urlsplit(full)
    except ValueError:
        parts = urlsplit("")
    if (
        ODD_HOST.search(parts.netloc)
        or parts.scheme not in ("http", "https")
        or ("." not in (parts.hostname or "") and parts.hostname != "localhost")
    ):
        return ImportRow(line=number, name=shortened(line), fault=text("import_line"))
    return ImportRow(line=number, platform=platform or "feed", name=name_of(full), cells={"url": full})


def name_of(address: str) -> str:
    """Return a short name for an address of the web."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return shortened(address)
    host = (parts.hostname or "").removeprefix("www.")
    return shortened(f"{host}{parts.path.rstrip('/')}" or address)


def shortened(name: str) -> str:
    """Return a name of at most 50 characters."""
    one = " ".join(name.split())
    return one if len(one) <= LONGEST_NAME else f"{one[: LONGEST_NAME - 1].rstrip()}…"
