"""What clients see of stored items."""

from master.api.items import Item, TraceStep
from master.store.items import ItemRecord
from master.store.notifications import NotificationRecord, Showing
from worker.protocol.texts import Text, text

TOLD = {"silent": "trace_suppressed", "held": "trace_held"}
"""How the trace calls a notification that was not told at once, by how the code of its reason begins."""


def row_of(record: ItemRecord) -> Item:
    """Return what clients see of a stored item."""
    return Item(
        id=record.id,
        account_id=record.account_id,
        kind=record.kind,
        key=record.key,
        title=record.title,
        text=record.text,
        author=record.author,
        url=record.url,
        thread=record.thread,
        created_at=record.created_at,
        detected_at=record.detected_at,
        stored_at=record.stored_at,
        read=record.read,
        truncated=record.truncated,
    )


def steps_of(item: ItemRecord, told: list[NotificationRecord], showings: list[Showing]) -> list[TraceStep]:
    """Return the life of an item, the first step first."""
    steps = [
        TraceStep(at=item.detected_at, text=_found(item)),
        TraceStep(at=item.stored_at, text=text("trace_stored")),
    ]
    for record in told:
        why = record.reason.code if record.reason is not None else ""
        code = TOLD.get(why.partition("_")[0], "trace_notified")
        said = text(code, reason=record.reason.message if record.reason is not None else "")
        steps.append(TraceStep(at=record.created_at, text=said, reason=record.reason))
    steps += [TraceStep(at=shown.shown_at, text=text("trace_shown", device=shown.device_name)) for shown in showings]
    if item.read_at is not None and item.read_at > item.stored_at:  # else it was read before anybody could open it
        steps.append(TraceStep(at=item.read_at, text=text("trace_opened")))
    return steps


def _found(item: ItemRecord) -> Text:
    if item.how == "push":
        return text("trace_found_push", worker=item.worker_id)
    if item.how == "poll":
        return text("trace_found_poll", worker=item.worker_id)
    return text("trace_found", worker=item.worker_id, how=item.how)
