"""Figures of what was found: by hour, day or week, by account and platform, beside the time before."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import QCoreApplication, QModelIndex, QTimeZone, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QTableView,
    QWidget,
)

from desktop.delegates.labels import PlainLabel
from desktop.delegates.stacked_bars import Bar, Legend, StackedBars
from desktop.dialogs.context import Context
from desktop.models.rows import ObjectRole
from desktop.models.tables import Row, SmallTableModel
from desktop.views.figure_views import FiguresView
from master.api.account_statistics import AccountStatistics, CheckCounts, PlatformStats
from master.api.item_statistics import ItemAccountStats, ItemStats, ItemStatsQuery, Period, StatPeriod

WIDTHS: Final = (84, 84, 88, 84, 122, 114)
MOST_ROWS: Final = 10
SHADES: Final = (("accent", 1.0), ("ok", 0.85), ("accent", 0.45), ("idle", 0.75))
"""Of the kinds that were found most; the last one is for all others."""


class ItemStatisticsView(FiguresView):
    """48 hours, 30 days or 26 weeks of the machine's own time zone."""

    said = Signal(str)
    """One sentence that sums it up."""
    account_wanted = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, QCoreApplication.translate("ItemStatisticsView", "Statistics"), parent)
        self._period: Period = "day"
        periods: tuple[tuple[str, Period], ...] = (
            (self.tr("48 hours"), "hour"),
            (self.tr("30 days"), "day"),
            (self.tr("26 weeks"), "week"),
        )
        self.first_focus = self.add_choices(periods, self._period, self.set_period)[1]
        self.add_figures(
            {
                "total": self.tr("found"),
                "before": self.tr("in the time before"),
                "change": self.tr("change"),
                "unread": self.tr("unread now"),
                "stored": self.tr("ever found"),
                "success": self.tr("checks succeeded, 24 h"),
            }
        )
        self._bars_card()
        self.accounts, self.account_table = self._account_table()
        self.platforms, self.platform_table = self._platform_table()
        self.column.addStretch(1)

    # -- making

    def _bars_card(self) -> None:
        card, column = self.add_card()
        row = QHBoxLayout()
        row.setSpacing(12)
        head = PlainLabel(self.tr("Found"), card)
        head.setProperty("kind", "label")
        row.addWidget(head)
        row.addStretch(1)
        self.legends = [Legend(self.context.theme, tone, opacity, card) for tone, opacity in SHADES]
        for legend in self.legends:
            row.addWidget(legend)
        self.bars = StackedBars(self.context.theme, self.tr("Found"), card)
        self.note = PlainLabel(card)
        self.note.setProperty("kind", "small")
        self.note.setWordWrap(True)
        self.note.hide()
        column.addLayout(row)
        column.addWidget(self.bars)
        column.addWidget(self.note)

    def _account_table(self) -> tuple[SmallTableModel, QTableView]:
        titles = (
            self.tr("Account"), self.tr("Found"), self.tr("Before"), self.tr("Change"), self.tr("Unread"),
            self.tr("Success, 24 h"), self.tr("Success, 7 d"),
        )  # fmt: skip
        model, table = self.add_table(titles, WIDTHS)
        table.doubleClicked.connect(self._on_account)
        return model, table

    def _platform_table(self) -> tuple[SmallTableModel, QTableView]:
        titles = (
            self.tr("Platform"), self.tr("Accounts"), self.tr("Watched"), self.tr("In trouble"), self.tr("Paused"),
            self.tr("Success, 24 h"), self.tr("Success, 7 d"),
        )  # fmt: skip
        return self.add_table(titles, WIDTHS)

    # -- what there is to see

    def set_period(self, period: Period) -> None:
        """Count by hours, days or weeks."""
        self._period = period
        self.reload()

    async def load(self) -> None:
        """Ask for the figures."""
        bridge, period = self.context.bridge, self._period
        zone = bytes(QTimeZone.systemTimeZoneId().data()).decode() or "UTC"
        stats: ItemStats = await bridge.call(bridge.client.item_stats(ItemStatsQuery(group_by=period, tz=zone)))
        checks: AccountStatistics = await bridge.call(bridge.client.account_stats())
        if period == self._period:
            self._show(stats, checks)

    def _show(self, stats: ItemStats, checks: AccountStatistics) -> None:
        self.say("")
        number = self.context.wording.number
        shown = {
            "total": number(stats.total),
            "before": number(stats.previous),
            "change": self._change(stats.total, stats.previous),
            "unread": number(stats.unread),
            "stored": number(stats.stored),
            "success": self._percent(checks.day),
        }
        for name, words in shown.items():
            self.figures[name].setText(words)
        self.said.emit(self._sentence(stats, checks))
        self.note.setText("" if stats.complete else self.tr("An older history is still being counted."))
        self.note.setVisible(not stats.complete)
        self._show_bars(stats)
        rates = {row.account_id: row for row in checks.accounts}
        accounts = [
            self._account_row(row, rates[row.account_id].day, rates[row.account_id].week)
            for row in stats.accounts
            if row.account_id in rates
        ]
        gone = [self._account_row(row, None, None) for row in stats.accounts if row.account_id not in rates]
        self.fill(self.accounts, self.account_table, accounts + gone, MOST_ROWS)
        platforms = [self._platform_row(row) for row in checks.platforms]
        self.fill(self.platforms, self.platform_table, platforms, MOST_ROWS)

    def _sentence(self, stats: ItemStats, checks: AccountStatistics) -> str:
        number = self.context.wording.number
        spans = {
            "hour": self.tr("in the last 48 hours"),
            "day": self.tr("in the last 30 days"),
            "week": self.tr("in the last 26 weeks"),
        }
        parts = [self.tr("{count} found {span}").format(count=number(stats.total), span=spans[stats.group_by])]
        if stats.previous:
            change = self._change(stats.total, stats.previous)
            parts.append(self.tr("{change} against the time before").format(change=change))
        if checks.day.success_rate is not None:
            percent = self._percent(checks.day)
            parts.append(self.tr("{percent} of the checks of the last 24 hours succeeded").format(percent=percent))
        return " · ".join(parts)

    def _show_bars(self, stats: ItemStats) -> None:
        kinds = sorted(stats.kinds, key=lambda kind: -stats.kinds[kind])
        own, others = kinds[: len(SHADES) - 1], kinds[len(SHADES) - 1 :]
        names = [self.context.wording.kind(kind) for kind in own]
        if len(others) == 1:
            names.append(self.context.wording.kind(others[0]))
        elif others:
            names.append(self.tr("other"))
        for legend, name in zip(self.legends, [*names, *[""] * len(SHADES)], strict=False):
            legend.set_word(name)
        self.bars.set_bars([self._bar(period, own, stats.group_by) for period in stats.periods])

    def _bar(self, period: StatPeriod, own: list[str], group_by: Period) -> Bar:
        wording = self.context.wording
        begin = datetime.fromtimestamp(period.at / 1000).astimezone()
        counts = [period.kinds.get(kind, 0) for kind in own]
        counts += [0] * (len(SHADES) - 1 - len(counts)) + [period.count - sum(counts)]
        parts = tuple((count, *shade) for count, shade in zip(counts, SHADES, strict=True))
        hour = group_by == "hour" and begin.hour
        label = wording.dates.time(begin) if hour else wording.dates.day(begin)
        lines = [
            self.tr("{kind}: {count}").format(kind=wording.kind(kind), count=wording.number(count))
            for kind, count in sorted(period.kinds.items(), key=lambda one: -one[1])
            if count
        ]
        head = self._span(period, group_by)
        return Bar(label, parts, "\n".join([head, *(lines or [self.tr("nothing")])]))

    def _span(self, period: StatPeriod, group_by: Period) -> str:
        begin = datetime.fromtimestamp(period.at / 1000).astimezone()
        end = datetime.fromtimestamp((period.until - 1) / 1000).astimezone()
        dates = self.context.wording.dates
        if group_by == "hour":
            return f"{dates.date(begin)} {dates.time(begin)}–{dates.time(end)}"
        return dates.date(begin) if group_by == "day" else f"{dates.date(begin)} – {dates.date(end)}"

    # -- rows

    def _account_row(self, row: ItemAccountStats, day: CheckCounts | None, week: CheckCounts | None) -> Row:
        number = self.context.wording.number
        account = self.context.models.accounts.get(row.account_id)
        name = account.name if account is not None else self.tr("a deleted account")
        texts = (
            name,
            number(row.count),
            number(row.previous),
            self._change(row.count, row.previous),
            number(row.unread),
            self._percent(day),
            self._percent(week),
        )
        return Row(texts, row.account_id if account is not None else None, self._causes(name, week))

    def _platform_row(self, row: PlatformStats) -> Row:
        number = self.context.wording.number
        name = self._platform_name(row.platform)
        counts = (row.total, row.active, row.error, row.paused)
        texts = (name, *(number(count) for count in counts), self._percent(row.day), self._percent(row.week))
        return Row(texts, row.platform, self._causes(name, row.week))

    def _platform_name(self, platform: str) -> str:
        catalog = self.context.models.catalog
        manifests = catalog.platforms if catalog is not None else []
        found = next((manifest for manifest in manifests if manifest.id == platform), None)
        return self.context.wording.pick(found.title) if found is not None else platform

    def _causes(self, name: str, counts: CheckCounts | None) -> str:
        """Return why checks of the last week failed, a line each."""
        if counts is None:
            return name
        number = self.context.wording.number
        causes = (
            (self.tr("network, server or time-out"), counts.network),
            (self.tr("rate limit"), counts.rate_limited),
            (self.tr("sign-in"), counts.auth),
            (self.tr("settings"), counts.config),
            (self.tr("unreadable answers"), counts.parse),
            (self.tr("faults of Watchkeeper"), counts.error),
        )
        lines = [self.tr("{kind}: {count}").format(kind=words, count=number(count)) for words, count in causes if count]
        checks = self.tr("{count} checks in 7 days").format(count=number(counts.total))
        return "\n".join([name, checks, *lines])

    def _percent(self, counts: CheckCounts | None) -> str:
        if counts is None or counts.success_rate is None:
            return "–"
        percent = 100 * counts.success_rate
        digits = 0 if percent == round(percent) else 1
        return self.tr("{percent} %").format(percent=self.context.wording.number(percent, digits))

    def _change(self, now: int, before: int) -> str:
        if not before:
            return "–"
        percent = round(100 * (now - before) / before)
        sign = "+" if percent > 0 else "−" if percent < 0 else "±"
        return self.tr("{percent} %").format(percent=f"{sign}{self.context.wording.number(abs(percent))}")

    def _on_account(self, index: QModelIndex) -> None:
        account_id = index.data(ObjectRole)
        if account_id:
            self.account_wanted.emit(account_id)
