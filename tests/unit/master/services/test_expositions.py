"""The text for Prometheus, read back by its own parser."""

from prometheus_client.parser import text_string_to_metric_families

from master.services.expositions import Exposition, WorkerFigures, render
from master.services.metric_buffers import Histogram

NASTY = 'a"b\\c\nd'


def test_labels_are_escaped_and_every_family_says_what_it_is() -> None:
    worker = WorkerFigures(
        checks=7, errors=2, items=3, restarts=1, lease_expiries=0, memory_bytes=1024, cpu_percent=None, accounts=4
    )
    trips = Histogram((0.1, 1.0))
    trips.note(0.5)
    raw = render(
        Exposition(
            version="1.0",
            worker_states={"running": 1},
            account_states={},
            workers={NASTY: worker},
            notifications_pending=5,
            clients_online=1,
            master_memory_bytes=9,
            queue_depth=0,
            round_trips=trips.read(),
            detections=trips.read(),
            deliveries=trips.read(),
            writes=trips.read(),
        )
    ).decode()
    assert 'watchkeeper_checks_total{worker="a\\"b\\\\c\\nd"} 7.0' in raw
    families = {family.name: family for family in text_string_to_metric_families(raw)}
    assert families["watchkeeper_checks"].samples[0].labels == {"worker": NASTY}
    assert families["watchkeeper_checks"].type == "counter"
    assert families["watchkeeper_notifications_pending"].samples[0].value == 5
    assert families["watchkeeper_worker_cpu_percent"].samples == []
    assert all(
        family.documentation and family.type in {"gauge", "counter", "histogram"} for family in families.values()
    )
    trip = {
        sample.name.rsplit("_", 1)[1]: sample.value for sample in families["watchkeeper_item_stored_seconds"].samples
    }
    assert trip == {"bucket": 1, "count": 1, "sum": 0.5}
