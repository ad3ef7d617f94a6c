"""Accounts out of tables, lists in JSON or OPML, and pasted lines."""

from typing import Literal

from master.api.rows import Row
from worker.protocol.texts import Text

ImportFormat = Literal["csv", "json", "opml", "lines"]
ImportResult = Literal["new", "duplicate", "wrong"]


class ImportLine(Row, frozen=True, kw_only=True):
    """What becomes of one line (or outline) of the file."""

    line: int
    """Counted from 1."""
    result: ImportResult
    """``new``: added, or in a dry run would be."""
    platform: str
    name: str
    group: str = ""
    account_id: str | None = None
    """Of the new account; of a duplicate the one that is here."""
    error: Text | None = None
    fields: dict[str, Text] = {}
    """What is wrong, by column."""


class ImportReport(Row, frozen=True, kw_only=True):
    """Answer of ``POST /accounts/import``. The body is the file as it is, at most 16 MiB and 10,000 lines."""

    dry_run: bool
    format: ImportFormat
    encoding: str
    total: int
    new: int
    duplicate: int
    wrong: int
    groups: list[str]
    """Groups that are (or would be) made for it."""
    rows: list[ImportLine]
