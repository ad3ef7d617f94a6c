"""Jobs as the command line takes them: fields of a runner as NAME=VALUE, typed by its manifest; options of all."""

import json
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import IO, Any, TypeVar

import click
import msgspec

from master.api.schema import CatalogAnswer, JobTemplate, Retry
from master.cli.fields import typed
from master.cli.nouns import CREDENTIAL, WORKER
from worker.protocol.manifest import Manifest

F = TypeVar("F", bound=Callable[..., Any])


class JobOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What every job may be given, whatever its runner."""

    name: str | None
    time_limit: str | None
    cpus: int
    memory: int | None
    exclusive: bool
    priority: int
    env: tuple[str, ...]
    cwd: Path | None
    worker: str | None
    label: str | None
    credential: str | None
    attempts: int | None

    def template(self, runner: str, spec: dict[str, Any]) -> dict[str, Any]:
        """Return the fields of a :class:`~master.api.schema.JobCreate`."""
        template = JobTemplate(
            runner=runner,
            spec=spec,
            time_limit=self.time_limit,
            cpus=self.cpus,
            memory_mb=self.memory,
            exclusive=self.exclusive,
            priority=self.priority,
            env=pairs("--env", self.env),
            # Where the person is, as a command that is run by hand would be.
            working_directory=str((self.cwd or Path.cwd()).absolute()),
            worker_id=self.worker,
            worker_label=self.label,
            credential_id=self.credential,
            retry=None if self.attempts is None else Retry(attempts=self.attempts),
        )
        return {**msgspec.structs.asdict(template), "name": self.name}


def job_options(command: F) -> F:
    """Give ``command`` the options of all jobs, as one parameter ``options``."""

    @wraps(command)
    def collected(*args: Any, **kwargs: Any) -> Any:
        given = {name: kwargs.pop(name) for name in JobOptions.__struct_fields__}
        return command(*args, options=JobOptions(**given), **kwargs)

    made: Any = collected
    for option in reversed(_OPTIONS):
        made = option(made)
    return made  # type: ignore[no-any-return]


_OPTIONS = (
    click.option("--name", help="How it is called in lists; without it, after what it runs."),
    click.option("--time-limit", metavar="LIMIT", help="30 (minutes), 2:30, 1:30:00, 2-12:00:00; then it is ended."),
    click.option("--cpus", type=click.IntRange(min=1), default=1, show_default=True, help="Slots that it takes."),
    click.option("--memory", type=click.IntRange(min=1), metavar="MB", help="Memory that it is counted with."),
    click.option("--exclusive", is_flag=True, help="No other job beside it on its worker."),
    click.option("--priority", type=int, default=0, show_default=True, help="Higher ones go first."),
    click.option("--env", multiple=True, metavar="NAME=VALUE", help="A variable of it; may be repeated. No secrets."),
    click.option("--cwd", type=click.Path(path_type=Path), help="Where it runs; without it, here."),
    click.option("--worker", type=WORKER, help="The only worker that it may run on."),
    click.option("--label", help="Only workers with this label."),
    click.option("--credential", type=CREDENTIAL, help="What it reads as one JSON object on standard input."),
    click.option("--attempts", type=click.IntRange(1, 100), help="Runs in all, when it fails; without it, one."),
)


def find_runner(catalog: CatalogAnswer, name: str) -> Manifest:
    """Return the manifest of a runner. Raises an error that lists what there is."""
    for manifest in catalog.runners:
        if manifest.id == name:
            return manifest
    known = ", ".join(manifest.id for manifest in catalog.runners) or "none: start a worker first"
    raise click.UsageError(f"There is no runner {name!r}. There are: {known}.")


def parse_spec(
    manifest: Manifest, settings: Sequence[str], files: Sequence[str], document: IO[str] | None
) -> dict[str, Any]:
    """Return the fields of a runner.

    ``document`` holds a JSON object, ``settings`` are NAME=VALUE (of lists and maps one entry each, or all as JSON),
    ``files`` NAME=PATH of texts that stand in files; the later wins. Raises errors that name the field.
    """
    values = _object(document) if document is not None else {}
    begun: set[str] = set()
    for setting in settings:
        name, value = _parted("--set", setting)
        field = manifest.field(name)
        if field is None or field.secret:
            known = ", ".join(field.name for field in manifest.fields if not field.secret)
            raise click.UsageError(f"--set {name}: there is no such field. There are: {known}.")
        if field.type not in ("list", "map"):
            values[name] = typed(field, value)
        elif value[:1] in ("[", "{"):
            values[name] = _json(f"--set {name}", value)
        elif field.type == "list":
            values[name] = [*(values[name] if name in begun else []), value]
        else:
            values[name] = {**(values[name] if name in begun else {}), **pairs(f"--set {name}", [value])}
        begun.add(name)
    for one in files:
        name, path = _parted("--file", one)
        try:
            values[name] = Path(path).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise click.UsageError(f"--file {name}: {path} cannot be read ({error}).") from error
    return values


def pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    """Return NAME=VALUE texts as a map. Raises an error that names the option."""
    return dict(_parted(option, one) for one in given)


def _parted(option: str, given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals or not name:
        raise click.UsageError(f"{option} {given}: write NAME=VALUE.")
    return name, value


def _object(document: IO[str]) -> dict[str, Any]:
    values = _json("--spec", document.read())
    if not isinstance(values, dict):
        raise click.UsageError("--spec: expected one JSON object.")
    return values


def _json(option: str, value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{option}: not JSON ({error}).") from error
