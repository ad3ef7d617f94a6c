"""Two windows that edit the same row: what changed elsewhere stands beside what was typed, and the person decides.

A dialog makes one :class:`Conflicts` with what it edits. It is told of a refusal because of an older version, and sees
by itself when the row changes while the dialog is open. Nothing that was typed is lost.
"""

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, cast

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.announcements import announce
from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.conflict_parts import Part
from desktop.words import cut_line
from master.api.client import ApiError
from master.api.events import Event

CONFLICT, MISSING = 409, 404
MOST = 6
"""Fields that are shown one by one; the others are counted."""
LONGEST = 120
"""Characters of a value."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field that stands otherwise elsewhere than here, in words."""

    name: str
    label: str
    theirs: str
    mine: str


class ConflictPanel(QFrame):
    """What stands elsewhere beside what stands here, and the two ways on."""

    def __init__(self, dialog: BaseDialog) -> None:
        super().__init__(dialog)
        self.setProperty("kind", "help")
        self.differences: list[Difference] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 12, 12, 12)
        self._layout.setSpacing(8)
        self.title = PlainLabel(self)
        self.title.setProperty("kind", "warn")
        self.title.setWordWrap(True)
        self._layout.addWidget(self.title)
        self._table: QWidget | None = None
        self._buttons = QHBoxLayout()
        self.theirs = QPushButton(self.tr("Use theirs"), self)
        self.theirs.setToolTip(self.tr("These fields take what stands there; the others stay as you typed them"))
        self.overwrite = QPushButton(self.tr("Overwrite"), self)
        self.overwrite.setToolTip(self.tr("Save what stands here"))
        for button in (self.theirs, self.overwrite):
            button.setAutoDefault(False)
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        self._layout.addLayout(self._buttons)
        self.hide()

    def tell(self, title: str, differences: list[Difference]) -> None:
        """Show them; without any only the sentence stands there."""
        self.differences = differences
        self.title.setText(title)
        if self._table is not None:
            self._table.hide()
            self._table.deleteLater()
        self._table = self._make_table(differences) if differences else None
        if self._table is not None:
            self._layout.insertWidget(1, self._table)
        for button in (self.theirs, self.overwrite):
            button.setVisible(bool(differences))
        self.setAccessibleName(title)
        self.setAccessibleDescription(
            "; ".join(
                self.tr("{field}: theirs {theirs}, yours {mine}").format(
                    field=one.label, theirs=one.theirs, mine=one.mine
                )
                for one in differences
            )
        )
        self.show()
        announce(self, f"{title} {self.accessibleDescription()}".strip(), urgent=True)

    def _make_table(self, differences: list[Difference]) -> QWidget:
        table = QWidget(self)
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for column, words in enumerate(("", self.tr("Theirs"), self.tr("Yours"))):
            grid.setColumnStretch(column, 1)
            grid.addWidget(self._label(words, "small", table), 0, column)
        for row, one in enumerate(differences[:MOST], 1):
            for column, words in enumerate((one.label, one.theirs, one.mine)):
                label = self._label(cut_line(words, LONGEST), "label" if column == 0 else "", table)
                label.setAccessibleName(words or one.label)
                grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
        if len(differences) > MOST:
            more = self.tr("and %n more", "", len(differences) - MOST)
            grid.addWidget(self._label(more, "small", table), MOST + 1, 0, 1, 3)
        return table

    @staticmethod
    def _label(words: str, kind: str, parent: QWidget) -> PlainLabel:
        label = PlainLabel(words, parent)
        if kind:
            label.setProperty("kind", kind)
        label.setWordWrap(True)
        return label


