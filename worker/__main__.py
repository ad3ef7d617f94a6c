"""The worker's command line: ``--connect URL`` runs one, ``--describe`` prints what it can do, ``new-platform ID``
makes a plug-in.

Exit codes: 0 stopped in order, 1 failed, 2 wrong usage, 10 token refused, 11 protocol refused.

A worker that the master refuses says so in one sentence on stderr. A token that is not valid ends it with 10; with
``--token-file`` it reads the file again and asks every 10 s, for somebody may renew it. While another process has
joined under its id, or while its worker is switched off, it asks every 2 s. That the master is away ends it
never: it asks after 0.5 s, then more and more rarely, every 10 s at the longest.
"""

import argparse
import contextlib
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

if TYPE_CHECKING:
    import asyncio

    from worker.runtime.app import Worker

USAGE: Final = 2
SIGNAL_SECONDS: Final = 10.0
LIFELINE_SECONDS: Final = 0.8
"""So long the worker may take to end in order when whoever started it is gone."""
LAST_SECONDS: Final = 0.5
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
STDIN: Final = 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run a worker, or describe it. Return the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["run-runner"]:
        from worker.runtime.runner_processes import run_runner

        return run_runner(arguments[1:])
    if arguments[:1] == ["new-platform"]:
        return _new_platform(arguments[1:])
    parser = _parser()
    try:
        options = parser.parse_args(arguments)
        if options.describe:
            return _describe(options.demo, options.load)
        _demand_usable(parser, options)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else USAGE
    if options.lifeline and not _tied():
        return _refuse("whoever started this worker is gone")
    read = _token_source(options.token_file)
    try:
        token = read()
    except (OSError, UnicodeDecodeError) as error:
        return _refuse(f"the token cannot be read: {error}")
    if not token:
        return _refuse("no token: give it as the first line of stdin, or with --token-file")
    # The first answer is read here; a token from a file is read anew before every later attempt.
    return _run(options, read if options.token_file is not None else lambda: token)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="watchkeeper worker",
        allow_abbrev=False,
        epilog="Exit codes: 0 stopped in order, 1 failed, 2 wrong usage, 10 token refused (with --token-file it asks "
        "again every 10 s instead), 11 protocol refused. A token is made where the master is: watchkeeper token create "
        "--name NAME --scope worker --worker ID.",
    )
    parser.add_argument("--connect", metavar="URL", help="address of the master")
    parser.add_argument("--id", dest="worker_id", metavar="ID", help="the worker's id; its token belongs to it")
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="its first line is the token (default: stdin)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the ledger")
    parser.add_argument("--jobs", type=Path, metavar="DIR", help="folder of the jobs, one for all workers of a machine")
    parser.add_argument("--lifeline", action="store_true", help="end when stdin ends")
    parser.add_argument("--demo", action="store_true", help="offer the platforms of the demo too")
    parser.add_argument("--log-level", default="info", choices=["debug", "info", "warning", "error"])
    parser.add_argument("--describe", action="store_true", help="print all manifests as JSON and exit")
    parser.add_argument("--load", action="store_true", help="with --describe: load all code too; exit 1 where it fails")
    return parser


