"""The Settings page: its sections in a list at the left, any setting found by its words."""

from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.theme import ICON
from desktop.views.actions import Action
from desktop.views.boundary import guard
from desktop.views.page import Page
from desktop.views.page_notices import Notice
from desktop.views.search_fields import SearchField
from desktop.views.settings_bases import Section, SectionEntry
from desktop.views.settings_index import Found, SettingsIndex
from desktop.views.settings_sections import SettingsSections
from desktop.words import plain_tip

NAVIGATION = 216
AROUND, PADDING = 54, 16
"""Pixels of a row of the list that its words do not have: icon and padding beside them, padding above and below."""
SectionRole = Qt.ItemDataRole.UserRole
SettingRole = Qt.ItemDataRole.UserRole + 1


class NavigationList(QListWidget):
    """Sections, or what was found; Enter and Right go into what is shown."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Right enter; the rest moves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class FailedSection(Section):
    """Stands in for a section that could not be made; *Try again* makes it."""

    again_wanted = Signal()

    def __init__(self, context: Context, words: str) -> None:
        super().__init__(context)
        self.failure = Notice(context, self.inside)
        self.failure.set("warning", "warn", self.tr("This section failed"), words, self.tr("Try again"))
        self.failure.button.clicked.connect(self.again_wanted)
        self.body.addWidget(self.failure)


class SettingsPage(Page):
    """Made of almost nothing until it is first shown; each section when it is first opened."""

    name = "settings"
    notice = Signal(str, str, str)
    """Title, body and level of a short message."""
    offer = Signal(str, str, str, object)
    """The same with a button: its words, and what it does."""
    page_wanted = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent=parent)
        self.set_title(self.tr("Settings"))
        self.sections: dict[str, Section] = {}
        self._entries: dict[str, SectionEntry] = {}
        self._current = ""
        self.index = SettingsIndex(context, self)
        """What the search looks through."""
        context.models.connection_changed.connect(self._say)
        self.refresh()

    # -- for others

    def open_section(self, name: str, setting: str = "") -> None:
        """Show a section, and one of its settings. Raises ``KeyError`` for a section that is not there."""
        self._make()
        section = self._section(name)
        self._current = name
        self.context.settings.update(settings_section=name)
        self._stack_of_sections.setCurrentWidget(section)
        self._choose(name)
        guard(name, section.shown, lambda error: self._fail(name, error))
        if setting:
            section.show_setting(setting)

    @property
    def section(self) -> Section | None:
        """The section that is shown."""
        return self.sections.get(self._current)

    def entries(self) -> tuple[SectionEntry, ...]:
        """Return the table of sections."""
        self._make()
        return tuple(self._entries.values())

    def actions_here(self) -> list[Action]:
        """Every section, then every setting: the palette goes to each by its words.

        Sections are there at once, their settings a moment after it was asked for the first time.
        """
        self._make()
        self.index.read_on()
        sections = [Found(entry.name, "", entry.title, entry.words) for entry in self._entries.values()]
        settings = [one for one in self.index.known if one.setting]
        return [
            Action(
                name=".".join(part for part in ("settings", one.section, one.setting) if part),
                title=one.label,
                act=partial(self.open_section, one.section, one.setting),
                words=one.words,
            )
            for one in (*sections, *settings)
        ]

    # -- making

    def _make(self) -> None:
        if self._entries:
            return
        self._entries = {entry.name: entry for entry in SettingsSections().entries()}
        self.index.hold(self._entries.values())
        layout = QHBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        side = QVBoxLayout()
        side.setSpacing(8)
        self.search = SearchField(self.tr("Find a setting"), self.content, width=NAVIGATION)
        self.search.textChanged.connect(lambda _text: self._search_timer.start())
        self.search.given_up.connect(self._on_search_given_up)
        self.search.returnPressed.connect(self._on_search_entered)
        side.addWidget(self.search)
        self.list = NavigationList(self.content)
        self.list.setProperty("kind", "navigation")
        self.list.setAccessibleName(self.tr("Sections"))
        self.list.setIconSize(QSize(ICON, ICON))
        self.list.setFixedWidth(NAVIGATION)
        self.list.setTabKeyNavigation(False)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda now, _before: self._on_current(now))
        self.list.itemClicked.connect(lambda _item: self._enter(focus=False) if self._searching else None)
        self.list.entered.connect(lambda: self._enter(focus=True))
        side.addWidget(self.list, 1)
        self._nothing = PlainLabel(self.tr("Nothing is called that."), self.content)
        self._nothing.setProperty("kind", "muted")
        self._nothing.setWordWrap(True)
        self._nothing.setFixedWidth(NAVIGATION)
        self._nothing.hide()
        side.addWidget(self._nothing)
        layout.addLayout(side)
        self._stack_of_sections = QStackedWidget(self.content)
        layout.addWidget(self._stack_of_sections, 1)
        self.context.theme.changed.connect(self._draw)
        self.first_focus = self.list
        self._list_sections()
        self._say()

    def _section(self, name: str) -> Section:
        entry = self._entries[name]
        if name not in self.sections:
            section = guard(name, partial(entry.make, self.context), partial(self._failed, entry))
            section.notice.connect(self.notice)
            section.offer.connect(self.offer)
            section.page_wanted.connect(self.page_wanted)
            section.section_wanted.connect(self.open_section)
            self.sections[name] = section
            self._stack_of_sections.addWidget(section)
        return self.sections[name]

    def _failed(self, entry: SectionEntry, error: Exception) -> Section:
        section = FailedSection(self.context, str(error))
        section.set_title(entry.title)
        again = partial(self._make_again, entry.name)
        section.again_wanted.connect(again, Qt.ConnectionType.QueuedConnection)
        return section

    def _make_again(self, name: str) -> None:
        """A section that failed is made once more."""
        before = self.sections.pop(name)
        self.open_section(name)
        self._stack_of_sections.removeWidget(before)
        before.deleteLater()

    def _fail(self, name: str, error: Exception) -> None:
        section = self._failed(self._entries[name], error)
        before, self.sections[name] = self.sections[name], section
        self._stack_of_sections.addWidget(section)
        self._stack_of_sections.setCurrentWidget(section)
        before.deleteLater()

    # -- the list

    def _list_sections(self) -> None:
        self._fill_list([(entry.name, "", entry.title) for entry in self._entries.values()])

    def _fill_list(self, rows: list[tuple[str, str, str]]) -> None:
        """Show rows of section, setting, words."""
        self.list.blockSignals(True)
        self.list.clear()
        for section, setting, words in rows:
            item = QListWidgetItem(words, self.list)
            item.setData(SectionRole, section)
            item.setData(SettingRole, setting)
            if setting:
                item.setToolTip(plain_tip(f"{self._entries[section].title}: {words}"))
            room = QRect(0, 0, NAVIGATION - AROUND, 1000)
            flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
            # Left to itself the list forgets the padding of its rows, and cuts what just fits without it.
            height = self.list.fontMetrics().boundingRect(room, int(flags), words).height()
            item.setSizeHint(QSize(0, height + PADDING))
        self.list.blockSignals(False)
        self.list.setVisible(bool(rows))
        self._nothing.setVisible(not rows)
        self._draw()

    def _draw(self) -> None:
        for position in range(self.list.count()):
            item = self.list.item(position)
            entry = self._entries[item.data(SectionRole)]
            icon = QIcon(self.context.theme.icon(entry.icon, "muted"))
            chosen = self.context.theme.icon(entry.icon, "accent").pixmap(QSize(ICON, ICON), self.devicePixelRatioF())
            icon.addPixmap(chosen, QIcon.Mode.Selected)
            item.setIcon(icon)

    def _choose(self, name: str) -> None:
        """Mark a section in the list, unless what was found stands there."""
        for position in range(self.list.count()):
            item = self.list.item(position)
            if item.data(SectionRole) == name and not item.data(SettingRole):
                self.list.blockSignals(True)
                self.list.setCurrentItem(item)
                self.list.blockSignals(False)

    def _on_current(self, item: QListWidgetItem | None) -> None:
        """Sections follow the arrow keys; what was found waits for Enter or a click."""
        if item is not None and not item.data(SettingRole) and not self._searching:
            self.open_section(item.data(SectionRole))

    def _enter(self, *, focus: bool) -> None:
        if self.list.currentRow() < 0:
            return
        item = self.list.currentItem()
        name, setting = item.data(SectionRole), item.data(SettingRole)
        self.open_section(name, setting)
        section = self.sections[name]
        if focus and not setting and section.first_focus is not None:
            section.first_focus.setFocus()

    # -- the search

    @property
    def _searching(self) -> bool:
        return self.search is not None and bool(self.search.text().strip())

    def on_search(self, text: str) -> None:
        """List the settings, and sections, that have all of the words."""
        words = text.casefold().split()
        if not words:
            self._list_sections()
            self._choose(self._current)
            return
        found = self.index.search(words)
        self._fill_list([(one.section, one.setting, one.label) for one in found])
        if found:
            self.list.setCurrentRow(0)

    def _on_search_entered(self) -> None:
        self._search_timer.stop()
        self._on_search_settled()
        self._enter(focus=True)

    # -- Qt's own, and the page's

    def showEvent(self, event: QShowEvent) -> None:
        """Make what is shown, the first time."""
        super().showEvent(event)
        if not self._current:
            self._make()
            last = self.context.settings.values.settings_section
            self.open_section(last if last in self._entries else next(iter(self._entries)))

    def tick(self) -> None:
        """A second went by."""
        section = self.section
        if section is not None:
            guard(self._current, section.tick, partial(self._fail, self._current))

    def renew(self) -> None:
        """Load what the section shows anew (F5)."""
        section = self.section
        if section is not None:
            guard(self._current, section.shown, partial(self._fail, self._current))

    def focus_first(self) -> None:
        """The list of sections."""
        self._make()
        super().focus_first()

    def _say(self) -> None:
        if self.context.models.connected:
            self.set_sentence(self.tr("Every change is saved at once."))
        else:
            self.set_sentence(self.tr("The master does not answer: only settings of this window can be changed now."))
