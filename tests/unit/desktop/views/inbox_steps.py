"""Steps that the tests of the inbox share."""

from typing import Any

from desktop.dialogs.context import Context
from desktop.views.inbox import InboxPage
from master.api.schema import ItemFilter
from tests.unit.desktop.fakes import FakeBridge, FakeClient

Told = list[tuple[Any, ...]]
"""Short messages: title, body, level, button."""


def opened(context: Context, qtbot: Any) -> InboxPage:
    """An inbox in an active window, with the focus in its list."""
    page = InboxPage(context)
    qtbot.addWidget(page)
    page.resize(976, 700)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.focus_first()
    return page


def heard(page: InboxPage) -> Told:
    """What the page tells from now on."""
    said: Told = []
    page.notice.connect(lambda *one: said.append(one))
    return said


def send(context: Context, kind: str, data: Any) -> None:
    """An event of the master."""
    bridge: Any = context.bridge
    assert isinstance(bridge, FakeBridge)
    bridge.send(kind, data)


def last_filter(client: FakeClient) -> ItemFilter:
    """What the items were asked with last."""
    found = client.called("items")[-1][0][0]
    assert isinstance(found, ItemFilter)
    return found
