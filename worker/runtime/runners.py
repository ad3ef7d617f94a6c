"""The runners of this worker by name, and what each makes of a job."""

import importlib
import os
from pathlib import Path
from typing import Final

import msgspec

from worker.protocol.job_messages import RunJob
from worker.protocol.states import JobReason
from worker.protocol.texts import text
from worker.runtime.registry import Plugin, Registry
from worker.runtime.settings import complete
from worker.sdk.errors import InvalidConfig
from worker.sdk.programs import permitted
from worker.sdk.runner import Command, Request, Runner, RunnerError

_OURS: Final = ("WATCHKEEPER_",)
"""Variables of ours that are none of a job's business."""
_STEERING: Final = frozenset(
    {"PATH", "BASH_ENV", "ENV", "IFS", "NODE_OPTIONS", "PERL5OPT", "PERL5LIB", "RUBYOPT", "RUBYLIB", "GCONV_PATH"}
)
_STEERING_PREFIXES: Final = ("LD_", "DYLD_", "PYTHON", "BASH_FUNC_")
"""Variables that make an allowed program run what is not."""


class Runners:
    """All runners; each is made when first used."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._made: dict[str, Runner] = {}

    def list(self) -> list[str]:
        """Return their names, sorted."""
        return self._registry.runner_ids()

    def create(self, name: str) -> Runner:
        """Return the runner called ``name``. Raises :class:`RunnerError`, or whatever its code raises."""
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = make(self._plugin(name))
        return made

    def parse(self, job: RunJob) -> tuple[Request, Command]:
        """Return what is to be run. Raises :class:`RunnerError`, or whatever the runner's code raises."""
        request = self.request(job)
        command = self.create(job.runner).parse(request)
        return request, command if command.python else allowed(command, job)

    def request(self, job: RunJob) -> Request:
        """Return what its runner gets of it. Raises :class:`RunnerError`."""
        return request_of(self._plugin(job.runner), job)

    def _plugin(self, name: str) -> Plugin:
        plugin = self._registry.get_runner(name)
        if plugin is None:
            raise RunnerError(JobReason.BAD_SPEC, text("runner_unknown", runner=name, known=", ".join(self.list())))
        return plugin


def make(plugin: Plugin) -> Runner:
    """Import a runner's code and return one. Raises whatever it raises."""
    kind = importlib.import_module(f"{plugin.package}.runner").Runner
    if not (isinstance(kind, type) and issubclass(kind, Runner)):
        raise TypeError(f"{plugin.package}.runner.Runner is no Runner")
    return kind(plugin.manifest)


def request_of(plugin: Plugin, job: RunJob) -> Request:
    """Return the request, its spec completed and checked. Raises :class:`RunnerError` that names every wrong field."""
    try:
        spec = complete(plugin.manifest, job.spec)
    except InvalidConfig as error:
        words = ", ".join(f"{name}: {fault.message}" for name, fault in error.fields.items())
        raise RunnerError(JobReason.BAD_SPEC, text("job_bad_spec", detail=words[:500]), error.fields) from error
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    directory = Path(job.working_directory) if job.working_directory else Path.home()
    return Request(spec=spec, env={**inherited, **job.env}, working_directory=directory, policy=job.policy)


def allowed(command: Command, job: RunJob) -> Command:
    """Return the command with the very program that the settings allow, whatever the job's search path finds.

    A plain name stands for what the worker's own search path finds under it. Raises :class:`RunnerError`.
    """
    if job.policy.commands is None:
        return command
    wanted = command.arguments[0]
    place = permitted(wanted, job.policy.commands)
    if place is None:
        raise RunnerError(JobReason.NOT_ALLOWED, text("job_command_not_allowed", command=wanted[:200]))
    for name in {*job.env, *command.env}:
        if name.upper() in _STEERING or name.upper().startswith(_STEERING_PREFIXES):
            raise RunnerError(JobReason.NOT_ALLOWED, text("job_variable_not_allowed", name=name[:200]))
    return msgspec.structs.replace(command, arguments=[place, *command.arguments[1:]])
