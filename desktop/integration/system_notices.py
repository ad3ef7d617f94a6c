"""Notices of the operating system's own service, through desktop-notifier; imported when the first one is shown.

On Linux it is ``org.freedesktop.Notifications`` on the session bus, on Windows the toasts of the runtime, on macOS the
notification centre (from a signed bundle only). All of it runs on the engine thread.
"""

import asyncio
import html
import importlib
import logging
import sys
import time
from collections.abc import Coroutine, Sequence
from contextlib import ExitStack
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.integration.notices import OPEN, Abilities, Acted, Notice, Permission
from desktop.tasks import Tasks

if TYPE_CHECKING:
    from desktop_notifier.backends.base import DesktopNotifierBackend

APP = "Watchkeeper"
ANSWER_SECONDS = 3.0
"""Longest that the service may take to answer; after that it counts as hanging."""
LOAD_SECONDS = 30.0
"""Longest that a busy machine may take to load the library: 0.1 s is usual."""
ASK_SECONDS = 120.0
"""Longest that a person may take to answer the system's question."""
REST_SECONDS = 60.0
"""A service that hung is left alone so long: no notification waits for it again and again."""
LIBRARY = "desktop_notifier"
ALERT_SOUNDS = {"linux": "dialog-warning"}
USUAL_SOUNDS = {"linux": "message-new-instant"}
CLOSE_SECONDS = 1.0
"""A program that ends does not wait longer than this for its notices to be gone."""

log = logging.getLogger("watchkeeper.desktop")


class _Reasons(logging.Filter):
    """The library logs why it failed, and the words of what it showed: the first is kept, neither is passed on."""

    def __init__(self) -> None:
        super().__init__()
        self.last = ""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.WARNING:
            error = record.exc_info[1] if record.exc_info else None
            self.last = f"{type(error).__name__}: {error}" if error is not None else record.getMessage()
        return False


