"""Cron expressions against times that were worked out by hand, the changes of the clocks above all."""

import calendar
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from master.errors import Invalid
from master.services import crons
from master.services.crons import Cron, describe, preview

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"


def ms(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000)


def following(expression: str, zone: str, after: str, count: int) -> list[str]:
    """Return the next moments as the clock of the zone shows them, with its offset."""
    found = islice(Cron(expression, zone).upcoming(ms(after)), count)
    return [datetime.fromtimestamp(moment / 1000, ZoneInfo(zone)).isoformat(timespec="seconds") for moment in found]


TABLE = [
    # plain
    ("0 9 * * MON-FRI", "UTC", "2026-11-20T10:00Z", ["2026-11-23T09:00:00+00:00", "2026-11-24T09:00:00+00:00"]),
    ("*/20 * * * *", "UTC", "2026-11-20T10:20Z", ["2026-11-20T10:40:00+00:00", "2026-11-20T11:00:00+00:00"]),
    ("0 0 1 jan,JUL *", "UTC", "2026-11-20T00:00Z", ["2027-01-01T00:00:00+00:00", "2027-07-01T00:00:00+00:00"]),
    ("0 0 * * 7", "UTC", "2026-11-20T00:00Z", ["2026-11-22T00:00:00+00:00", "2026-11-29T00:00:00+00:00"]),
    # day of the month or of the week; with a star before one of them: both
    ("0 0 13 * 5", "UTC", "2026-11-11T00:00Z", ["2026-11-13T00:00:00+00:00", "2026-11-20T00:00:00+00:00"]),
    ("0 0 */2 * 1", "UTC", "2026-11-10T00:00Z", ["2026-11-23T00:00:00+00:00", "2026-12-07T00:00:00+00:00"]),
    # leap years
    ("0 0 29 2 *", "UTC", "2026-11-20T00:00Z", ["2028-02-29T00:00:00+00:00", "2032-02-29T00:00:00+00:00"]),
    ("0 0 29 2 *", "UTC", "2096-03-01T00:00Z", ["2104-02-29T00:00:00+00:00"]),
    # last, last working day, last Friday, second Monday
    ("0 0 L * *", "UTC", "2028-02-01T00:00Z", ["2028-02-29T00:00:00+00:00", "2028-03-31T00:00:00+00:00"]),
    ("0 0 LW * *", "UTC", "2026-05-01T00:00Z", ["2026-05-29T00:00:00+00:00", "2026-06-30T00:00:00+00:00"]),
    ("0 0 * * 5L", "UTC", "2026-11-01T00:00Z", ["2026-11-27T00:00:00+00:00", "2026-12-25T00:00:00+00:00"]),
    ("0 0 * * MON#2", "UTC", "2026-11-01T00:00Z", ["2026-11-09T00:00:00+00:00", "2026-12-14T00:00:00+00:00"]),
    # seconds first
    ("*/25 * * * * *", "UTC", "2026-11-20T10:00:20Z", ["2026-11-20T10:00:25+00:00", "2026-11-20T10:00:50+00:00"]),
    ("30 0 12 * * *", BERLIN, "2026-11-20T11:00:00Z", ["2026-11-20T12:00:30+01:00"]),
    # Berlin, forward at 02:00 on 29 March 2026: what is left out is due at the change, once
    ("30 2 * * *", BERLIN, "2026-03-28T12:00Z", ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]),
    ("0 30 2 * * *", BERLIN, "2026-03-28T12:00Z", ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]),
    ("0,30 2 * * *", BERLIN, "2026-03-28T12:00Z", ["2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00"]),
    ("15 2,3 * * *", BERLIN, "2026-03-28T12:00Z", ["2026-03-29T03:00:00+02:00", "2026-03-29T03:15:00+02:00"]),
    ("30 1 * * *", BERLIN, "2026-03-28T12:00Z", ["2026-03-29T01:30:00+01:00", "2026-03-30T01:30:00+02:00"]),
    ("*/30 * * * *", BERLIN, "2026-03-29T00:29Z", ["2026-03-29T01:30:00+01:00", "2026-03-29T03:00:00+02:00"]),
    ("*/30 2 * * *", BERLIN, "2026-03-28T12:00Z", ["2026-03-30T02:00:00+02:00", "2026-03-30T02:30:00+02:00"]),
    # Berlin, back at 03:00 on 25 October 2026: a time of the day once, an interval goes on
    ("30 2 * * *", BERLIN, "2026-10-24T12:00Z", ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]),
    ("0 30 2 * * *", BERLIN, "2026-10-24T12:00Z", ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]),
    # begun within the repeated hour: nothing of the past comes back
    ("45 2 * * *", BERLIN, "2026-10-25T01:30Z", ["2026-10-26T02:45:00+01:00"]),
    (
        "0 * * * *",
        BERLIN,
        "2026-10-24T23:30Z",
        ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00"],
    ),
    (
        "*/30 2 * * *",
        BERLIN,
        "2026-10-24T12:00Z",
        [
            "2026-10-25T02:00:00+02:00",
            "2026-10-25T02:30:00+02:00",
            "2026-10-25T02:00:00+01:00",
            "2026-10-25T02:30:00+01:00",
            "2026-10-26T02:00:00+01:00",
        ],
    ),
    # New York, forward at 02:00 on 8 March 2026, back at 02:00 on 1 November 2026
    ("30 2 * * *", NEW_YORK, "2026-03-07T12:00Z", ["2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"]),
    ("*/15 * * * *", NEW_YORK, "2026-03-08T06:45Z", ["2026-03-08T03:00:00-04:00", "2026-03-08T03:15:00-04:00"]),
    ("30 1 * * *", NEW_YORK, "2026-10-31T12:00Z", ["2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"]),
    ("30 * * * *", NEW_YORK, "2026-11-01T05:00Z", ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"]),
    # an interval that is due on one day of the year, with both changes on the way there
    ("*/30 0 1 12 *", NEW_YORK, "2026-01-01T12:00Z", ["2026-12-01T00:00:00-05:00", "2026-12-01T00:30:00-05:00"]),
    ("*/30 0 1 7 *", NEW_YORK, "2026-01-01T12:00Z", ["2026-07-01T00:00:00-04:00", "2026-07-01T00:30:00-04:00"]),
    # Lord Howe: half an hour, back at 02:00 on 5 April 2026, forward at 02:00 on 4 October 2026
    ("45 1 * * *", LORD_HOWE, "2026-04-04T12:00Z", ["2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30"]),
    (
        "*/15 1 * * *",
        LORD_HOWE,
        "2026-04-04T14:29Z",
        [
            "2026-04-05T01:30:00+11:00",
            "2026-04-05T01:45:00+11:00",
            "2026-04-05T01:30:00+10:30",
            "2026-04-05T01:45:00+10:30",
        ],
    ),
    ("15 2 * * *", LORD_HOWE, "2026-10-03T12:00Z", ["2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"]),
    ("* 3 * * *", LORD_HOWE, "2026-10-03T12:00Z", ["2026-10-04T03:00:00+11:00", "2026-10-04T03:01:00+11:00"]),
    ("*/10 2 * * *", LORD_HOWE, "2026-10-03T12:00Z", ["2026-10-04T02:30:00+11:00", "2026-10-04T02:40:00+11:00"]),
    # a change at midnight
    ("0 0 * * *", "Africa/Cairo", "2026-04-23T12:00Z", ["2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00"]),
    ("*/20 0 * * *", "Africa/Cairo", "2026-04-23T12:00Z", ["2026-04-25T00:00:00+03:00", "2026-04-25T00:20:00+03:00"]),
]


