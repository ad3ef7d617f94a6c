"""Pictures of the window: those of the README, taken from the real demo, and the comparison of all scenes.

``python -m tests.pictures`` makes the README's; ``--check`` compares every page, section of settings and dialog in
both languages and both schemes with what is kept; ``--accept`` keeps what is there now. Names of scenes narrow both.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.pictures.demos import make_all
from tests.pictures.parts import ENVIRONMENT, PARTS

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 2


def run_parts(what: str, out: Path, only: list[str]) -> int:
    """Do all parts, a process each; return 0 when none refused anything."""

    def one(part: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.pictures.parts", what, part, str(out), *only]
        return subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | ENVIRONMENT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(one, PARTS))
    for result in results:
        print(result.stdout, end="")
        print(result.stderr, end="", file=sys.stderr)
    return 1 if any(result.returncode for result in results) else 0


def main(arguments: list[str] | None = None) -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(
        "tests.pictures", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="compare all scenes with what is kept")
    what.add_argument("--accept", action="store_true", help="keep the scenes as they are now")
    parser.add_argument("--out", type=Path, help="folder for what is refused (default: a new one)")
    parser.add_argument(
        "--seconds", type=float, default=150, help="how long the demo runs before the README's pictures"
    )
    parser.add_argument("scenes", nargs="*", help="such as accounts, settings-general, dialog-rule; all without any")
    options = parser.parse_args(arguments)
    if options.accept:
        return run_parts("accept", Path(), options.scenes)
    if options.check:
        out = options.out or Path(tempfile.mkdtemp(prefix="watchkeeper-pictures-"))
        code = run_parts("check", out, options.scenes)
        print("the pictures are as they were" if not code else f"new pictures, references and differences: {out}")
        return code
    return make_all(ROOT / ".github" / "images", options.seconds)


if __name__ == "__main__":
    sys.exit(main())
