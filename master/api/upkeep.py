"""What the master repairs and clears away by itself."""

from typing import Literal

from master.api.rows import Body, Row
from worker.protocol.texts import Text

RepairKind = Literal["process", "assignment", "account", "notification", "outbox", "job", "login", "credential"]


class Repair(Row, frozen=True, kw_only=True):
    """Rows of one kind that were left in the middle of something; ``text`` says what became of them."""

    kind: RepairKind
    examined: int
    repaired: int
    text: Text


class Recovery(Row, frozen=True, kw_only=True):
    """Answer of ``GET /recovery``: what the last start found and repaired."""

    at: int
    clean: bool
    """The master before this one stopped in order, or there was none."""
    repairs: list[Repair]


class JanitorRun(Body, frozen=True, kw_only=True):
    """Body of ``POST /janitor``."""

    dry_run: bool = False


class Clearing(Row, frozen=True, kw_only=True):
    """Rows or files of one kind that are (or would be) cleared away."""

    what: str
    count: int
    text: Text


class JanitorReport(Row, frozen=True, kw_only=True):
    """Its answer."""

    at: int
    dry_run: bool
    clearings: list[Clearing]
