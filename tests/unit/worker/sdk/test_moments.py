"""Numbers, ISO 8601 and mail dates are the same moments."""

import pytest

from worker.sdk.moments import moment

MOMENTS = [
    ("1700000000", 1_700_000_000_000),
    ("1700000000123", 1_700_000_000_123),
    ("2023-11-14T22:13:20Z", 1_700_000_000_000),
    ("2023-11-15T06:13:20+08:00", 1_700_000_000_000),
    ("Tue, 14 Nov 2023 22:13:20 GMT", 1_700_000_000_000),
    ("", None),
    ("soon", None),
    ("nan", None),
    ("-5", None),
    ("1e400", None),
]


@pytest.mark.parametrize(("words", "expected"), MOMENTS)
def test_moments(words, expected):
    assert moment(words) == expected
