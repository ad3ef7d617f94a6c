"""The built program: its size, start → window with data, worker spawn → registered, keepers of jobs.

Wants what ``python packaging/make_installers.py build`` makes. The figures are those of ``startup`` and ``jobs``,
measured by the same code, of the programs of the package.
"""

import tempfile
from pathlib import Path
from typing import Any

from tests.architecture.rules import ROOT
from tests.bench import jobs, startup
from tests.bench.figures import arguments, report, summary, throw_away_profile
from tests.frozen.bundles import PLACE, Bundle


def main() -> None:
    given = arguments(__doc__ or "", runs=5)
    bundle = Bundle(PLACE)
    if not Path(bundle.program).is_file():
        raise SystemExit("the program is not built: python packaging/make_installers.py build")
    startup.SERVE = [bundle.program, "serve"]
    startup.WINDOW = [bundle.program, "demo", "--offscreen", "--seconds", "1"]
    jobs.keeper_command = lambda mode: [bundle.keeper, mode]
    startup._window()  # the first start after a build reads it all from the disk
    empty: list[float] = []
    spawned: list[float] = []
    for _ in range(given.runs):
        with throw_away_profile() as profile:
            empty.append(startup._headless(profile, spawned))
    figures: dict[str, Any] = {
        **_sizes(bundle.folder),
        "desktop start → window with data, offscreen (ms)": summary([startup._window() for _ in range(given.runs)]),
        "headless start → /health, empty profile (ms)": summary(empty),
        "worker spawn → registered (ms)": summary(spawned),
    }
    with tempfile.TemporaryDirectory(prefix="watchkeeper-bench-") as folder:
        figures |= jobs._keepers(Path(folder))
    report(figures, given.json)


def _sizes(folder: Path) -> dict[str, Any]:
    packed = [path for path in sorted(ROOT.glob("dist/[Ww]atch*.*")) if path.suffix != ".json"]
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    return {
        "size (MB)": round(sum(path.stat().st_size for path in files) / 1e6, 1),
        "packed (MB)": {path.name: round(path.stat().st_size / 1e6, 1) for path in packed},
        "files": len(files),
    }


if __name__ == "__main__":
    main()
