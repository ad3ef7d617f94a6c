"""Numbered events: no gaps, and those that are asked for again."""

import msgspec
import pytest

from master.api.events import Checking, Deleted
from master.api.schema import Notification
from master.context import request_id
from master.services import events
from master.services.events import Publisher
from worker.protocol.texts import Text


def gone(name: str = "a") -> Deleted:
    return Deleted(id=name)


def test_numbers_have_no_gaps_and_everybody_hears_in_order():
    publisher = Publisher()
    seen, other = [], []
    publisher.subscribe(seen.append)
    end = publisher.subscribe(other.append)
    token = request_id.set("r1")
    publisher.publish("account.deleted", gone())
    request_id.reset(token)
    publisher.publish("checking", Checking(account_id="a", checking=True))
    end()
    end()
    publisher.publish("worker.deleted", gone("w"))
    assert [(event.type, event.seq, event.request_id) for event in seen] == [
        ("account.deleted", 1, "r1"),
        ("checking", 0, ""),
        ("worker.deleted", 2, ""),
    ]
    assert len(other) == 2
    assert publisher.seq == 2


def test_what_was_missed_can_be_asked_for(monkeypatch):
    monkeypatch.setattr(events, "KEPT", 3)
    publisher = Publisher()
    for _ in range(5):
        publisher.publish("account.deleted", gone())
    publisher.publish("checking", Checking(account_id="a", checking=True))
    assert [event.seq for event in publisher.since(publisher.stream, 3)] == [4, 5]
    assert publisher.since(publisher.stream, 5) == []
    assert len(publisher.since(publisher.stream, 2)) == 3
    for stream, seq in (("other", 4), (publisher.stream, 1), (publisher.stream, 6), (publisher.stream, -1)):
        assert publisher.since(stream, seq) is None
    assert Publisher().stream != publisher.stream


def test_data_of_the_wrong_type_never_leaves():
    publisher = Publisher()
    with pytest.raises(TypeError):
        publisher.publish("account.changed", gone())
    with pytest.raises(KeyError):
        publisher.publish("nope", gone())
    assert publisher.seq == 0


def test_the_memory_of_events_is_bounded(monkeypatch):
    monkeypatch.setattr(events, "KEPT_BYTES", 1700)
    publisher = Publisher()
    note = Notification(
        id=1,
        kind="item",
        title=Text(code="notify_item", message="t"),
        text="x" * 300,
        state="pending",
        reason=None,
        created_at=1,
    )
    told = [publisher.publish("notification.changed", note) for _ in range(5)]
    assert publisher.since(publisher.stream, 1) is None
    assert publisher.since(publisher.stream, 2) == told[2:], "what is asked for again is what was told"


@pytest.mark.expects_log("could not be heard by all")
def test_one_who_cannot_hear_it_hinders_nobody():
    publisher, heard = Publisher(), []

    def fail(event):
        raise ValueError("a fault of a listener")

    publisher.subscribe(fail)
    publisher.subscribe(heard.append)
    assert publisher.publish("account.deleted", gone()).seq == 1
    assert len(heard) == 1


@pytest.mark.parametrize("name", sorted(set(events.PAYLOADS) - set(events.UNNUMBERED)))
def test_every_numbered_event_can_be_kept(name):
    decoder = msgspec.msgpack.Decoder(events.PAYLOADS[name])
    assert decoder.type is events.PAYLOADS[name]
    msgspec.json.schema(events.PAYLOADS[name])  # every part has a type that can be read back
