"""What master and worker say to each other about items: found, stored, marked as read."""

from worker.protocol.bases import Message, Number
from worker.protocol.states import ItemKind
from worker.protocol.texts import Text


class Item(Message, frozen=True, kw_only=True):
    """A detected thing. ``key`` is stable for ever within its account."""

    kind: ItemKind
    key: str
    title: str
    text: str = ""
    author: str = ""
    url: str = ""
    thread: str = ""
    created_at: int
    """When the platform says it was made; never later than ``detected_at``."""
    detected_at: int
    truncated: bool = False


class Report(Message, frozen=True, kw_only=True):
    """An item with its sequence number in (account, epoch), from 1."""

    seq: Number
    item: Item
    baseline: bool = False
    """Known, not new: stored as a key only, never told."""
    shown: bool = False
    """Of a baseline, and an item all the same: read and never told, so that something is there to look at."""


class CursorReport(Message, frozen=True, kw_only=True):
    """The cursor after a check, and the sequence number up to which it speaks."""

    seq: Number
    value: str


class ItemsDetected(Message, frozen=True, kw_only=True):
    """A batch of one account, in order of sequence. The last batch of a check carries its cursor.

    A check without items sends a batch with no reports only when its cursor changed.
    """

    account_id: str
    epoch: Number
    how: str = "poll"
    """``poll`` or ``push``."""
    reports: list[Report]
    cursor: CursorReport | None = None
    read: list[str] = []
    """Keys of items of this account, of this batch or stored before, that are read at the service. Unknown ones are
    passed over. A batch that carries a cursor carries the last of what is read before it."""


class ReportResult(Message, frozen=True, kw_only=True):
    """What became of one report: ``stored``, ``known`` (its key was there), or ``rejected`` with the reason."""

    seq: Number
    result: str
    error: Text | None = None


class ItemsAcknowledged(Message, frozen=True, kw_only=True):
    """Sent after the commit. ``cursor`` is ``stored``, ``stale`` (an older epoch), ``gap`` or ``none``."""

    results: list[ReportResult]
    cursor: str = "none"


class MarkItems(Message, frozen=True, kw_only=True):
    """Command: mark these items as read at the service, between two checks. Sent again until it is answered."""

    account_id: str
    epoch: Number
    keys: list[str]
    """At most 500."""


class ItemsMarked(Message, frozen=True, kw_only=True):
    """The answer to :class:`MarkItems`: it was done, or why not; ``retry``: it may go well later."""

    error: Text | None = None
    retry: bool = False