@pytest.mark.parametrize(("expression", "zone", "after", "expected"), TABLE)
def test_next_runs(expression, zone, after, expected):
    assert following(expression, zone, after, len(expected)) == expected


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("", "cron_fields"),
        ("* * * *", "cron_fields"),
        ("* * * * * * *", "cron_fields"),
        ("@daily", "cron_fields"),
        ("60 * * * *", "cron_minute"),
        ("60 * * * * *", "cron_second"),
        ("* 24 * * *", "cron_hour"),
        ("* * 0 * *", "cron_day"),
        ("0 0 30 2 *", "cron_day"),
        ("0 0 15W * *", "cron_day"),
        ("* * * 13 *", "cron_month"),
        ("* * * * 8", "cron_weekday"),
        ("* * * * MO", "cron_weekday"),
        ("* * * * MON#6", "cron_weekday"),
        ("5-1 * * * *", "cron_minute"),
        ("*/0 * * * *", "cron_minute"),
        ("-1 * * * *", "cron_minute"),
        ("² * * * *", "cron_minute"),
    ],
)
def test_what_is_wrong_is_said(expression, code):
    with pytest.raises(Invalid) as caught:
        Cron(expression, BERLIN)
    assert list(caught.value.fields) == ["cron"]
    assert caught.value.fields["cron"].code == code


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "Europe", "/etc/localtime", "a\0b", "x" * 100])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(Invalid) as caught:
        Cron("61 * * * *", zone)
    assert list(caught.value.fields) == ["cron", "time_zone"]
    with pytest.raises(Invalid) as caught:
        preview("* * * * *", zone, 0, 1)
    assert list(caught.value.fields) == ["tz"]


