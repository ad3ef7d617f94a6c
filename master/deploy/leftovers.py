"""Processes that a master before this one left behind."""

import contextlib
from typing import Final

import psutil

from master.deploy.trees import same_session

CREATED_SLACK_MS: Final = 1000
"""Systems tell the creation of a process with a grain, and shift it a little when their clock is corrected."""
END_SECONDS: Final = 3.0


def end_leftover(pid: int, created_ms: int) -> bool:
    """Kill the process and what it started, and wait until they have ended. Blocks.

    False when no process has this id and creation time: it ended, or the id is somebody else's by now.
    """
    try:
        process = psutil.Process(pid)
        if abs(process.create_time() * 1000 - created_ms) > CREATED_SLACK_MS:
            return False
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        tree = [process, *(child for child in process.children(recursive=True) if same_session(child.pid, pid))]
    except psutil.Error:
        return False
    for one in tree:
        with contextlib.suppress(psutil.Error):
            one.kill()
    psutil.wait_procs(tree, timeout=END_SECONDS)
    return True
