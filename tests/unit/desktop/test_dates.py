"""Dates as regions write them."""

from datetime import datetime

import pytest
from PySide6.QtCore import QLocale

from desktop import dates
from desktop.dates import Dates

WHEN = datetime(2026, 11, 21, 14, 5, 9).astimezone()


@pytest.mark.parametrize(
    ("system", "language", "said"),
    [
        ("C", "en", ("14:05", "2026-11-21", "21 Nov", "2026-11-21 14:05:09", "Sat")),
        ("C", "zh_CN", ("14:05", "2026/11/21", "11月21日", "2026/11/21 14:05:09", "周六")),
        ("en_GB", "en", ("14:05", "21/11/2026", "21 Nov", "21/11/2026 14:05:09", "Sat")),
        ("en_US", "en", ("2:05 PM", "11/21/2026", "Nov 21", "11/21/2026 2:05:09 PM", "Sat")),
        ("zh_CN", "zh_CN", ("14:05", "2026/11/21", "11月21日", "2026/11/21 14:05:09", "周六")),
        # A window in another language than the system's follows no region.
        ("de_DE", "en", ("14:05", "2026-11-21", "21 Nov", "2026-11-21 14:05:09", "Sat")),
        ("en_US", "zh_CN", ("14:05", "2026/11/21", "11月21日", "2026/11/21 14:05:09", "周六")),
    ],
)
def test_a_moment_is_written_as_in_its_region(
    system: str, language: str, said: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Region(QLocale):
        @staticmethod
        def system() -> QLocale:
            return QLocale.c() if system == "C" else QLocale(system)

    monkeypatch.setattr(dates, "QLocale", Region)
    spoken = Dates(language)
    written = spoken.time(WHEN), spoken.date(WHEN), spoken.day(WHEN), spoken.moment(WHEN), spoken.weekday(WHEN)
    assert tuple(one.replace("\u202f", " ") for one in written) == said
