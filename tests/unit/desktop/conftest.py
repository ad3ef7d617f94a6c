"""A context around a fake bridge for the tests of the window."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desktop.dialogs.context import Context
from tests.unit.desktop.fakes import FakeClient, load, make_context


@pytest.fixture(autouse=True)
def _nothing_waits_to_be_deleted() -> Iterator[None]:
    # Outside of a running loop Qt puts deletions off; thousands of closed widgets would make every later test slow.
    yield
    for one in QApplication.topLevelWidgets():
        if isinstance(one, QDialog) and one.parent() is None:
            one.deleteLater()  # else it goes when its cycle is collected, and ends the process if Qt is just at it
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(autouse=True)
def _no_key_is_held_at_the_start(qapp: QApplication) -> None:
    if QApplication.keyboardModifiers() != Qt.KeyboardModifier.NoModifier:  # Qt keeps those of the last key or click
        QTest.keyRelease(QWidget(), Qt.Key.Key_Control)


@pytest.fixture(autouse=True)
def _the_language_of_qt_is_as_it_was() -> Iterator[None]:
    usual = QLocale()
    yield
    QLocale.setDefault(usual)


@pytest.fixture(autouse=True)
def _the_font_of_qt_is_as_it_was(qapp: QApplication) -> Iterator[None]:
    usual = QApplication.font()
    yield
    if QApplication.font() != usual:  # a test has spoken Chinese: sizes of all widgets are of that font
        QApplication.setFont(usual)


@pytest.fixture
async def context(qapp: QApplication) -> AsyncIterator[Context]:
    """Loaded with the canned answers."""
    context = make_context(qapp)
    await load(context)
    yield context
    context.models.close()


@pytest.fixture
def client(context: Context) -> FakeClient:
    """The fake client behind the context."""
    found = context.bridge.client
    assert isinstance(found, FakeClient)
    return found


@pytest.fixture
def failures(context: Context) -> Callable[[], list[BaseException]]:
    """What tasks ended with."""
    return lambda: context.run.failures  # type: ignore[attr-defined]
