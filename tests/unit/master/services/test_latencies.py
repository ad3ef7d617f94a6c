"""Latencies add up over any time, and are near what was measured."""

import random

import pytest

from master.api.events import Checking, Event
from master.api.notifications import NotificationState
from master.api.rows import Beat
from master.api.schema import Item, Notification
from master.services.latencies import ATTENDED_MS, CHECK, SHOWN, Latencies, latency_of, name_of, series_of
from master.services.metric_buffers import MetricBuffer, downsample
from worker.protocol.states import ItemKind
from worker.protocol.texts import Text

NOW = 1_760_000_000_000


class Noted:
    """A buffer and what hears."""

    def __init__(self) -> None:
        self.buffer = MetricBuffer()
        self.latencies = Latencies(self.buffer.note)

    def hear(self, kind: str, data: object) -> None:
        self.latencies.hear(Event(stream="s", seq=1, type=kind, data=data))

    def read(self, name: str, step: int = 600) -> list[object]:
        return list(self.buffer.read(series_of(name), step, 0))

    def latency(self, name: str, step: int = 600):  # type: ignore[no-untyped-def]
        return latency_of(self.buffer.read(series_of(name), step, 0))


def check(ms: int, at: int = NOW) -> Checking:
    return Checking(account_id="a", checking=False, beat=Beat(at, ms, "ok"))


def item(item_id: int, detected_at: int) -> Item:
    return Item(
        id=item_id, account_id="a", kind=ItemKind.MAIL, key="k", title="", text="", author="", url="", thread="",
        created_at=detected_at, detected_at=detected_at, stored_at=detected_at, read=False, truncated=False,
    )  # fmt: skip


def told(number: int, item_id: int | None, state: NotificationState = "pending", at: int = NOW) -> Notification:
    title = Text(code="", message="told")
    return Notification(
        id=number, kind="item", item_id=item_id, title=title, text="", state=state, reason=None, created_at=at
    )


@pytest.mark.parametrize("step", [10, 60, 600])
def test_percentiles_are_near_the_truth(step: int) -> None:
    noted, seed = Noted(), random.Random(7)
    spans = sorted(round(seed.lognormvariate(5, 1)) for _ in range(4000))
    for position, span in enumerate(spans):
        noted.hear("checking", check(span, NOW + position % 60 * 9_000))
    found = noted.latency(CHECK, step)
    assert found.measured == 4000
    assert found.p50_ms == pytest.approx(spans[2000], rel=0.15)
    assert found.p95_ms == pytest.approx(spans[3800], rel=0.15)


def test_one_measurement_is_itself() -> None:
    noted = Noted()
    noted.hear("checking", check(123))
    found = noted.latency(CHECK)
    assert (found.measured, found.p50_ms, found.p95_ms) == (1, 123.0, 123.0)


def test_a_check_that_begins_is_not_measured() -> None:
    noted = Noted()
    noted.hear("checking", Checking(account_id="a", checking=True))
    assert noted.latency(CHECK).measured == 0
    assert noted.latency(CHECK).p50_ms is None


def test_steps_add_up() -> None:
    noted = Noted()
    for position in range(100):
        noted.hear("checking", check(50 + position, NOW + position * 1000))
    fine = noted.buffer.read(series_of(CHECK), 10, 0)
    assert latency_of(fine) == latency_of(downsample(fine, 600))
    assert {name_of(sample.series) for sample in fine} == {CHECK}


def test_longest_has_a_bucket() -> None:
    noted = Noted()
    noted.hear("checking", check(600_000))
    assert noted.latency(CHECK).p95_ms == 600_000.0


class TestShown:
    """From the moment an item was found until somebody could see it."""

    def test_from_found_to_shown(self) -> None:
        noted = Noted()
        noted.hear("item.detected", item(7, NOW - 900))
        noted.hear("notification.changed", told(3, 7))
        noted.latencies.acknowledged(3, NOW + 100)
        noted.latencies.acknowledged(3, NOW + 5000)
        found = noted.latency(SHOWN)
        assert (found.measured, found.p50_ms) == (1, 1000.0)

    def test_what_waited_for_a_window_is_no_latency(self) -> None:
        noted = Noted()
        noted.hear("item.detected", item(7, NOW))
        noted.hear("notification.changed", told(3, 7))
        noted.latencies.acknowledged(3, NOW + ATTENDED_MS + 1)
        assert noted.latency(SHOWN).measured == 0

    @pytest.mark.parametrize("state", ["read", "snoozed", "held", "suppressed", "dismissed"])
    def test_what_is_not_told_is_not_measured(self, state: NotificationState) -> None:
        noted = Noted()
        noted.hear("item.detected", item(7, NOW))
        noted.hear("notification.changed", told(3, 7))
        noted.hear("notification.changed", told(3, 7, state))
        noted.latencies.acknowledged(3, NOW + 10)
        assert noted.latency(SHOWN).measured == 0

    def test_without_its_item_from_when_it_was_made(self) -> None:
        noted = Noted()
        noted.hear("notification.changed", told(3, 7, at=NOW - 40))
        noted.hear("notification.changed", told(4, None, at=NOW - 40))
        noted.latencies.acknowledged(3, NOW)
        noted.latencies.acknowledged(4, NOW)
        found = noted.latency(SHOWN)
        assert (found.measured, found.p50_ms) == (1, 40.0)
