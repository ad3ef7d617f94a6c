"""The steps of a test, for people."""

from collections.abc import Sequence

from master.cli.output import one_line
from worker.protocol.account_messages import TestStep
from worker.protocol.texts import Text


def print_steps(steps: Sequence[TestStep], error: Text | None) -> None:
    """Print them, and what went wrong otherwise."""
    for step in steps:
        mark = "✗" if step.error else "✓"
        why = f": {one_line(step.error.message)}" if step.error else ""
        print(f"{mark} {step.name.message} ({step.milliseconds} ms){why}")
    if error is not None and not any(step.error == error for step in steps):
        print(f"✗ {one_line(error.message)}")
