"""Twenty faults and more while jobs run: no byte missing, every exit true, none run twice, nothing left behind."""

import os
import secrets
import sys

import pytest

from tests.chaos.jobs import run

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.real_server,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="finds the processes of a job by /proc"),
]
FAULTS = 20


async def test_jobs_outlive_their_worker_and_their_master(tmp_path):
    seed = int(os.environ.get("CHAOS_SEED") or secrets.randbelow(1_000_000))
    lines = [f"seed {seed}: CHAOS_SEED={seed} runs it again"]
    result = await run(FAULTS, seed, tmp_path, lines.append)
    assert not result["failures"], "\n".join([*lines, *result["failures"]])
    assert sum(result["faults"].values()) >= FAULTS
    assert result["cancelled"] > 0
    assert all(figures["p99"] < 5000 for figures in result["ms until live output goes on"].values())
