"""What a schedule runs, as the command line takes it: a runner with its fields, or a command behind ``--``."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from master.api.schema import CatalogAnswer, JobTemplate, Retry
from master.cli.job_specs import find_runner, pairs, parse_spec
from master.cli.nouns import CREDENTIAL, RUNNER, WORKER

F = TypeVar("F", bound=Callable[..., Any])


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the options of :func:`template_options` said; None and empty: nothing."""

    runner: str | None
    settings: tuple[str, ...]
    files: tuple[str, ...]
    spec_stdin: bool
    arguments: tuple[str, ...]
    time_limit: str | None
    cpus: int | None
    memory: int | None
    exclusive: bool | None
    priority: int | None
    env: tuple[str, ...]
    cwd: str | None
    worker: str | None
    label: str | None
    credential: str | None
    attempts: int | None


_OPTIONS = (
    click.option("--runner", type=RUNNER, help="command, script, http, docker …; command for what stands behind --."),
    click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A field of the runner."),
    click.option("--file", "files", multiple=True, metavar="NAME=PATH", help="A field whose text stands in a file."),
    click.option("--spec-stdin", is_flag=True, help="Read the fields of the runner from stdin as one JSON object."),
    click.option("--time-limit", metavar="LIMIT", help="30 (minutes), 2:30, 1:30:00, 2-12:00:00; then it is ended."),
    click.option("--cpus", type=click.IntRange(1, 1024), help="Slots that it takes; 1."),
    click.option("--memory", type=click.IntRange(min=1), metavar="MB", help="Memory that it is counted with."),
    click.option("--exclusive/--shared", default=None, help="No other job beside it on its worker."),
    click.option("--priority", type=click.IntRange(0, 9), help="Higher ones go first; 0."),
    click.option("--env", multiple=True, metavar="NAME=VALUE", help="A variable of it. No secrets."),
    click.option("--cwd", metavar="DIR", help="Where it runs; a new one without it: here."),
    click.option("--worker", type=WORKER.or_(""), help="The only worker that it may run on."),
    click.option("--label", help="Only workers with this label."),
    click.option("--credential", type=CREDENTIAL.or_(""), help="What it reads as one JSON object on standard input."),
    click.option("--attempts", type=click.IntRange(1, 100), help="Runs in all, when it fails; 1."),
    click.argument("arguments", nargs=-1, type=click.UNPROCESSED),
)
_NAMES = {
    "time_limit": "time_limit",
    "cpus": "cpus",
    "memory": "memory_mb",
    "exclusive": "exclusive",
    "priority": "priority",
    "worker": "worker_id",
    "label": "worker_label",
    "credential": "credential_id",
}
"""Options that are fields of a job, by name."""


def template_options(command: F) -> F:
    """Give ``command`` the options of what is run, and behind ``--`` the command line; :func:`given` gathers them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def given(options: dict[str, Any]) -> Given:
    """Take the options of :func:`template_options` out of all that a command was given."""
    return Given(**{name: options.pop(name) for name in Given.__struct_fields__})


def new_template(catalog: CatalogAnswer, said: Given) -> JobTemplate:
    """Return what is to be run. Raises ``UsageError``."""
    runner = said.runner or ("command" if said.arguments else None)
    if runner is None:
        raise click.UsageError("Say what is to be run: -- COMMAND ARGS…, or --runner with --set.")
    others = {"working_directory": str(Path.cwd()), **_others(said)}
    return JobTemplate(runner=runner, spec=_spec(catalog, runner, said), **others)


def changed_template(catalog: CatalogAnswer, said: Given, before: JobTemplate) -> JobTemplate | None:
    """Return ``before`` with what was said, None when nothing was. An empty text takes a value away."""
    changes = _others(said)
    runner = said.runner or before.runner
    if said.runner or said.settings or said.files or said.spec_stdin or said.arguments:
        kept = before.spec if runner == before.runner else {}
        changes |= {"runner": runner, "spec": {**kept, **_spec(catalog, runner, said)}}
    if said.env:
        changes["env"] = {**before.env, **changes["env"]}
    return msgspec.structs.replace(before, **changes) if changes else None


def _others(said: Given) -> dict[str, Any]:
    values = {field: getattr(said, name) for name, field in _NAMES.items() if getattr(said, name) is not None}
    if said.cwd is not None:
        values["working_directory"] = str(Path(said.cwd).absolute()) if said.cwd else None
    if said.attempts is not None:
        values["retry"] = Retry(attempts=said.attempts) if said.attempts > 1 else None
    if said.env:
        values["env"] = pairs("--env", said.env)
    return {field: None if value == "" else value for field, value in values.items()}


def _spec(catalog: CatalogAnswer, runner: str, said: Given) -> dict[str, Any]:
    manifest = find_runner(catalog, runner)
    spec = parse_spec(manifest, said.settings, said.files, sys.stdin if said.spec_stdin else None)
    if said.arguments:
        if runner != "command":
            raise click.UsageError("What stands behind -- is for the runner command.")
        spec |= {"command": said.arguments[0], "args": list(said.arguments[1:])}
    return spec
