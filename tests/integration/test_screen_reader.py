"""What a screen reader is told: the demo as a real process on a real display, walked over the bus that readers use."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.helpers.accessibility import FOCUSABLE, Desk, Node, end, needs_atspi
from tests.helpers.deadlines import wait_until
from tests.helpers.masters import ServeProcess

pytestmark = [needs_atspi, pytest.mark.skipif(sys.platform != "linux", reason="the bus of assistive programs")]

PAGES = (
    "Overview", "Inbox", "Accounts", "Workers", "Jobs", "Schedules", "Statistics", "Rules", "Alerts", "Logs",
    "Settings",
)  # fmt: skip
ACTIONABLE = {
    "push button", "toggle button", "check box", "radio button", "combo box", "text", "password text", "spin button",
    "page tab", "page tab list", "list", "list item", "table", "tree", "cell", "table cell", "menu item", "button menu",
    "slider", "link",
}  # fmt: skip
"""Roles of what a person works with. A scroll bar belongs to its area."""
CELLS = {"cell", "table cell", "list item", "column header"}
DIALOGS = (
    ("Accounts", "Add account", ("Mailbox (IMAP)", "Feed")),
    ("Workers", "Add worker", ("Id", "Most accounts", "Environment")),
    ("Rules", "New rule", ("Name", "Words in title or text", "What happens")),
    ("Schedules", "New schedule", ("Command",)),
    ("Jobs", "New job", ("Command",)),
)
"""Page, the button that opens a dialog, and what is found in it by its name."""


class Window(NamedTuple):
    """The window on the bus, and the desk that it stands on."""

    desk: Desk
    root: tuple[str, str]

    def nodes(self) -> list[Node]:
        return list(self.desk.walk(*self.root))

    def find(self, role: str, name: str, seconds: float = 60.0) -> Node:
        found: Node = wait_until(
            lambda: self.desk.find(self.root, lambda node: node.role == role and node.name == name),
            seconds,
            f"{role} {name!r} in {[node.where() for node in self.nodes() if node.role == role]}",
        )
        return found

    def show(self, page: str) -> None:
        button = wait_until(
            lambda: self.desk.find(
                self.root, lambda node: node.role == "check box" and node.name.split(" ")[0] == page and node.depth == 4
            ),
            what=page,
        )
        self.desk.press(button)
        self.heading(page)

    def heading(self, page: str) -> None:
        wait_until(
            lambda: self.desk.find(self.root, lambda node: node.role == "label" and node.name == page), what=page
        )


def faults(nodes: list[Node]) -> list[str]:
    """Return what cannot be told from anything else: things to work with, and cells, without a word."""
    wordless = [node for node in nodes if not node.name.strip() and (node.role in ACTIONABLE or node.has(FOCUSABLE))]
    return [node.where() for node in wordless if node.role != "scroll bar"]


def unlabelled(desk: Desk, nodes: list[Node]) -> list[str]:
    """Return the choices that tell what is chosen, and nothing else: here the name is what is chosen."""
    combos = [node for node in nodes if node.role == "combo box"]
    return [node.where() for node in combos if not node.description.strip() and not desk.is_labelled(node)]


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    """The demo, once it watches."""
    with Desk(tmp_path_factory.mktemp("desk")) as desk:
        process = desk.start([sys.executable, "-m", "desktop", "demo"])
        try:
            window = Window(desk, desk.application(process.pid))
        except AssertionError as error:
            raise AssertionError(desk.told()) from error
        window.show("Inbox")
        wait_until(lambda: any(node.role == "cell" for node in window.nodes()), what="the first item")
        yield window
        assert end(process) == 0, desk.told()


@pytest.mark.parametrize("page", PAGES)
def test_everything_that_is_worked_with_has_a_name(page: str, window: Window) -> None:
    window.show(page)
    nodes = window.nodes()
    assert len(nodes) > 25
    assert faults(nodes) == []
    assert unlabelled(window.desk, nodes) == []


def test_tables_tell_their_columns_and_every_cell_in_words(window: Window) -> None:
    window.show("Accounts")
    wait_until(lambda: sum(node.role == "cell" for node in window.nodes()) >= 28, what="cells")
    nodes = window.nodes()
    headers = [node.name for node in nodes if node.role == "column header"]
    assert headers == ["Account", "State", "Last 36 checks", "Worker", "Checked", "Next", "Unread"]
    cells = [node.name for node in nodes if node.role == "cell"]
    assert {"Demo: shop messages", "Needs sign-in", "OK"} <= set(cells)
    assert any("succeeded" in one for one in cells)
    assert all(one.strip() for one in cells)


def test_the_sidebar_tells_which_page_is_shown_and_what_waits_there(window: Window) -> None:
    window.show("Workers")
    buttons = {node.name.split(" ")[0]: node for node in window.nodes() if node.role == "check box" and node.depth == 4}
    checked = 4
    assert [name for name, node in buttons.items() if node.has(checked)] == ["Workers"]
    assert "problems" in buttons["Accounts"].name


def test_bars_and_lines_say_what_they_draw(window: Window) -> None:
    window.show("Workers")

    def told() -> bool:
        bars = [node for node in window.nodes() if node.name in ("Heartbeat", "CPU, 10 min", "Memory, 10 min")]
        drawn = [node for node in bars if node.role != "label"]
        return len(drawn) >= 6 and all(node.description.strip() for node in drawn)

    wait_until(told, what="words of bars and lines")
    window.show("Statistics")
    wait_until(
        lambda: any(node.name == "Found" and node.description.strip() for node in window.nodes()),
        what="words of a chart",
    )


@pytest.mark.parametrize(("page", "button", "names"), DIALOGS, ids=[row[1] for row in DIALOGS])
def test_dialogs_are_named_to_the_last_field(page: str, button: str, names: tuple[str, ...], window: Window) -> None:
    window.show(page)
    window.desk.press(window.find("push button", button))
    wait_until(lambda: any(node.role == "dialog" for node in window.nodes()), what="the dialog")
    nodes = window.nodes()
    dialog = next(node for node in nodes if node.role == "dialog")
    assert dialog.name
    inside = [node for node in nodes if f"dialog {dialog.name!r}" in node.parents]
    assert faults(inside) == []
    assert unlabelled(window.desk, inside) == []
    said = " ".join(f"{node.name} {node.description}" for node in inside)
    assert [name for name in names if name not in said] == []
    window.desk.press(next(node for node in inside if node.role == "push button" and node.name == "Cancel"))
    wait_until(lambda: not any(node.role == "dialog" for node in window.nodes()), what="the end of the dialog")


@pytest.mark.parametrize(("start", "label"), [("local-1", "Workers"), ("Demo: signed-out forum", "Accounts")])
def test_details_are_named_tab_by_tab(start: str, label: str, window: Window) -> None:
    window.show("Overview")
    link = wait_until(
        lambda: window.desk.find(
            window.root, lambda node: node.role == "push button" and node.name.startswith(f"{start},")
        ),
        what=start,
    )
    window.desk.press(link)
    window.heading(label)
    assert faults(window.nodes()) == []
    for tab in [node for node in window.nodes() if node.role == "page tab"]:
        window.desk.press(tab)
        nodes = window.nodes()
        assert faults(nodes) == [], tab.name
        assert unlabelled(window.desk, nodes) == [], tab.name
    first = next(node for node in window.nodes() if node.role == "page tab")
    window.desk.press(first)


def test_messages_are_announced(window: Window) -> None:
    window.show("Inbox")
    with window.desk.listening("object:announcement"):
        window.desk.press(window.find("push button", "Mark all read"))
        _member, _detail, words = window.desk.collect(lambda event: event[0] == "Announcement", 20)
        assert words


def test_a_lost_master_is_announced(tmp_path: Path, profile: Path) -> None:
    serve = ServeProcess(profile, "--port", "0")
    serve.start()
    try:
        with Desk(tmp_path / "desk") as desk:
            process = desk.start([sys.executable, "-m", "desktop", "--profile", str(profile)])
            window = Window(desk, desk.application(process.pid))
            wait_until(
                lambda: desk.find(window.root, lambda node: node.name.startswith("Master running")), what="the window"
            )
            with desk.listening("object:announcement"):
                serve.kill()
                _member, _detail, words = desk.collect(lambda event: "does not answer" in str(event[2]), 20)
                assert words
            assert end(process) == 0, desk.told()
    finally:
        if serve.process is not None and serve.process.poll() is None:
            serve.stop()
