"""pytest-qt's bot for machines that do much else: what it waits for may take as long as with all other waits."""

from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot

from tests.helpers.deadlines import PATIENCE_SECONDS

PATIENCE_MS = round(PATIENCE_SECONDS * 1000)


class PatientBot(QtBot):
    """Waits longer than five seconds unless it is told."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:  # noqa: N802
        """As that of pytest-qt; ``timeout`` in milliseconds."""
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **more: Any) -> Any:  # noqa: N802
        """As that of pytest-qt; ``timeout`` in milliseconds."""
        return super().waitSignal(signal, timeout=timeout, **more)

    def waitSignals(self, signals: Any, *, timeout: int = PATIENCE_MS, **more: Any) -> Any:  # noqa: N802
        """As that of pytest-qt; ``timeout`` in milliseconds."""
        return super().waitSignals(signals, timeout=timeout, **more)

    def waitExposed(self, widget: Any, *, timeout: int = PATIENCE_MS) -> Any:  # noqa: N802
        """As that of pytest-qt; ``timeout`` in milliseconds."""
        return super().waitExposed(widget, timeout=timeout)

    def waitActive(self, widget: Any, *, timeout: int = PATIENCE_MS) -> Any:  # noqa: N802
        """As that of pytest-qt; ``timeout`` in milliseconds."""
        return super().waitActive(widget, timeout=timeout)
