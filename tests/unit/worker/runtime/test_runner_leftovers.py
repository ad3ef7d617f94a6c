"""What the runner of a killed run still does."""

import asyncio

import pytest

from tests.helpers.executions import request, runner
from worker.protocol.job_messages import RunJob
from worker.runtime import runner_leftovers
from worker.runtime.runner_leftovers import clean_up
from worker.sdk.runner import Command, Runner

COMMAND = RunJob(job_id="j1", run=1, runner="x", spec={})


class Plain(Runner):
    def parse(self, request):
        return Command(python=True)


class Tidy(Plain):
    seen = None

    async def clean_up(self, execution):
        self.seen = execution
        execution.write(b"cleared")


class Broken(Plain):
    async def clean_up(self, execution):
        raise ValueError("by mistake")


class Slow(Plain):
    async def clean_up(self, execution):
        await asyncio.sleep(60)


class Runners:
    def __init__(self, made):
        self.made = made

    def create(self, name):
        return self.made

    def request(self, command):
        assert not type(self.made).__name__.startswith("Plain"), "nobody asked"
        return request(runner("http"), command.spec)


async def test_it_gets_the_run_without_its_secret(tmp_path):
    tidy = Tidy(runner("http").manifest)
    await clean_up(Runners(tidy), COMMAND, tmp_path)
    assert tidy.seen.folder == tmp_path
    assert tidy.seen.stopping.is_set()
    assert not tidy.seen.secret


async def test_most_have_nothing_to_do(tmp_path):
    await clean_up(Runners(Plain(runner("http").manifest)), COMMAND, tmp_path)


@pytest.mark.expects_log("could not be cleared away")
@pytest.mark.parametrize("kind", [Broken, Slow])
async def test_a_fault_of_it_is_told_and_changes_nothing(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(runner_leftovers, "CLEAN_SECONDS", 0.05)
    await clean_up(Runners(kind(runner("http").manifest)), COMMAND, tmp_path)
