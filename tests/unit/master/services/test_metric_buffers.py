"""Counters made rates, and measurements in memory."""

from master.services.metric_buffers import MOST, Counters, Histogram, MetricBuffer, Odometer

BEGIN = 1_800_000_000_000


def test_counters_become_rates_a_minute() -> None:
    odometer = Odometer()
    odometer.began(BEGIN)
    first = odometer.advance(BEGIN + 10_000, Counters(5, 1, 2))
    assert first is not None
    assert first.rate(first.counters.checks) == 30
    second = odometer.advance(BEGIN + 40_000, Counters(6, 1, 4))
    assert second is not None
    assert second.counters == Counters(1, 0, 2)
    assert second.rate(second.counters.items) == 4


def test_a_new_process_counts_from_nothing_even_when_nobody_said_so() -> None:
    odometer = Odometer()
    assert odometer.advance(BEGIN, Counters(100, 100, 100)) is None
    growth = odometer.advance(BEGIN + 10_000, Counters(101, 2, 101))
    assert growth is not None
    assert growth.counters == Counters(101, 2, 101)
    odometer.began(BEGIN + 11_000)
    growth = odometer.advance(BEGIN + 12_000, Counters(200, 3, 200))
    assert growth is not None
    assert growth.counters == Counters(200, 3, 200)


def test_heartbeats_at_once_and_a_clock_set_back_make_no_rate() -> None:
    odometer = Odometer()
    odometer.began(BEGIN)
    assert odometer.advance(BEGIN + 1, Counters(1, 0, 0)) is None
    growth = odometer.advance(BEGIN + 1000, Counters(2, 0, 0))
    assert growth is not None
    assert growth.counters.checks == 2
    assert odometer.advance(BEGIN - 3_600_000, Counters(3, 0, 0)) is None
    growth = odometer.advance(BEGIN - 3_590_000, Counters(4, 0, 0))
    assert growth is not None
    assert growth.counters.checks == 1


def test_the_buffer_is_bounded_and_keeps_what_could_not_be_written() -> None:
    buffer = MetricBuffer()
    buffer.note("s", BEGIN, 1)
    taken = buffer.take()
    buffer.note("s", BEGIN + 9_999, 3)
    buffer.put_back(taken)
    (sample,) = buffer.read(["s"], 60, 0)
    assert (sample.measured, sample.mean, sample.low, sample.high) == (2, 2, 1, 3)
    for number in range(MOST + 10):
        buffer.note("t", BEGIN + number * 10_000, 1)
    assert len(buffer.take()) == MOST


def test_a_histogram_counts_up_to_each_bound() -> None:
    histogram = Histogram((0.1, 1.0))
    for seconds in (0.05, 0.1, 0.5, 7.0):
        histogram.note(seconds)
    assert histogram.read() == ([("0.1", 2.0), ("1.0", 3.0), ("+Inf", 4.0)], 7.65)
