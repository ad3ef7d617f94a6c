"""The long form: ``python -m tests.chaos --faults 300 --seed N``. Prints a table; ``--json`` the whole result."""

import argparse
import asyncio
import json
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.chaos.runs import Shape, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--faults", type=int, default=300)
    parser.add_argument("--seed", type=int, default=None, help="rerun this plan (default: any)")
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--rate", type=float, default=10.0, help="entries a second over all feeds")
    parser.add_argument("--keep", type=Path, default=None, help="folder for the logs (default: thrown away)")
    parser.add_argument("--json", type=Path, default=None, help="file for the whole result")
    given = parser.parse_args()
    seed = secrets.randbelow(1_000_000) if given.seed is None else given.seed
    shape = Shape(seed, given.faults, accounts=given.accounts, workers=given.workers, rate=given.rate)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="watchkeeper-chaos-", ignore_cleanup_errors=True) as folder:
        place = given.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        with asyncio.Runner() as runner:
            result = runner.run(run(shape, place, lambda line: print(line, flush=True)))
    if given.json:
        given.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(table(result))
    return 1 if result["failures"] else 0


def table(result: dict[str, Any]) -> str:
    """Return the result as lines for people."""
    items, owners = result["items"], result["owners"]
    stop, judged = result["stop"], owners["requests judged"]
    twice = f"stored twice {len(items['stored twice'])}, told twice {items['told twice']}"
    beside = f"beside another owner {len(owners['two owners'])}, in flight at a fault {owners['in flight at a fault']}"
    late = f"late claims refused {result['late claims refused']}, orphans {len(result['orphans'])}"
    lines = [
        f"{sum(result['faults'].values())} faults {result['faults']} in {result['seconds']} s {result['left out']}",
        f"items published {items['published']}, lost {len(items['lost'])}, {twice}",
        f"notifications shown twice {len(result['shown twice'])}",
        f"checks judged {judged}, {beside}, unjudged {owners['unjudged']}, asker unknown {owners['unknown asker']}",
        f"{late}, stopped in {stop['seconds']} s with {stop['code']}",
        "ms from the fault to another owner, and to its first check: p50 / p99 / max",
        f"{'fault':10}{'faults':>7}{'accounts':>9}{'kept':>6}{'owner':>22}{'check':>22}",
    ]
    for kind, row in result["gaps ms"].items():
        spans = [" / ".join(map(str, row[what].values())) or "-" for what in ("without owner", "without check")]
        counts = f"{row['faults']:7}{row['accounts']:9}{row['kept']:6}"
        lines.append(f"{kind:10}{counts}{spans[0]:>22}{spans[1]:>22}")
    seed, faults = result["shape"]["seed"], result["shape"]["faults"]
    again = f"again: python -m tests.chaos --faults {faults} --seed {seed}"
    return "\n".join([*lines, *(f"FAILED: {reason}" for reason in result["failures"]), again])


if __name__ == "__main__":
    sys.exit(main())
