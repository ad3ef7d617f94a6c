"""Ask before something that cannot be undone; the button says what it does."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context


class ConfirmDialog(BaseDialog):
    """Runs ``request`` when confirmed, closes when it has succeeded."""

    def __init__(
        self,
        context: Context,
        title: str,
        words: str,
        verb: str,
        request: Callable[[], Coroutine[Any, Any, Any]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, title, parent)
        self._request = request
        label = PlainLabel(words, self)
        label.setWordWrap(True)
        self.body.addWidget(label)
        self.body.addStretch(1)
        self.add_cancel()
        self.confirm_button = self.add_button(verb, kind="danger")
        self.confirm_button.clicked.connect(lambda _checked=False: self.start(self._confirm()))
        self.fit()

    async def _confirm(self) -> None:
        await self._request()
        if not self.gone:
            self.accept()
