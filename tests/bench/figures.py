"""What every bench shares: percentiles, printing, throw-away masters."""

import argparse
import json
import math
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def summary(values: Sequence[float]) -> dict[str, float]:
    """Return count, median, p95, p99 and maximum."""
    return {
        "count": len(values),
        "p50": round(percentile(values, 50), 2),
        "p95": round(percentile(values, 95), 2),
        "p99": round(percentile(values, 99), 2),
        "max": round(max(values), 2),
    }


def arguments(description: str, runs: int) -> argparse.Namespace:
    """Parse ``--runs`` and ``--json``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--runs", type=int, default=runs)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def report(figures: dict[str, Any], as_json: bool) -> None:
    """Print the figures, a line each or as JSON."""
    if as_json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        shown = ", ".join(f"{key} {part}" for key, part in value.items()) if isinstance(value, dict) else value
        print(f"{name}: {shown}")


@contextmanager
def throw_away_profile() -> Iterator[Path]:
    """A profile folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="watchkeeper-bench-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "profile"


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
