"""A real screen reader's view: a program on a display of its own, walked over AT-SPI as assistive programs do."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import pytest

from tests.helpers.deadlines import wait_until
from tests.helpers.processes import kill_tree

LAUNCHERS: Final = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
ATSPI: Final = "org.a11y.atspi."
REGISTRY: Final = "org.a11y.atspi.Registry"
ROOT_PATH: Final = "/org/a11y/atspi/accessible/root"

FOCUSABLE, FOCUSED, SHOWING, ENABLED, VISIBLE = 11, 12, 25, 8, 30
"""Bits of a state, as the standard numbers them."""

LABELLED_BY: Final = 2
"""A kind of relation."""
SCREEN: Final = "1280x900x24"


def launcher() -> str | None:
    """Return the program that starts the bus of assistive programs."""
    return next((one for one in LAUNCHERS if Path(one).exists()), None)


needs_atspi = pytest.mark.skipif(
    launcher() is None or shutil.which("Xvfb") is None or shutil.which("dbus-daemon") is None,
    reason="at-spi2-core, Xvfb and dbus are not installed",
)


@dataclass(frozen=True)
class Node:
    """One accessible object, as it was when it was asked."""

    bus: str
    path: str
    name: str
    description: str
    role: str
    state: int
    actions: tuple[str, ...]
    depth: int
    parents: tuple[str, ...]
    """Roles and names of those above it."""

    def has(self, bit: int) -> bool:
        """Whether a state is set."""
        return bool(self.state >> bit & 1)

    def where(self) -> str:
        """Say where it stands."""
        return " > ".join([*self.parents[-4:], f"{self.role} {self.name!r}"])


class Desk:
    """A display with a session bus and the bus of assistive programs; :meth:`start` starts a program on it."""

    screen = SCREEN

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = contextlib.ExitStack()
        self.environment: dict[str, str] = {}
        self._bus: Any = None

    def __enter__(self) -> Self:
        try:
            self._start_display()
            self._start_buses()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def _run(self, command: list[str], **more: Any) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, **more)
        self._stack.callback(self._end, process)
        return process

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        kill_tree(process.pid)
        process.wait(60)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()

    def _start_display(self) -> None:
        read, write = os.pipe()
        # It begins anew when the last program leaves it, and turns away whoever comes meanwhile, unless told not to.
        process = self._run(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", self.screen, "-nolisten", "tcp", "-noreset"],
            pass_fds=(write,),
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        assert number, f"Xvfb ended with {process.poll()}"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        runtime = self._folder / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        kept = ("PATH", "LANG", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ} | {
            "DISPLAY": f":{number}",
            "HOME": str(self._folder),
            "XDG_RUNTIME_DIR": str(runtime),
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_QPA_PLATFORM": "xcb",
            "NO_AT_BRIDGE": "0",
        }

    def _start_buses(self) -> None:
        session = self._run(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self.environment,
        )
        assert session.stdout is not None
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = session.stdout.readline().decode().strip()
        self._start_reader_bus()

    def _start_reader_bus(self) -> None:
        program = launcher()
        assert program is not None
        self._run(
            [program, "--launch-immediately"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        address = wait_until(self._find_bus, what="the bus of assistive programs")
        from jeepney.io.blocking import open_dbus_connection

        self._bus = open_dbus_connection(bus=address)
        self._stack.callback(self._bus.close)

    def _find_bus(self) -> str:
        from jeepney import DBusAddress, DBusErrorResponse, new_method_call
        from jeepney.io.blocking import open_dbus_connection

        with open_dbus_connection(bus=self.environment["DBUS_SESSION_BUS_ADDRESS"]) as connection:
            place = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
            with contextlib.suppress(DBusErrorResponse):
                return str(connection.send_and_get_reply(new_method_call(place, "GetAddress"), timeout=60).body[0])
        return ""

    def start(self, command: list[str], **environment: str) -> subprocess.Popen[bytes]:
        """Start a program on this display; it ends with the desk."""
        log = self._stack.enter_context((self._folder / "program.log").open("wb"))
        return self._run(command, env=self.environment | environment, stdout=log, stderr=log, start_new_session=True)

    def told(self) -> str:
        """Return what the program said."""
        return (self._folder / "program.log").read_text(errors="replace")

    # -- asking

    def call(self, bus: str, path: str, interface: str, method: str, signature: str = "", *body: Any) -> Any:
        """Call a method of an accessible object and return its answer."""
        from jeepney import DBusAddress, new_method_call
        from jeepney.wrappers import unwrap_msg

        place = DBusAddress(path, bus, interface)
        message = new_method_call(place, method, signature or None, body)
        return unwrap_msg(self._bus.send_and_get_reply(message, timeout=60))

    def get(self, bus: str, path: str, interface: str, name: str) -> Any:
        """Return a property."""
        return self.call(bus, path, "org.freedesktop.DBus.Properties", "Get", "ss", interface, name)[0][1]

    def children(self, bus: str, path: str) -> list[tuple[str, str]]:
        """Return the children of an object."""
        return list(self.call(bus, path, ATSPI + "Accessible", "GetChildren")[0])

    def node(self, bus: str, path: str, depth: int = 0, parents: tuple[str, ...] = ()) -> Node:
        """Ask for one object."""
        face = ATSPI + "Accessible"
        low, high = self.call(bus, path, face, "GetState")[0]
        interfaces = self.call(bus, path, face, "GetInterfaces")[0]
        actions: tuple[str, ...] = ()
        if ATSPI + "Action" in interfaces:
            actions = tuple(row[0] for row in self.call(bus, path, ATSPI + "Action", "GetActions")[0])
        return Node(
            bus=bus,
            path=path,
            name=str(self.get(bus, path, face, "Name")),
            description=str(self.get(bus, path, face, "Description")),
            role=str(self.call(bus, path, face, "GetRoleName")[0]),
            state=low | high << 32,
            actions=actions,
            depth=depth,
            parents=parents,
        )

    def application(self, pid: int, seconds: float = 60.0) -> tuple[str, str]:
        """Return the root object of the program ``pid``, once it has registered and shows a window."""

        from jeepney import DBusErrorResponse

        def find() -> tuple[str, str] | None:
            for bus, path in self.children(REGISTRY, ROOT_PATH):
                owner = self.call(
                    "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                    "GetConnectionUnixProcessID", "s", bus,
                )[0]  # fmt: skip
                with contextlib.suppress(DBusErrorResponse):  # it has a name, and no tree yet
                    if owner == pid and self.children(bus, path):
                        return bus, path
            return None

        found: tuple[str, str] = wait_until(find, seconds, "the program on the bus of assistive programs")
        return found

    def walk(self, bus: str, path: str, *, shown: bool = True, most: int = 4000) -> Iterator[Node]:
        """Return an object and all below it; only what is on the screen unless ``shown`` is false."""
        from jeepney import DBusErrorResponse

        stack: list[tuple[str, str, int, tuple[str, ...]]] = [(bus, path, 0, ())]
        count = 0
        while stack and count < most:
            here, at, depth, parents = stack.pop()
            if at.endswith("/null"):
                continue
            try:
                node = self.node(here, at, depth, parents)
                inside = self.children(here, at)
            except DBusErrorResponse:
                continue  # it went away meanwhile
            count += 1
            if shown and depth > 0 and not node.has(SHOWING):
                continue
            yield node
            below = (*parents, f"{node.role} {node.name!r}")
            stack += [(one, child, depth + 1, below) for one, child in reversed(inside)]

    def find(self, root: tuple[str, str], fits: Callable[[Node], bool]) -> Node | None:
        """Return the first object on the screen that fits."""
        return next((node for node in self.walk(*root) if fits(node)), None)

    def is_labelled(self, node: Node) -> bool:
        """Whether another object says what this one is."""
        relations = self.call(node.bus, node.path, ATSPI + "Accessible", "GetRelationSet")[0]
        return any(kind == LABELLED_BY and places for kind, places in relations)

    def press(self, node: Node) -> None:
        """Do the first action of an object, as an assistive program does."""
        assert node.actions, node.where()
        self.call(node.bus, node.path, ATSPI + "Action", "DoAction", "i", 0)

    # -- listening

    @contextlib.contextmanager
    def listening(self, *kinds: str) -> Iterator[list[tuple[str, str, Any]]]:
        """Collect events while the block runs: their member, their detail, and what they carry.

        ``kinds`` as assistive programs register them: ``object:announcement``. Read with :meth:`collect`.
        """
        from jeepney import MatchRule, message_bus
        from jeepney.io.common import FilterHandle

        registry = "/org/a11y/atspi/registry"
        for kind in kinds:
            self.call(REGISTRY, registry, REGISTRY, "RegisterEvent", "sass", kind, [], "")
        rule = MatchRule(type="signal", interface="org.a11y.atspi.Event.Object")
        self._bus.send_and_get_reply(message_bus.AddMatch(rule), timeout=60)
        heard: list[tuple[str, str, Any]] = []
        with self._bus.filter(rule, bufsize=2000) as queue:
            assert isinstance(queue, object)
            assert FilterHandle
            self._queue = queue
            self._heard = heard
            yield heard

    def collect(self, fits: Callable[[tuple[str, str, Any]], bool], seconds: float = 60.0) -> tuple[str, str, Any]:
        """Return the first event that fits, waiting for it while :meth:`listening`."""
        until = time.monotonic() + seconds
        while True:
            while self._queue:
                message = self._queue.popleft()
                body: Any = message.body
                event = (message.header.fields[3], body[0], body[3][1] if len(body) > 3 else None)
                self._heard.append(event)
                if fits(event):
                    return event
            left = until - time.monotonic()
            if left <= 0:
                raise AssertionError(f"never heard; but {self._heard[-20:]}")
            with contextlib.suppress(TimeoutError):
                self._bus.recv_messages(timeout=min(left, 0.5))


def environment_of(desk: Desk) -> Mapping[str, str]:
    """Return what programs on the desk are started with."""
    return desk.environment


def end(process: subprocess.Popen[bytes], seconds: float = 60.0) -> int:
    """Ask a program to end, and return its exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(seconds)
