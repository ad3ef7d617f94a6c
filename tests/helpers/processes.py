"""Processes of tests: whole trees, direct children, and ends that are certain."""

import os
import sys
from pathlib import Path

import psutil

from tests.helpers.deadlines import PATIENCE_SECONDS, wait_until


def alive(pid: int) -> bool:
    """The process runs; a zombie has ended."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def tree(pid: int) -> list[psutil.Process]:
    """Return the process ``pid`` and all below it, the process itself first; empty when it has ended."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def kill_tree(pid: int, seconds: float = PATIENCE_SECONDS) -> None:
    """Kill ``pid`` and all below it, and wait until they have ended (a zombie has)."""
    processes = tree(pid)
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    wait_until(lambda: not any(alive(process.pid) for process in processes), seconds, f"the end of {processes}")


def child_pids() -> set[int]:
    """Return the direct children of this process. On Linux it reads one small file a thread, else it asks psutil."""
    if sys.platform != "linux":
        return {child.pid for child in psutil.Process().children()}
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        try:
            found.update(map(int, (task / "children").read_text().split()))
        except FileNotFoundError:
            if not (Path("/proc/self/task") / str(os.getpid()) / "children").exists():
                return {child.pid for child in psutil.Process().children()}
    return found
