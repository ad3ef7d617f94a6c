"""The ``watchkeeper`` command: looks at argv and hands on.

One code base is desktop, master, command line, worker and keeper of jobs; each is imported only when it is chosen, so
that a worker never pays for Qt and ``--help`` never pays for anything.
"""

import gc
import multiprocessing
import os
import sys
from collections.abc import Sequence
from typing import Any, Final

from worker.programs import release_environment

WINDOW_LIBRARIES: Final = frozenset({"PySide6", "shiboken6", "qasync"})
NO_WINDOW: Final = (
    "The window's libraries are not installed, or cannot be loaded. Install Watchkeeper with all that it depends on, "
    "or run `watchkeeper serve`, which needs none of them."
)


def launch(*, command: str, offscreen: bool = False, **options: Any) -> int:
    """Open the desktop and return its exit code. What the machine lacks is told in one sentence, with exit 1.

    ``options`` are those of ``desktop.app.DesktopOptions``, as the command line gives them.
    """
    from desktop import checks

    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    for problem in (checks.display_problem(), checks.library_problem()):
        if problem is not None:
            print(f"watchkeeper: {problem}", file=sys.stderr)  # noqa: T201
            return 1
    # What is imported stays: looking for garbage among it, again and again, is a sixth of the time to the window.
    gc.disable()
    try:
        from desktop.app import run
        from desktop.options import DesktopOptions
    except ImportError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in WINDOW_LIBRARIES and ".so" not in str(error):
            raise
        print(f"watchkeeper: {NO_WINDOW} ({error})", file=sys.stderr)  # noqa: T201
        return 1
    finally:
        gc.freeze()
        gc.enable()
    return run(DesktopOptions(demo=command == "demo", offscreen=offscreen, **options))


def machine_checks() -> Sequence[Any]:
    """What the window needs of the machine, for ``doctor``."""
    from desktop import checks

    return checks.check_machine()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (default: the process's own) and return the exit code."""
    multiprocessing.freeze_support()
    release_environment()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["worker"]:
        from worker.__main__ import main as worker_main

        return worker_main(arguments[1:])
    if arguments[:1] == ["plugin"] and (arguments[1:2] == ["new"] or not set(arguments[1:]) - {"-h", "--help"}):
        from worker.__main__ import main as plugin_main

        return plugin_main(["new-platform", *(arguments[2:] if arguments[1:2] == ["new"] else ["--help"])])
    if arguments[:1] == ["shim"]:
        from worker.shim.__main__ import main as shim_main

        return shim_main(arguments[1:])
    from master.cli.main import run

    return run(arguments, desktop=launch, extra_checks=[machine_checks])


if __name__ == "__main__":
    sys.exit(main())