def _demand_usable(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Exit with a sentence about the first thing that is wrong."""
    if not options.connect:
        parser.error("--connect URL says where the master is")
    if not options.worker_id:
        parser.error("--id ID says which worker this is; the token belongs to that id")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", options.worker_id):
        parser.error("--id has 1 to 64 letters, digits, dots, dashes and underscores, a letter or digit first")
    url = urlsplit(options.connect)
    if url.scheme not in ("http", "https") or not url.hostname:
        parser.error(f"--connect takes an address like http://127.0.0.1:3000, not {options.connect!r}")
    if url.scheme == "http" and url.hostname not in LOOPBACK:
        parser.error(
            "an unencrypted connection beyond this machine would show the token and every credential to the network; "
            f"use https, or a tunnel: ssh -L {url.port or 3000}:127.0.0.1:{url.port or 3000} {url.hostname}"
        )
    if options.data is None:
        options.data = Path.home() / ".watchkeeper" / "workers" / options.worker_id
    if options.jobs is None:
        options.jobs = options.data / "jobs"


def _new_platform(arguments: Sequence[str]) -> int:
    from worker.sdk.scaffolds import ScaffoldError, make_platform

    parser = argparse.ArgumentParser(
        prog="watchkeeper plugin new", description="Make a platform of your own: a plug-in that works, with its tests."
    )
    parser.add_argument("id", metavar="ID", help="small letters, digits and underscores, such as weather")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where to (default: watchkeeper-ID here)")
    try:
        options = parser.parse_args(arguments)
        made = make_platform(options.id, options.folder)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else USAGE
    except ScaffoldError as error:
        print(f"watchkeeper plugin new: {error}", file=sys.stderr)  # noqa: T201 (a sentence for the shell)
        return USAGE
    print(f"Made {made}. Its README says how to install and test it.")  # noqa: T201 (a sentence for the shell)
    return 0


def _describe(demo: bool, load: bool) -> int:
    # Nothing but manifests is read, unless asked for: this runs while somebody waits for the first window.
    from worker.runtime.registry import find

    registry = find(demo)
    catalog = registry.catalog()
    if load:
        from worker.runtime.loadings import broken_code

        catalog = msgspec.structs.replace(catalog, broken=[*catalog.broken, *broken_code(registry)])
    sys.stdout.buffer.write(msgspec.json.encode(catalog) + b"\n")
    sys.stdout.flush()
    return 1 if load and catalog.broken else 0


def _run(options: argparse.Namespace, token: Callable[[], str]) -> int:
    import asyncio

    from worker.runtime import app, logs
    from worker.runtime.redactions import Redactor

    redactor = Redactor()
    redactor.hold(token())
    handler = logs.set_up(options.worker_id, options.log_level, redactor)
    ended = threading.Event()

    async def work() -> int:
        worker = app.Worker(
            app.Options(
                url=options.connect,
                worker_id=options.worker_id,
                data_dir=options.data.resolve(),
                jobs_dir=options.jobs.resolve(),
                demo=options.demo,
                keep_asking=options.token_file is not None and not options.lifeline,
                says_goodbye=not options.lifeline,
            ),
            token,
            handler,
            redactor,
            # Whoever holds a lifeline reads the log instead.
            (lambda _sentence: None) if options.lifeline else _say,
        )
        loop = asyncio.get_running_loop()
        _stop_on_signals(loop, worker)
        if options.lifeline:
            _stop_with_stdin(loop, worker, ended)
        code = await worker.run()
        _end_for_certain(code)
        return code

    with asyncio.Runner() as runner:
        code = runner.run(work())
    ended.set()
    return code


def _end_for_certain(code: int) -> None:
    """All is done; should a plug-in's task refuse to be cancelled, the process ends without it."""
    timer = threading.Timer(LAST_SECONDS, os._exit, (code,))
    timer.daemon = True
    timer.start()


def _tied() -> bool:
    """Tie this process to its starter, and what it starts to itself. False: the starter is gone already."""
    from worker.runtime import lifelines

    lifelines.tie_children()
    return lifelines.tie_to_starter()


def _token_source(path: Path | None) -> Callable[[], str]:
    if path is not None:
        return lambda: next(iter(path.read_text(encoding="utf-8").splitlines()), "").strip()
    return lambda: _read_line().decode("utf-8").strip()


def _read_line() -> bytes:
    """Read one line of stdin by its descriptor: a buffered reader would be locked when the process ends."""
    line = bytearray()
    while len(line) < 4096 and (byte := os.read(STDIN, 1)) not in (b"", b"\n"):
        line += byte
    return bytes(line)


def _stop_on_signals(loop: "asyncio.AbstractEventLoop", worker: "Worker") -> None:
    """The first signal stops in order, a second one by force."""
    if threading.current_thread() is not threading.main_thread():
        return
    told: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if told:
            os._exit(128 + number)
        told.append(number)
        loop.call_soon_threadsafe(worker.stop, SIGNAL_SECONDS, signal.Signals(number).name)

    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), on_signal)


def _stop_with_stdin(loop: "asyncio.AbstractEventLoop", worker: "Worker", ended: threading.Event) -> None:
    """End with whoever started us: its end of the pipe is closed by the system, however it dies."""

    def watch() -> None:
        try:
            while os.read(STDIN, 4096):
                pass
        except OSError:
            pass
        try:
            loop.call_soon_threadsafe(worker.stop, LIFELINE_SECONDS, "whoever started this worker is gone")
        except RuntimeError:
            return  # it ends already
        if not ended.wait(LIFELINE_SECONDS):
            os._exit(0)

    threading.Thread(target=watch, name="worker-lifeline", daemon=True).start()


def _refuse(sentence: str) -> int:
    _say(sentence)
    return USAGE


def _say(sentence: str) -> None:
    """Say a sentence to whoever started this worker; when nobody reads it any more, the work goes on."""
    with contextlib.suppress(OSError, ValueError):
        print(f"watchkeeper worker: {sentence}", file=sys.stderr, flush=True)  # noqa: T201 (a sentence for the shell)


if __name__ == "__main__":
    sys.exit(main())
