"""Workers that are started elsewhere, as the master's deployments see them."""

import asyncio
from pathlib import Path

import pytest

from master.deploy.base import Exit, Handle, Launch, StartFailedError, WorkerBackend
from master.deploy.deployments import Deployments
from master.deploy.external import ExternalBackend, ExternalHandle, Joined


def launch(worker_id: str) -> Launch:
    return Launch(worker_id=worker_id, url="http://x", token="t", data_dir=Path())


class Cuts:
    def __init__(self, remaining: float = 0.0) -> None:
        self.count = 0
        self.remaining = remaining
        self.handle = ExternalHandle(Joined(7, "box", "i"), cut=self.cut, remaining=lambda: self.remaining)

    def cut(self) -> None:
        self.count += 1


async def test_it_ends_when_it_says_so() -> None:
    cuts = Cuts()
    cuts.handle.left()
    cuts.handle.left()
    cuts.handle.kill_tree()
    assert await cuts.handle.wait() == Exit(code=0)
    assert (cuts.handle.pid, cuts.handle.foreign, cuts.handle.rss_bytes()) == (7, True, None)


async def test_one_that_is_parted_with_has_ended_when_it_surely_begins_nothing_more() -> None:
    cuts = Cuts(remaining=0.05)
    began = asyncio.get_running_loop().time()
    cuts.handle.kill_tree()
    cuts.handle.terminate()
    cuts.handle.close_stdin()
    assert await cuts.handle.wait() == Exit()
    assert asyncio.get_running_loop().time() - began >= 0.04
    assert cuts.count == 2


async def test_goodbye_is_heard_while_it_is_waited_for() -> None:
    cuts = Cuts(remaining=3600)
    cuts.handle.kill_tree()
    cuts.handle.left()
    assert await cuts.handle.wait() == Exit(code=0)


class Here(WorkerBackend):
    async def start(self, launch: Launch) -> Handle:
        return Cuts().handle

    async def end_leftover(self, pid: int, created_ms: int) -> bool:
        return pid == 5


async def test_every_worker_is_run_by_its_deployment() -> None:
    kinds = {"a": "local", "b": "external", "c": "moon"}
    deployments = Deployments({"external": ExternalBackend(), "local": Here()}, kinds.get)
    assert (await deployments.start(launch("a"))).pid == 7
    for name in ("b", "c", "nobody"):
        with pytest.raises(StartFailedError):
            await deployments.start(launch(name))
    assert await deployments.end_leftover(5, 0)
    assert not await deployments.end_leftover(6, 0)
