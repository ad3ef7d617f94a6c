"""The ``watchkeeper`` command: looks at argv and hands on.

One code base is desktop, master, command line and worker; each is imported only when it is chosen, so that a worker
never pays for Qt and ``--help`` never pays for anything.
"""

import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path


def launch(  # the keywords are those of the command line
    *,
    command: str,
    profile: Path,
    host: str,
    port: int,
    port_explicit: bool,
    log_level: str,
    vault: str,
    passphrase_file: Path | None = None,
    minimized: bool = False,
    connect: str | None = None,
    token_file: Path | None = None,
    offscreen: bool = False,
    seconds: float | None = None,
    screenshot: Path | None = None,
) -> int:
    """Open the desktop and return its exit code. What the machine lacks is told in one sentence, with exit 1."""
    from desktop import checks

    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    for problem in (checks.display_problem(), checks.library_problem()):
        if problem is not None:
            print(f"watchkeeper: {problem}", file=sys.stderr)  # noqa: T201
            return 1
    try:
        from desktop import app
    except ImportError as error:
        if "PySide6" not in str(error) and ".so" not in str(error):
            raise
        print(f"watchkeeper: the window needs PySide6, which cannot be loaded: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return app.run(
        app.DesktopOptions(
            demo=command == "demo",
            profile=profile,
            host=host,
            port=port,
            port_explicit=port_explicit,
            log_level=log_level,
            vault=vault,
            passphrase_file=passphrase_file,
            minimized=minimized,
            connect=connect,
            token_file=token_file,
            offscreen=offscreen,
            seconds=seconds,
            screenshot=screenshot,
        )
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (default: the process's own) and return the exit code."""
    multiprocessing.freeze_support()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["worker"]:
        from worker.__main__ import main as worker_main

        return worker_main(arguments[1:])
    from master.cli.main import run

    return run(arguments, desktop=launch)


if __name__ == "__main__":
    sys.exit(main())
