"""Somebody without a mouse: a whole desk with keyring and screen reader, its keys, and what has the focus."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.helpers.accessibility import ATSPI, FOCUSED, SHOWING, Node, needs_atspi
from tests.helpers.deadlines import wait_until
from tests.helpers.tray_desks import PROGRAMS, TrayDesk

SECONDS: Final = 60.0
"""For whatever the window does by itself; a machine that is busy needs them."""
PARTS: Final = {"page tab", "cell", "table cell", "list item", "tree item"}

needs_desk = [
    needs_atspi,
    pytest.mark.skipif(
        any(shutil.which(one) is None for one in (*PROGRAMS, "gnome-keyring-daemon")),
        reason=f"{', '.join(PROGRAMS)}, gnome-keyring are not all installed",
    ),
]


class WholeDesk(TrayDesk):
    """A :class:`TrayDesk` with an open keyring and the bus of assistive programs."""

    def _start_buses(self) -> None:
        super()._start_buses()
        read, write = os.pipe()
        os.write(write, b"correct horse\n")
        os.close(write)
        command = ["gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground"]
        quiet = subprocess.DEVNULL
        self._run(command, env=self.environment, stdin=read, stdout=quiet, stderr=quiet)
        os.close(read)
        self._start_reader_bus()


class Typist:
    """Presses keys, and looks where the focus is, as one sees it (or hears it)."""

    def __init__(self, desk: WholeDesk) -> None:
        self._desk = desk
        self._root: tuple[str, str] | None = None

    def sit_down(self, pid: int) -> None:
        """Begin with the window of a program, once it is there."""
        self._root = self._desk.application(pid, SECONDS)

    # -- keys

    def press(self, *keys: str) -> None:
        """Press keys one after the other, by their X names: ``ctrl+k``, ``Tab``."""
        assert self._desk.ask("xdotool", "key", "--delay", "20", *keys) is not None, keys

    def write(self, words: str) -> None:
        """Type letters."""
        assert self._desk.ask("xdotool", "type", "--delay", "8", words) is not None, words

    def press_until(self, key: str, name: str, most: int = 40) -> Node:
        """Press a key until what has the focus is called so, or begins so."""
        seen: list[str] = []
        for _turn in range(most):
            node = self.focus()
            if node is not None and _fits(node, name):
                return node
            seen.append("nothing" if node is None else f"{node.role} {node.name!r}")
            self.press(key)
            self._settle(node)
        raise AssertionError(f"{name!r} is not among {seen}")

    def _settle(self, before: Node | None) -> None:
        """A key has moved the focus, or there was nowhere to go."""
        with contextlib.suppress(AssertionError):
            wait_until(lambda: _place(self.focus()) != _place(before), 1.0)

    # -- eyes

    def focus(self) -> Node | None:
        """Return what has the focus; None between two."""
        return self.find(lambda state: state >> FOCUSED & 1)

    def stands(self, name: str) -> Node:
        """Wait until what has the focus is called so, or begins so."""
        found: list[Node | None] = []

        def look() -> Node | None:
            found[:] = [self.focus()]
            node = found[0]
            return node if node is not None and _fits(node, name) else None

        try:
            return _there(wait_until(look, SECONDS))
        except AssertionError:
            raise AssertionError(f"the focus is not on {name!r} but on {found}") from None

    def described(self, words: str) -> Node:
        """Wait until what has the focus is described with these words (as the palette says its row)."""

        def look() -> Node | None:
            node = self.focus()
            return node if node is not None and words in node.description else None

        try:
            return _there(wait_until(look, SECONDS))
        except AssertionError:
            raise AssertionError(f"{words!r} is not in the description of {self.focus()}") from None

    def sees(self, words: str, role: str = "") -> Node:
        """Wait until something on the screen is called so."""
        assert self._root is not None
        root = self._root

        def look() -> Node | None:
            return self._desk.find(root, lambda node: words in node.name and role in ("", node.role))

        return _there(wait_until(look, SECONDS, f"{words!r} on the screen"))

    def place(self, node: Node) -> tuple[int, int, int, int]:
        """Return where something is on the screen, without the frame of a window: left, top, width, height."""
        told = self._desk.call(node.bus, node.path, ATSPI + "Component", "GetExtents", "u", 0)[0]
        left, top, width, height = (int(one) for one in told)
        return left, top, width, height

    def find(self, fits: Callable[[int], Any]) -> Node | None:
        """Return the innermost object on the screen whose state fits: fewer questions than a whole walk.

        The current cell and tab always say that they have the focus: they count only where the whole has it.
        """
        assert self._root is not None
        whole = self._look(self._root, 0, fits)
        if whole is None:
            return None
        part = self._look((whole.bus, whole.path), 2, fits, inside=True)
        return part or whole

    def _look(
        self, at: tuple[str, str], depth: int, fits: Callable[[int], Any], *, inside: bool = False
    ) -> Node | None:
        from jeepney import DBusErrorResponse

        face = ATSPI + "Accessible"
        stack = [(*at, depth)]
        while stack:
            bus, path, depth = stack.pop()
            try:
                low, high = self._desk.call(bus, path, face, "GetState")[0]
                state = low | high << 32
                if depth > 1 and not state >> SHOWING & 1:
                    continue
                if depth > 1 and fits(state) and (bus, path) != at:
                    node = self._desk.node(bus, path)
                    if (node.role in PARTS) is inside:
                        return node
                below = self._desk.children(bus, path)
            except DBusErrorResponse:
                continue  # it went away meanwhile
            stack += [(here, child, depth + 1) for here, child in reversed(below) if not child.endswith("/null")]
        return None


def _fits(node: Node, name: str) -> bool:
    return node.name.replace("&", "").startswith(name)


def _place(node: Node | None) -> tuple[str, str] | None:
    return None if node is None else (node.path, node.name)


def _there(node: Node | None) -> Node:
    assert node is not None
    return node