class SystemNotices:
    """``acted`` is told what a person does with a notice; it is called from any thread."""

    def __init__(self, acted: Acted) -> None:
        self._acted = acted
        self._backend: DesktopNotifierBackend | None = None
        self._abilities: Abilities | None = None
        self._markup = False
        self._rest_until = 0.0
        self._keys: set[str] = set()
        self._lock = asyncio.Lock()
        self._reasons = _Reasons()
        self._stack = ExitStack()
        self._tasks = Tasks()
        self._icon: Path | None = None
        self._loaded = self._closed = False

    @property
    def abilities(self) -> Abilities | None:
        """What the service can; None while it cannot be reached."""
        return self._abilities

    @property
    def reason(self) -> str:
        """Why it could not be used the last time."""
        return self._reasons.last

    async def show(self, notice: Notice) -> bool:
        """Show a notice; False when the service did not take it."""
        async with self._lock:
            await self._bounded(self._load(), LOAD_SECONDS)
            return bool(await self._bounded(self._show(notice), ANSWER_SECONDS))

    async def withdraw(self, keys: Sequence[str]) -> None:
        """Take notices away."""
        async with self._lock:
            await self._bounded(self._withdraw([key for key in keys if key in self._keys]), ANSWER_SECONDS)

    async def permission(self, *, ask: bool) -> Permission:
        """Return whether the system lets notices through."""
        async with self._lock:
            await self._bounded(self._load(), LOAD_SECONDS)
            await self._bounded(self._found(), ANSWER_SECONDS)
        allowed = await self._bounded(self._allowed(ask=ask), ASK_SECONDS if ask else ANSWER_SECONDS)
        if allowed is None:
            return "unavailable"
        return "granted" if allowed else "denied"

    async def close(self) -> None:
        """Take all notices away and let go of the service."""
        async with self._lock:
            self._closed = True
            await self._bounded(self._withdraw(sorted(self._keys)), CLOSE_SECONDS)
            self._let_go()
        await self._tasks.close()
        self._stack.close()

    # -- with the lock held, but for the question, which may take its time

    async def _bounded(self, work: Coroutine[Any, Any, bool | None], seconds: float) -> bool | None:
        """Await ``work``; what fails lets go of the service, so that the next attempt begins anew."""
        if time.monotonic() < self._rest_until:
            work.close()
            return None
        try:
            async with asyncio.timeout(seconds):
                return await work
        except TimeoutError:
            self._reasons.last = f"no answer within {seconds:g} s"
            self._rest_until = time.monotonic() + REST_SECONDS
        except Exception as error:  # noqa: BLE001 (libraries of three systems, whose errors have no common base)
            self._reasons.last = f"{type(error).__name__}: {error}"
        log.info("the system's notification service cannot be used: %s", self._reasons.last)
        self._let_go()
        return None

    async def _show(self, notice: Notice) -> bool:
        backend = await self._reach()
        if backend is None:
            return False
        if notice.key in self._keys and not (self._abilities is not None and self._abilities.replaces):
            await self._withdraw([notice.key])
        told: list[bool] = []
        await backend.send(self._make(notice, lambda: told.append(True)))
        if not told:  # the library says so in its log alone
            log.info("the system's notification service took nothing: %s", self._reasons.last)
            self._let_go()
            return False
        self._keys.add(notice.key)
        return True

    async def _withdraw(self, keys: Sequence[str]) -> None:
        backend = self._backend
        if backend is None:
            return
        standing = set(await backend.get_current_notifications())
        for key in keys:
            self._keys.discard(key)
            if key in standing:
                await backend.clear(key)

    async def _load(self) -> None:
        """Import the library, once; the engine goes on meanwhile."""
        if not self._loaded:
            await asyncio.to_thread(importlib.import_module, f"{LIBRARY}.main")
            self._loaded = True

    async def _found(self) -> bool:
        return await self._reach() is not None

    async def _allowed(self, *, ask: bool) -> bool | None:
        backend = self._backend
        if backend is None:
            return None
        return await (backend.request_authorisation() if ask else backend.has_authorisation())

    async def _reach(self) -> "DesktopNotifierBackend | None":
        """Return the service, found and asked what it can; None where this system has none for us."""
        if self._backend is not None or self._closed:
            return self._backend
        backend = self._backend = self._choose()
        capabilities = {one.name for one in await backend.get_capabilities()}
        if "TITLE" not in capabilities:  # the library's stand-in, on a Mac without a signed bundle
            self._reasons.last = "there is no service for this program"
            self._backend = None
            return None
        self._attend(backend)
        self._markup = "body-markup" in await self._spoken(backend)
        self._abilities = Abilities(
            buttons="BUTTONS" in capabilities,
            sounds="SOUND" in capabilities,
            replaces=not sys.platform.startswith("linux"),
        )
        backend.on_clicked = self._on_clicked
        backend.on_button_pressed = self._on_pressed
        backend.on_dismissed = self._keys.discard
        return backend

    async def _spoken(self, backend: "DesktopNotifierBackend") -> set[str]:
        """Return what a service on the session bus says of itself: whether it reads ``<b>`` as bold, above all."""
        interface = getattr(backend, "interface", None)
        return set() if interface is None else set(await interface.call_get_capabilities())

    def _choose(self) -> "DesktopNotifierBackend":
        from desktop_notifier import Icon
        from desktop_notifier.main import get_backend_class

        for name in (f"{LIBRARY}.backends.base", f"{LIBRARY}.backends.dbus", f"{LIBRARY}.main"):
            logger = logging.getLogger(name)
            if self._reasons not in logger.filters:
                logger.addFilter(self._reasons)
                self._stack.callback(logger.removeFilter, self._reasons)
        if self._icon is None:
            image = resources.files("resources.icons").joinpath("app.png")
            self._icon = self._stack.enter_context(resources.as_file(image))
        return get_backend_class()(APP, Icon(path=self._icon))

    def _make(self, notice: Notice, dispatched: Any) -> Any:
        from desktop_notifier import DEFAULT_SOUND, Button, Notification, Sound, Urgency

        sounds = {"none": {}, "usual": USUAL_SOUNDS, "alert": ALERT_SOUNDS}[notice.sound]
        name = sounds.get(sys.platform)
        silent = notice.sound == "none"
        buttons = self._abilities is not None and self._abilities.buttons
        return Notification(
            title=notice.title,
            message=html.escape(notice.body, quote=False) if self._markup else notice.body,
            urgency=Urgency.Critical if notice.urgent else Urgency.Normal,
            buttons=tuple(Button(title=one.title, identifier=one.action) for one in notice.buttons) if buttons else (),
            sound=None if silent else Sound(name=name) if name else DEFAULT_SOUND,
            thread=notice.group or None,
            identifier=notice.key,
            on_dispatched=dispatched,
        )

    def _attend(self, backend: "DesktopNotifierBackend") -> None:
        """The bus ends with the session: then there is no service any more."""
        bus = getattr(backend, "bus", None)
        if bus is not None:
            self._tasks.run(self._until_gone(backend, bus.wait_for_disconnect()), "session bus")

    async def _until_gone(self, backend: "DesktopNotifierBackend", gone: Coroutine[Any, Any, None]) -> None:
        try:
            await gone
        except (OSError, EOFError):
            log.info("the session bus is gone")
        if self._backend is backend:
            self._let_go()

    def _let_go(self) -> None:
        bus = getattr(self._backend, "bus", None)
        if bus is not None and bus.connected:
            bus.disconnect()
        self._backend, self._abilities = None, None
        self._keys.clear()

    # -- from the service

    def _on_clicked(self, key: str) -> None:
        self._keys.discard(key)
        self._acted(key, OPEN)

    def _on_pressed(self, key: str, action: str) -> None:
        self._keys.discard(key)
        self._acted(key, action)
