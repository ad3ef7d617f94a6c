"""Moving house: all that was set up in one file, and what an import of it does here."""

from typing import Annotated, Literal

from msgspec import Meta

from master.api.rows import Body, Row
from worker.protocol.texts import Text

MovePassphrase = Annotated[str, Meta(min_length=8, max_length=1024)]
OnConflict = Literal["skip", "replace", "merge"]
"""``skip``: what is here stays. ``replace``: the file's wins. ``merge``: what is empty here is filled in."""


class MoveExport(Body, frozen=True, kw_only=True):
    """Body of ``POST /moves/export``. Without a passphrase the file has neither credentials nor the ledger."""

    passphrase: MovePassphrase | None = None

    def __repr__(self) -> str:
        return "MoveExport()"


class MoveUpload(Row, frozen=True, kw_only=True):
    """Answer of ``POST /moves/uploads``: a file that lies ready, for an hour or until it is imported."""

    id: str
    size_bytes: int
    encrypted: bool
    made_at: int
    version: str
    """Of the Watchkeeper that made it."""


class MoveImport(Body, frozen=True, kw_only=True):
    """Body of ``POST /moves/uploads/:id/import``."""

    passphrase: Annotated[str, Meta(max_length=1024)] | None = None
    on_conflict: OnConflict = "skip"
    dry_run: bool = False

    def __repr__(self) -> str:
        return f"MoveImport({self.on_conflict}, dry_run={self.dry_run})"


class MoveCount(Row, frozen=True, kw_only=True):
    """What becomes of the rows of one noun."""

    noun: str
    """``accounts``, ``groups``, ``proxies``, ``rules``, ``schedules``, ``credentials``, ``searches``, …"""
    total: int
    new: int
    same: int
    """They stand here already, with the same values."""
    conflicts: int


class MoveConflict(Row, frozen=True, kw_only=True):
    """A row of the file that stands here with other values."""

    noun: str
    name: str
    fields: list[str]
    """Where they differ."""
    action: OnConflict


class MoveReport(Row, frozen=True, kw_only=True):
    """Answer of an import, or of its dry run. After an import the master restarts in place."""

    dry_run: bool
    made_at: int
    version: str
    counts: list[MoveCount]
    conflicts: list[MoveConflict]
    """At most 500."""
    keys: int
    """Entries of the ledger: what is known as found already."""
    credentials: int
    """Accounts and free-standing credentials whose secrets the file brings."""
    notes: list[Text]
