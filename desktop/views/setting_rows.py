"""One setting on the Settings page: its field, what is saved of it, its default, and a change made elsewhere."""

from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.context import Context
from desktop.dialogs.form import FieldRow
from desktop.dialogs.progress import working
from desktop.models.setting_stores import ChangedElsewhere, NotWritten, SettingStore
from desktop.views.note_lines import NoteLine
from desktop.views.setting_values import say_value
from desktop.views.settings_bases import Setting
from master.api.client import ApiError

SAVED_MS: Final = 2500
AT_ONCE: Final = frozenset({"boolean", "choice", "checks"})
"""Types that are saved with the click; what is typed is saved when its field is left."""


class SettingRow(QWidget):
    """Saves by itself: a click at once, what was typed when the field is left or Enter is pressed."""

    saved = Signal(object, object)
    """The values before and after."""
    failed = Signal(str)

    def __init__(self, context: Context, setting: Setting, store: SettingStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context, self.setting, self.store = context, setting, store
        self.name = setting.field.name
        self._seen: Any = store.value(self.name)
        """The value that is shown, or was when the person began to change it."""
        self._dirty = self._busy = False
        self._alive = [True]
        """Empty once the row is gone: what is saved then has nowhere to be shown."""
        self.destroyed.connect(self._alive.clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.row = FieldRow(setting.field, context.theme, self)
        self.input = self.row.input
        layout.addWidget(self.row)
        self.note = NoteLine(self)
        layout.addWidget(self.note)
        layout.addLayout(self._make_foot())
        self._saved_timer = QTimer(self)
        self._saved_timer.setSingleShot(True)
        self._saved_timer.setInterval(SAVED_MS)
        self._saved_timer.timeout.connect(lambda: self._say_saved(""))
        self.note.first.clicked.connect(lambda _checked=False: self._on_keep_mine())
        self.note.second.clicked.connect(lambda _checked=False: self.take_theirs())
        for widget in (self.input.widget, *self.input.widget.findChildren(QWidget)):
            widget.installEventFilter(self)
            if isinstance(widget, QLineEdit):
                widget.returnPressed.connect(self.commit)
        self._show(self._seen)
        self.input.edited.connect(self._on_edited)
        store.changed.connect(self.refresh)
        self.refresh()

    def _make_foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        self._default = PlainLabel(self)
        self._default.setProperty("kind", "small")
        self.reset_button = QPushButton(self.tr("Reset to default"), self)
        self.reset_button.setProperty("kind", "link")
        self.reset_button.setAutoDefault(False)
        name = self.setting.field.label
        self.reset_button.setAccessibleName(self.tr("Reset to default: {name}").format(name=name))
        self.reset_button.clicked.connect(lambda _checked=False: self.reset())
        self._saved_words = PlainLabel(self)
        self._saved_words.setProperty("kind", "ok")
        for widget in (self._default, self.reset_button, self._saved_words):
            foot.addWidget(widget)
            widget.hide()
        foot.addStretch(1)
        return foot

    # -- what stands here

    @property
    def error(self) -> str:
        """What is wrong with what was typed, empty when nothing is."""
        return self.row.error

    @property
    def dirty(self) -> bool:
        """Something was typed that is not saved."""
        return self._dirty

    @property
    def says_saved(self) -> bool:
        """*Saved* stands under it now."""
        return not self._saved_words.isHidden()

    def value(self) -> Any:
        """Return what stands in the field, as the store would hold it."""
        given = self.input.value()
        return "" if given is None and isinstance(self.store.default(self.name), str) else given

    def refresh(self) -> None:
        """Show what the store says now; what is being typed stays, and a conflict is said."""
        ready, now = self.store.ready, self.store.value(self.name)
        only_with = self.setting.only_with
        self.input.widget.setEnabled(ready and (not only_with or self.store.value(only_with) not in (False, "off")))
        self.reset_button.setEnabled(ready)
        if self._busy:
            return
        if not self._dirty:
            if now != self._seen or not ready:
                self._show(now)
        elif now != self._seen and self._same(now):
            self._settle(now)
        elif now != self._seen:
            self._show_conflict(now)
        elif self.row.error:
            self.note.say("")
        elif not ready:
            self.note.say(self.tr("Typed, not saved yet."))
        elif not self.input.widget.isAncestorOf(self.focusWidget() or self):
            self.note.say(self.tr("Typed, not saved yet."), self.tr("Save"), self.tr("Discard"))
        self._show_default()

    def _show(self, value: Any) -> None:
        self._seen = value
        blocked = self.input.blockSignals(True)
        self.input.set_value(int(value) if isinstance(value, float) and value.is_integer() else value)
        self.input.blockSignals(blocked)

    def _same(self, value: Any) -> bool:
        return bool(self.value() == value)

    def _settle(self, value: Any) -> None:
        """What stands in the field is what is stored."""
        self._dirty = False
        self._seen = value
        self.note.say("")
        self.row.set_error("")

    def _show_conflict(self, now: Any) -> None:
        self.note.say(
            self.tr("It was changed elsewhere meanwhile: {value}").format(value=self._words(now)),
            self.tr("Keep mine"),
            self.tr("Take that"),
        )

    def _show_default(self) -> None:
        default = self.store.default(self.name)
        differs = self.store.ready and self.store.value(self.name) != default
        self._default.setVisible(differs)
        self.reset_button.setVisible(differs)
        if differs:
            self._default.setText(self.tr("Default: {value}").format(value=self._words(default)))

    def _words(self, value: Any) -> str:
        return say_value(self.setting.field, value, self.context.wording)

    def _say_saved(self, words: str) -> None:
        self._saved_words.setText(words)
        self._saved_words.setVisible(bool(words))

    # -- what the person does

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leaving the field saves; its own menu is not leaving."""
        if (
            event.type() == QEvent.Type.FocusOut
            and isinstance(event, QFocusEvent)
            and event.reason() != Qt.FocusReason.PopupFocusReason
        ):
            QTimer.singleShot(0, self, self._on_left)
        return super().eventFilter(watched, event)

    def _on_left(self) -> None:
        """The focus went; to another part of the same field is no reason to save."""
        focused = QApplication.focusWidget()
        inside = focused is not None and self.input.widget.isAncestorOf(focused)
        if self._dirty and not inside and focused is not self.input.widget and self.note.isHidden():
            self.commit()

    def _on_edited(self) -> None:
        self._say_saved("")
        self.row.set_error("")
        self._dirty = not self._same(self._seen)
        if not self._dirty:
            self.note.say("")
        elif self.setting.field.type in AT_ONCE:
            self.commit()

    def _on_keep_mine(self) -> None:
        """Save what stands here over what it is now."""
        self.note.say("")
        self._seen = self.store.value(self.name)
        self._dirty = True
        self.commit()

    def take_theirs(self) -> None:
        """Show what is stored; what was typed goes."""
        self.note.say("")
        self.row.set_error("")
        self._dirty = False
        self._show(self.store.value(self.name))
        self._show_default()

    def reset(self) -> None:
        """Save the default."""
        self.input.target.setFocus()
        self.set_to(self.store.default(self.name))

    def set_to(self, value: Any) -> None:
        """Show a value and save it."""
        self._put(value, self.store.value(self.name))

    def take_back(self, value: Any, after: Any) -> None:
        """Show and save what was there before ``after``; where it is another by now, that is a conflict."""
        self._put(value, after)

    def _put(self, value: Any, seen: Any) -> None:
        self._show(value)
        self._seen, self._dirty = seen, True
        self.note.say("")
        self.commit()

    def commit(self) -> None:
        """Save what stands in the field, or say what is wrong with it."""
        if not self._dirty or self._busy or not self.store.ready:
            return
        wrong = self.row.wrong_value(self.context.wording)
        if not wrong and self.setting.field.required and self.value() in (None, ""):
            wrong = self.tr("Fill this in.")
        self.row.set_error(wrong)
        if not wrong:
            self._busy = True
            working(self.context, self, self._save(self.value(), self._seen))

    async def _save(self, value: Any, seen: Any) -> None:
        try:
            await self.store.save(self.name, value, seen)
        except ChangedElsewhere:
            self._busy = False
            if self._alive:
                self.refresh()
        except NotWritten:
            self._busy = False
            if self._alive:
                self._on_saved(value, seen)
                self._say_saved("")
                self.row.set_error(self.tr("It counts now, but cannot be written: the next start does not know it."))
        except ApiError as error:
            self._busy = False
            if self._alive:
                self._on_refused(error)
        else:
            self._busy = False
            if self._alive:
                self._on_saved(value, seen)

    def _on_saved(self, value: Any, before: Any) -> None:
        self._seen = value
        self._dirty = not self._same(value)
        self.row.set_error("")
        if not self._dirty:
            self.note.say("")
            restart = self.setting.restart
            self._say_saved(self.tr("Saved. It counts from the next start.") if restart else self.tr("Saved"))
            self._saved_timer.start()
        self.refresh()
        self.saved.emit(before, value)
        if self._dirty and self.setting.field.type in AT_ONCE:
            self.commit()

    def _on_refused(self, error: ApiError) -> None:
        """The master's reason stands at the field; what was typed stays too."""
        found = self.context.field_errors(error)
        words = found.get(self.name) or "\n".join(found.values()) or self.context.wording.refusal(error)
        self.row.set_error(words)
        if self.setting.field.type in AT_ONCE:  # a box that shows what is not so would lie
            self._dirty = False
            self._show(self.store.value(self.name))
        self.refresh()
        self.failed.emit(words)
