"""Time limits as Slurm writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from master.supervision.time_limits import LONGEST_SECONDS, TimeLimitError, parse

MINUTE, HOUR, DAY = 60, 3600, 86_400


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (30, 30 * MINUTE),
        ("30", 30 * MINUTE),
        (" 30 ", 30 * MINUTE),
        ("2:30", 2 * MINUTE + 30),
        ("0:05", 5),
        ("90:00", 90 * MINUTE),
        ("1:30:00", HOUR + 30 * MINUTE),
        ("100:00:00", 100 * HOUR),
        ("2-12", 2 * DAY + 12 * HOUR),
        ("2-12:30", 2 * DAY + 12 * HOUR + 30 * MINUTE),
        ("2-12:00:00", 2 * DAY + 12 * HOUR),
        ("0-00:00:01", 1),
        ("366-00:00:00", LONGEST_SECONDS),
    ],
)
def test_what_is_understood(value: str | int, seconds: int) -> None:
    assert parse(value) == seconds


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "x", "1.5", "-1", "+5", "1:60", "1:2:60", "1:60:00", "1-24", "1-1:60", "1-1:1:60", "1-", "-", ":30"),
        *("1:", "1:2:3:4", "1-2-3", "١", "1 0", "30m", "1e3", "99999999999", -5),
    ],
)
def test_what_is_no_time_limit(value: str | int) -> None:
    with pytest.raises(TimeLimitError) as caught:
        parse(value)
    assert caught.value.text.code == "time_limit_format"


@pytest.mark.parametrize("value", [0, "0", "0:00", "366-00:00:01", "999999999", 10**8])
def test_what_is_too_short_or_too_long(value: str | int) -> None:
    with pytest.raises(TimeLimitError) as caught:
        parse(value)
    assert caught.value.text.code == "time_limit_range"


@given(st.text(alphabet="0123456789:-", max_size=14))
def test_nothing_else_is_raised(value: str) -> None:
    try:
        assert 1 <= parse(value) <= LONGEST_SECONDS
    except TimeLimitError:
        pass
