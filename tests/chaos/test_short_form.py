"""Twenty faults and more against a real master and four real workers: nothing lost, nothing twice, one owner each."""

import os
import secrets
import sys

import pytest

from tests.chaos.__main__ import table
from tests.chaos.runs import Shape, run

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.real_server,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="tells workers apart by /proc, and stops them by signals"),
]
FAULTS = 20


async def test_faults_lose_nothing_and_leave_one_owner_each(tmp_path):
    seed = int(os.environ.get("CHAOS_SEED") or secrets.randbelow(1_000_000))
    lines = [f"seed {seed}: CHAOS_SEED={seed} runs it again"]
    result = await run(Shape(seed, FAULTS, accounts=60, rate=20.0), tmp_path, lines.append)
    assert not result["failures"], "\n".join([*lines, table(result)])
    assert sum(result["faults"].values()) >= FAULTS
