"""Any command that prints what it found: the way to watch what no platform here can.

It gets one JSON object on stdin, ``{"cursor": …, "credentials": {…}, "probe": false}``, and prints one a line. Its exit
code says how it went: 0 well, 75 try again later, 77 the sign-in was refused.
"""

import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from worker.sdk.errors import AuthFailed, InvalidConfig, TemporaryFailure
from worker.sdk.platform import Context, Platform, Poll, Probe, Text, text
from worker.sdk.programs import permitted

from .lines import KINDS, LineError, Printed, read
from .processes import MAX_OUTPUT, Ran, environment, run, sweep
from .texts import say

EX_TEMPFAIL: Final = 75
EX_NOPERM: Final = 77
LOOK_SECONDS: Final = 10.0
MAX_DETAIL: Final = 500
CURSOR: Final = "{cursor}"


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What we keep for the command: the cursor that it printed."""

    cursor: Any = None


class Adapter(Platform):
    """One command. A run counts as a whole or not at all."""

    kinds = KINDS

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._command = str(context.settings.get("command") or "").strip()
        self._name = Path(self._command).name

    async def probe(self) -> Probe:
        async with self.context.step("step_connect"):
            program, directory = await self._look()
        async with self.context.step("step_first_check"):
            await self._run(program, directory, None, probe=True)
        return Probe(identity=self._command)

    async def poll(self, cursor: str | None) -> Poll:
        kept = _kept(cursor)
        program, directory = await self._look()
        printed = await self._run(program, directory, kept.cursor, probe=False)
        after = kept if printed.cursor is msgspec.UNSET else _Kept(cursor=printed.cursor)
        words = msgspec.json.encode(after).decode()
        return Poll(items=printed.items, cursor=words if words != cursor else None)

    async def _look(self) -> tuple[str, Path]:
        """Return the program and where it is to run. Raises ``InvalidConfig`` that names the field."""
        return await self.context.run_blocking(self._look_now, LOOK_SECONDS)

    def _look_now(self) -> tuple[str, Path]:
        path = Path(self._command)
        found = None
        if "\x00" not in self._command and (path.is_absolute() or path.name == self._command):
            found = shutil.which(self._command, path=environment(os.environ, "").get("PATH"))
        if found is None:
            if path.is_absolute() and path.is_file():
                raise _refused("command", text("job_permission", command=self._command, detail="not executable"))
            raise _refused("command", text("job_command_not_found", command=self._command[:200], detail="not found"))
        if self.context.commands is not None:
            # A plain name might find another one by the time it is started.
            found = permitted(self._command, self.context.commands)
            if found is None:
                raise _refused("command", say("script_not_allowed", command=self._command[:200]))
        if sys.platform == "win32" and found.lower().endswith((".bat", ".cmd")):
            raise _refused("command", say("script_shell"))
        given = str(self.context.settings.get("directory") or "")
        directory = Path(given) if given else Path.home()
        if "\x00" in given or not directory.is_dir():
            raise _refused("directory", text("job_directory_missing", path=given[:200], detail="no directory"))
        return found, directory

    async def _run(self, program: str, directory: Path, cursor: Any, probe: bool) -> Printed:
        document = (await self.context.secret()).reveal()
        told = cursor if isinstance(cursor, str) else "" if cursor is None else msgspec.json.encode(cursor).decode()
        args = [str(arg).replace(CURSOR, told) for arg in self.context.settings.get("args") or []]
        if any("\x00" in arg for arg in args):
            raise _refused("args", text("field_wrong", detail="\\0"))
        given = msgspec.json.encode({"cursor": cursor, "credentials": document, "probe": probe}) + b"\n"
        seconds = float(self.context.settings.get("seconds") or 30)
        marker = uuid.uuid4().hex
        try:
            ran = await run([program, *args], given, directory, marker, seconds)
        except TimeoutError as error:
            await self._sweep(marker)
            slow = say("script_slow", command=self._name, seconds=round(seconds))
            raise TemporaryFailure(slow, {"command": slow}) from error
        except OSError as error:
            detail = error.strerror or str(error)
            words = text("job_start_failed", command=self._name, detail=detail)
            raise _refused("command", words) from error
        if ran.flooded or ran.held:
            await self._sweep(marker)
        self._check(ran, document)
        try:
            return await self.context.run_blocking(lambda: read(ran.output), LOOK_SECONDS)
        except LineError as error:
            detail = _blotted(error.detail, document)
            raise _refused(
                "command", say("script_line", number=error.number, command=self._name, detail=detail)
            ) from error

    async def _sweep(self, marker: str) -> None:
        await self.context.run_blocking(lambda: sweep(marker), LOOK_SECONDS)

    def _check(self, ran: Ran, document: dict[str, Any]) -> None:
        """Raise what an end that is not well means."""
        if ran.flooded:
            raise _refused("command", say("script_flood", command=self._name, limit_mb=MAX_OUTPUT // 1024 // 1024))
        if ran.code == 0:
            return
        detail = _blotted(ran.complaint, document)[-MAX_DETAIL:] or "–"
        if ran.code == EX_TEMPFAIL:
            raise TemporaryFailure(say("script_temporary", command=self._name, detail=detail))
        if ran.code == EX_NOPERM:
            reason = say("script_auth", command=self._name, detail=detail)
            raise AuthFailed(reason, {"username": reason, "password": reason})
        reason = say("script_failed", command=self._name, code=ran.code, detail=detail)
        raise TemporaryFailure(reason, {"command": reason})


def _kept(cursor: str | None) -> _Kept:
    """Return what a cursor holds; one that is not ours holds nothing."""
    try:
        return msgspec.json.decode(cursor, type=_Kept) if cursor is not None else _Kept()
    except msgspec.MsgspecError:
        return _Kept()


def _blotted(words: str, document: Any) -> str:
    """Return what a command complains of without the secrets that it was given."""
    for secret in sorted(_secrets(document), key=len, reverse=True):
        words = words.replace(secret, "…")
    return words


def _secrets(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for value in document.values():
            yield from _secrets(value)
    elif len(words := str(document)) > 2:
        yield words
        yield msgspec.json.encode(words).decode()[1:-1]


def _refused(field: str, reason: Text) -> InvalidConfig:
    return InvalidConfig(reason, {field: reason})