class Conflicts(QObject):
    """Follows one row while ``dialog`` edits it.

    ``noun`` is that of its events (``account`` for ``account.changed``), ``is_same`` finds it among them. ``fetch``
    asks for the row as it is now, ``show`` fills the fields from a row, ``take`` makes the dialog go on from it,
    ``save`` saves what stands in the fields.
    """

    def __init__(
        self,
        dialog: BaseDialog,
        row: Any,
        *,
        noun: str,
        parts: Callable[[], Iterable[Part]],
        fetch: Callable[[], Coroutine[Any, Any, Any]],
        show: Callable[[Any], None],
        take: Callable[[Any], None],
        save: Callable[[], None],
        is_same: Callable[[Any], bool] | None = None,
        version_of: Callable[[Any], int] = lambda data: int(data.version),
    ) -> None:
        super().__init__(dialog)
        self._dialog, self.row, self._noun = dialog, row, noun
        self._parts, self._fetch, self._show, self._take, self._save = parts, fetch, show, take, save
        self._is_same = is_same or (lambda data: data.id == row.id)
        self._version_of = version_of
        self._key = getattr(row, "id", getattr(row, "worker_id", ""))
        self._base = self._snapshot()
        self._theirs: dict[str, Any] = {}
        self._fresh = row
        """The newest that is known; the person may not have decided yet."""
        self._asking = False
        self.panel = ConflictPanel(dialog)
        dialog.add_below(self.panel)
        self.panel.theirs.clicked.connect(lambda _checked=False: self.use_theirs())
        self.panel.overwrite.clicked.connect(lambda _checked=False: self.overwrite())
        dialog.context.bridge.event_arrived.connect(self._on_event)

    @property
    def typed(self) -> bool:
        """Something stands here that was not there when the dialog was opened."""
        return self._snapshot() != self._base

    def rebase(self, name: str) -> None:
        """What stands in a field now is what the row has: what it offers was loaded later."""
        self._base[name] = self._snapshot()[name]

    def refused(self, error: ApiError) -> bool:
        """Look what changed elsewhere. False: the refusal is about something else."""
        if error.status != CONFLICT or self._dialog.context.field_errors(error):
            return False
        self._dialog.when_free(lambda: self._dialog.start(self._compare(saved=True, error=error)))
        return True

    # -- what happens elsewhere

    def _on_event(self, event: object) -> None:
        one = cast("Event", event)
        if self._dialog.gone or self._dialog.busy or self._asking:
            return  # what is being saved comes back as an event too
        if one.type == f"{self._noun}.changed" and self._is_same(one.data):
            if self._version_of(one.data) > self._fresh.version:
                self._asking = True
                self._dialog.context.run(self._look())
        elif one.type == f"{self._noun}.deleted" and one.data.id == self._key:
            self._dialog.show_problem(self.tr("This was deleted elsewhere just now."))

    async def _look(self) -> None:
        try:
            await self._compare(saved=False, error=None)
        except ApiError:
            return  # saving tells
        finally:
            self._asking = False

    async def _compare(self, *, saved: bool, error: ApiError | None) -> None:
        fresh = await self._fetch()
        if self._dialog.gone:
            return
        if error is not None and fresh.version == self.row.version:
            self._dialog.unlock()
            self._dialog.show_problem(self._dialog.context.wording.refusal(error))
            return
        untouched = not self.typed
        differences = self.compare(fresh)
        if untouched:
            self._show(fresh)
            self._decide()
            self.panel.tell(self.tr("Changed elsewhere just now: these are the newer values."), [])
        elif differences:
            words = self.tr("Changed elsewhere in the meantime. Nothing was saved, and what you typed is still here.")
            self.panel.tell(words if saved else self.tr("Changed elsewhere just now."), differences)
            self._dialog.unlock()
            if saved:
                self.panel.theirs.setFocus()
        else:  # nothing that is edited here changed there: the same can be saved on top of it
            self._decide()
            if saved:
                self._dialog.when_free(self._save)
        self._dialog.fit()

    def compare(self, fresh: Any) -> list[Difference]:
        """Return what was changed in a newer row and stands otherwise here. What was typed is back afterwards."""
        parts = list(self._parts())
        mine = {part.name: part.get() for part in parts}
        self._dialog.setUpdatesEnabled(False)
        try:
            self._show(fresh)
            theirs = {part.name: part.get() for part in parts}
            for part in parts:
                part.put(mine[part.name])
        finally:
            self._dialog.setUpdatesEnabled(True)
        self._fresh, self._theirs = fresh, theirs
        return [
            Difference(
                name=part.name,
                label=part.label,
                theirs=part.say(theirs[part.name]),
                mine=part.say(mine[part.name]),
            )
            for part in parts
            if theirs[part.name] not in (mine[part.name], self._base.get(part.name))
        ]

    def _decide(self) -> None:
        """Go on from the newest row."""
        self.row = self._fresh
        self._take(self.row)
        self._base = self._theirs

    # -- the two ways on

    def use_theirs(self) -> None:
        """Put what stands elsewhere into the fields that differ; what else was typed stays."""
        wanted = {one.name for one in self.panel.differences}
        for part in self._parts():
            if part.name in wanted:
                part.put(self._theirs[part.name])
        self._decide()
        self._close()

    def overwrite(self) -> None:
        """Save what stands here over what stands there."""
        self._decide()
        self._close()
        self._save()

    def _close(self) -> None:
        self.panel.differences = []
        self.panel.hide()
        self._dialog.show_problem("")
        self._dialog.focus_form()
        self._dialog.fit()

    def _snapshot(self) -> dict[str, Any]:
        return {part.name: part.get() for part in self._parts()}