def test_one_that_never_comes_true_has_no_next():
    # Every 20th day that is also the last Monday of its month: there is none.
    assert Cron("0 0 */20 * 1L", BERLIN).next(ms("2026-11-20T00:00Z")) is None
    assert preview("0 0 */20 * 1L", "UTC", 0, 5) == []


def test_preview_gives_as_many_as_are_asked_for():
    start = ms("2026-11-20T00:00Z")
    assert preview("  0   0 * * * ", "UTC", start, 3) == [start + day * 86_400_000 for day in (1, 2, 3)]


def test_the_last_ones_of_a_long_time():
    until = ms("2026-11-20T00:00Z")
    every_second = Cron("* * * * * *", BERLIN)
    assert every_second.latest(0, until, 3) == [until - 2000, until - 1000, until]
    daily = Cron("0 0 * * *", "UTC")
    assert daily.latest(until - 3 * 86_400_000, until - 1, 10) == [until - 2 * 86_400_000, until - 86_400_000]
    assert daily.latest(until - 900 * 86_400_000, until, 2) == [until - 86_400_000, until]
    assert daily.latest(until, until + 1000, 2) == []


def test_the_zone_of_this_machine(monkeypatch):
    monkeypatch.setenv("TZ", NEW_YORK)
    try:
        told = crons.local_zone()
        after = ms("2026-03-07T12:00Z")
        assert list(islice(Cron("30 2 * * *").upcoming(after), 2)) == list(
            islice(Cron("30 2 * * *", NEW_YORK).upcoming(after), 2)
        )
        monkeypatch.setenv("TZ", "UTC")
        assert crons.local_zone() != told
    finally:
        monkeypatch.undo()
        crons.local_zone()


ITEM = st.sampled_from(
    ["*", "*/2", "*/20", "0", "1", "5", "1,3", "1-5", "L", "2/5", "MON", "MON#1", "5L", "LW", "JAN", "59"]
)


@given(st.lists(st.one_of(ITEM, st.text("0123456789*/,-#LWMON", max_size=6)), min_size=4, max_size=7))
@settings(max_examples=400, deadline=None)
def test_any_expression_is_understood_or_refused(fields):
    expression = " ".join(fields)
    try:
        cron = Cron(expression, BERLIN)
    except Invalid:
        return
    assert set(describe(expression)) == {"en", "zh_CN"}
    after = ms("2026-03-28T22:59:30Z")
    moments = list(islice(cron.upcoming(after), 4))
    assert moments == sorted(set(moments))
    assert all(moment > after for moment in moments)


@given(
    st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE, "Africa/Cairo", "Africa/Casablanca", "America/Havana"]),
    st.sampled_from(["*/7 * * * *", "13 * * * *", "* 1,2 * * *", "*/5 0-3 * * 0,6", "0 */5 * * *"]),
    st.integers(0, 3 * 365 * 24 * 60),
)
@settings(max_examples=150, deadline=None)
def test_intervals_are_what_the_clock_shows(zone, expression, minute):
    """Walk minute by minute, with the clock of the zone itself as the judge."""
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    known = ZoneInfo(zone)
    plain = Cron(expression, "UTC")
    expected = []
    for step in range(1, 600):
        moment = start + timedelta(minutes=step)
        shown = moment.astimezone(known).replace(tzinfo=UTC)
        if plain.next(int(shown.timestamp() * 1000) - 1000) == int(shown.timestamp() * 1000):
            expected.append(int(moment.timestamp() * 1000))
    end = int((start + timedelta(minutes=599)).timestamp() * 1000)
    found = []
    for moment in Cron(expression, zone).upcoming(int(start.timestamp() * 1000)):
        if moment > end:
            break
        found.append(moment)
    assert found == expected


def test_words_in_two_languages():
    assert describe("0 9 * * mon-fri") == {
        "en": "At 09:00, Monday through Friday",
        "zh_CN": "在 09:00，星期一到星期五",
    }
    assert describe("*/5 * * * *") == {"en": "Every 5 minutes", "zh_CN": "每 5 分钟"}
    assert describe("*/10 * * * * *")["en"] == "Every 10 seconds"
    assert describe("0 0 * JAN MON#1")["zh_CN"] == "在 00:00，每月的第一个星期一，仅在一月"
    assert describe("0 0 13 * 5")["en"].endswith("on day 13 of the month, or on Friday")
    assert describe("0 0 */2 * 1")["en"] == "At 00:00, every 2 days, and only on Monday"


def test_words_do_not_follow_the_language_of_the_process(monkeypatch):
    german = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"]
    monkeypatch.setattr(calendar, "day_name", german)
    assert describe("1 2 * * 3")["en"] == "At 02:01, only on Wednesday"
    assert describe("1 2 * * 3")["zh_CN"].endswith("仅在星期三")
