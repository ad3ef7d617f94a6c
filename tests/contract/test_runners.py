"""What every runner keeps to: a manifest that draws a dialog, errors with a field, a run under a keeper.

A runner is added by one folder; to be tested here it needs one :class:`Case` beside the others.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.deadlines import until
from tests.helpers.job_parts import job_parts
from worker.protocol.job_messages import JobPolicy, LimitJob, RunJob
from worker.protocol.states import JobReason
from worker.runtime.registry import find
from worker.runtime.runners import Runners
from worker.sdk.runner import RunnerError

RUNNERS = find(demo=True)


@dataclass
class Case:
    """Values that a runner takes, and one that it refuses by name of its field."""

    spec: dict[str, Any]
    wrong: dict[str, Any] = field(default_factory=dict)


CASES = {
    "command": Case({"command": "true"}, {"args": ["a\0b"]}),
    "script": Case({"language": "shell", "code": "true"}, {"interpreter": "/no/such"}),
    "http": Case({"url": "http://127.0.0.1:1/"}, {"url": "ftp://example.org/"}),
    "docker": Case({"image": "busybox"}, {"mounts": ["nonsense"]}),
}


def job(runner, spec):
    return RunJob(job_id="j1", run=1, runner=runner, spec=spec, working_directory="/", policy=JobPolicy())


def test_every_runner_has_a_case():
    assert set(CASES) == set(Runners(RUNNERS).list())


@pytest.mark.parametrize("name", CASES)
def test_the_manifest_says_all_in_both_languages(name):
    manifest = RUNNERS.get_runner(name).manifest
    assert (manifest.id, manifest.kind) == (name, "runner")
    assert re.fullmatch("#[0-9a-f]{6}", manifest.color)
    for words in (manifest.title, manifest.summary, *(one.title for one in manifest.fields)):
        assert words.keys() == {"en", "zh_CN"}
    assert all(one.help.keys() in (set(), {"en", "zh_CN"}) for one in manifest.fields)
    assert not [one.name for one in manifest.fields if one.secret], "secrets of a job come from a credential"


@pytest.mark.parametrize("name", CASES)
def test_it_takes_what_it_should_and_nothing_runs_yet(name):
    request, command = Runners(RUNNERS).parse(job(name, CASES[name].spec))
    assert request.working_directory == Path("/")
    assert bool(command.arguments) is not command.python


@pytest.mark.parametrize("name", CASES)
def test_a_value_of_a_wrong_type_is_named(name):
    manifest = RUNNERS.get_runner(name).manifest
    for one in manifest.fields:
        with pytest.raises(RunnerError) as error:
            Runners(RUNNERS).parse(job(name, CASES[name].spec | {one.name: object}))
        assert error.value.reason is JobReason.BAD_SPEC
        assert one.name in error.value.fields


@pytest.mark.parametrize("name", CASES)
def test_a_required_value_that_is_missing_is_named(name):
    required = [one.name for one in RUNNERS.get_runner(name).manifest.fields if one.required and one.default is None]
    for missing in required:
        spec = {key: value for key, value in CASES[name].spec.items() if key != missing}
        with pytest.raises(RunnerError) as error:
            Runners(RUNNERS).parse(job(name, spec))
        assert missing in error.value.fields


@pytest.mark.parametrize("name", CASES)
def test_a_value_that_cannot_work_is_named(name):
    with pytest.raises(RunnerError) as error:
        Runners(RUNNERS).parse(job(name, CASES[name].spec | CASES[name].wrong))
    assert error.value.fields.keys() & CASES[name].wrong.keys()
    assert error.value.text.message


# ------------------------------------------------------------ third parties

MANIFEST = """
id = "counting"
kind = "runner"
icon = "C"
color = "#335577"
[title]
en = "Counting"
[summary]
en = "Counts."
[[fields]]
name = "to"
type = "number"
required = true
title = {en = "To"}
[[fields]]
name = "fault"
type = "text"
title = {en = "Fault"}
"""
RUNNER = """
from worker.sdk.runner import Command, JobReason, Outcome, Runner as Base, RunnerError, text


class Runner(Base):
    def parse(self, request):
        return Command(python=True)

    async def execute(self, execution):
        fault = execution.request.spec.get("fault", "")
        if fault == "raise":
            raise ValueError("by mistake " + execution.secret.get("token"))
        if fault == "refuse":
            raise RunnerError(JobReason.UNAVAILABLE, text("field_required"))
        if fault == "wait":
            execution.write(b"waits")
            await execution.stopping.wait()
            return Outcome(success=False, exit_code=9)
        for number in range(execution.request.spec["to"]):
            execution.write(f"{number}\\n".encode())
        execution.write(f"{len(execution.secret.reveal())}".encode(), "stderr")
        return Outcome(success=True, result={"counted": execution.request.spec["to"]})

    async def clean_up(self, execution):
        (execution.folder / "cleaned").touch()
"""


@pytest.fixture
def counting(tmp_path, monkeypatch):
    """A runner as a third party would install it."""
    package = tmp_path / "plugins" / "counting_plugin"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "manifest.toml").write_text(MANIFEST)
    (package / "runner.py").write_text(RUNNER)
    info = package.parent / "counting_plugin-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: counting-plugin\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[watchkeeper.runners]\ncounting = counting_plugin\n")
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.setenv("PYTHONPATH", str(package.parent))


@pytest.fixture
async def parts(tmp_path, counting):
    async with job_parts(tmp_path / "jobs") as it:
        yield it


async def test_a_runner_of_a_third_party_runs_under_a_keeper_too(parts):
    parts.link.master.documents["j1"] = {"a": "hush-hush-1", "b": "hush-hush-2"}
    await parts.run(spec={"to": 3}, runner="counting", has_credential=True)
    ended = await parts.ended()
    assert (ended.reason, ended.code, ended.result) == (JobReason.OK, 0, {"counted": 3})
    assert (parts.output(), parts.output("stderr")) == ("0\n1\n2\n", "2")
    assert (parts.folder() / "cleaned").exists()


async def test_its_failures_are_ends_with_a_reason(parts):
    for fault in ("raise", "refuse"):
        parts.link.master.documents[fault] = {"token": "hush-hush-1"}
        await parts.run(spec={"to": 3, "fault": fault}, runner="counting", job_id=fault, has_credential=True)
    raised, refused = await parts.ended("raise"), await parts.ended("refuse")
    assert (raised.reason, raised.error.code, raised.code) == (JobReason.SCRIPT_ERROR, "runner_failed", 1)
    assert "ValueError: by mistake" in parts.output("stderr", "raise")
    assert "hush" not in parts.output("stderr", "raise") + raised.error.message
    assert (refused.reason, refused.code) == (JobReason.UNAVAILABLE, 1)
    assert (parts.folder("raise") / "cleaned").exists()


async def test_it_is_asked_to_stop_before_it_is_killed(parts):
    await parts.run(spec={"to": 3, "fault": "wait"}, runner="counting")
    await until(lambda: parts.output() == "waits")
    await parts.jobs.limit(LimitJob(job_id="j1", run=1, time_limit_seconds=0.1))
    ended = await parts.ended()
    assert (ended.reason, ended.code, ended.signal) == (JobReason.TIMEOUT, 9, None)


async def test_its_values_are_judged_before_a_process_is_made(parts):
    await parts.run(spec={"to": "three"}, runner="counting")
    ended = await parts.ended()
    assert (ended.reason, ended.error.code) == (JobReason.BAD_SPEC, "job_bad_spec")
    assert not parts.folder().exists()
