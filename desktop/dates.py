"""Dates and times as the person's region writes them; without a region of the window's language, unambiguous ones."""

from datetime import datetime

from PySide6.QtCore import QDate, QLocale, QTime

ISO_DATE, ISO_TIME = "yyyy-MM-dd", "HH:mm"


def regional(language: str) -> QLocale | None:
    """Return the system's locale where it speaks ``language`` (``en``, ``zh_CN``) as some region does, else None."""
    system = QLocale.system()
    ours = system.language() == QLocale(language).language() and system.territory() != QLocale.Country.AnyTerritory
    return system if ours else None


class Dates:
    """Writes moments of local time. English without a region has ISO dates and 24 hours."""

    def __init__(self, language: str) -> None:
        region = regional(language)
        self._locale = region or QLocale(language)
        self._date, self._time = ISO_DATE, ISO_TIME
        if region is not None or language != "en":
            date = self._locale.dateFormat(QLocale.FormatType.ShortFormat)
            self._date = date if "yyyy" in date else date.replace("yy", "yyyy")
            self._time = self._locale.timeFormat(QLocale.FormatType.ShortFormat)
        self._seconds = self._time.replace("mm", "mm:ss")
        self._day = "M月d日" if language == "zh_CN" else "MMM d" if self._date.startswith("M") else "d MMM"

    def time(self, when: datetime) -> str:
        """Return the time of day to the minute."""
        return self._locale.toString(QTime(when.hour, when.minute), self._time)

    def date(self, when: datetime) -> str:
        """Return the date with its year, in figures."""
        return self._locale.toString(QDate(when.year, when.month, when.day), self._date)

    def day(self, when: datetime) -> str:
        """Return the day of the month and the month, without the year."""
        return self._locale.toString(QDate(when.year, when.month, when.day), self._day)

    def moment(self, when: datetime) -> str:
        """Return date and time to the second."""
        return f"{self.date(when)} {self.second(when)}"

    def second(self, when: datetime) -> str:
        """Return the time of day to the second."""
        return self._locale.toString(QTime(when.hour, when.minute, when.second), self._seconds)

    def weekday(self, when: datetime) -> str:
        """Return the short name of the day of the week."""
        return self._locale.dayName(when.isoweekday(), QLocale.FormatType.ShortFormat)
