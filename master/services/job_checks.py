"""Whether a job can be as it was asked for; every fault under the name of its field."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from master.api.jobs import JobTemplate
from master.api.schema import Settings, WorkerConfig
from master.api.workers import EXTERNAL
from master.services.account_fields import Faults, check_fields
from master.supervision.time_limits import TimeLimitError, parse
from worker.protocol.manifest import Manifest
from worker.protocol.texts import Text, text

CORES: Final = os.cpu_count() or 1
MAX_BYTES: Final = 900 * 1024
"""Of a whole job: with its envelope it must fit into one message to a worker."""
MAX_SCRIPT: Final = 512 * 1024
"""Characters of a field of several lines."""
_NAME_LENGTH: Final = 100


def slots_of(config: WorkerConfig) -> int:
    """Return how many slots a worker has."""
    return config.cpu_cores or CORES


def takes_jobs(config: WorkerConfig) -> bool:
    """Tell whether a worker is given jobs: what they print is read from a folder of this machine."""
    return config.deployment_type != EXTERNAL


def check_job(template: JobTemplate, manifest: Manifest, settings: Settings, workers: Sequence[WorkerConfig]) -> Faults:
    """Return the faults of a job; whether its credential exists is asked elsewhere."""
    faults = check_fields(manifest, template.spec, "spec", longest_script=MAX_SCRIPT)
    for path in _with_nul(template.spec, "spec"):
        faults.setdefault(path, text("field_nul"))
    if manifest.capabilities.credentials == "required" and template.credential_id is None:
        faults["credential_id"] = text("field_required")
    faults |= _check_policy(template, settings)
    faults |= _check_env(template.env)
    faults |= _check_worker(template, workers)
    if (folder := template.working_directory) is not None:
        if "\0" in folder:
            faults["working_directory"] = text("field_nul")
        elif not Path(folder).is_absolute():
            faults["working_directory"] = text("job_directory_relative")
    if (fault := time_limit_fault(template.time_limit)) is not None:
        faults["time_limit"] = fault
    # What the settings allow goes along in the same message.
    size = len(msgspec.json.encode((template, settings.job_commands, settings.job_mounts)))
    if size > MAX_BYTES:
        faults["spec"] = text("job_large", count=size, maximum=MAX_BYTES)
    return faults


def time_limit_fault(value: str | int | None) -> Text | None:
    """Return what is wrong with a time limit."""
    if value is None:
        return None
    try:
        parse(value)
    except TimeLimitError as error:
        return error.text
    return None


def name_of(template: JobTemplate, manifest: Manifest) -> str:
    """Return a name for a job that was given none: what it runs, in short."""
    value = template.spec.get(manifest.name_from) if manifest.name_from else None
    words = str(value or "").strip()
    if template.spec.get("shell") is True:
        words = " ".join(words.split())  # a line of its own words, no path
    elif "://" in words:
        words = urlsplit(words).hostname or words
    else:
        words = Path(words.replace("\\", "/")).name
    words = "".join(sign for sign in words if sign.isprintable())
    return words[:_NAME_LENGTH] or template.runner


def _check_policy(template: JobTemplate, settings: Settings) -> Faults:
    """Return what the settings do not allow, as far as the master can tell; the worker looks again."""
    if template.runner != "command":
        return {}
    if template.spec.get("shell") is True and (not settings.job_shell or settings.job_commands is not None):
        return {"spec.shell": text("job_shell_refused")}
    command = template.spec.get("command")
    if settings.job_commands is None or command in settings.job_commands or not isinstance(command, str):
        return {}
    allowed = ", ".join(settings.job_commands) or "-"
    return {"spec.command": text("job_command_refused", command=command[:200], allowed=allowed[:1000])}


def _check_env(env: Mapping[str, str]) -> Faults:
    faults: Faults = {}
    for name, value in env.items():
        if not name or "=" in name or "\0" in name:
            faults["env"] = text("job_env_name", name=repr(name[:100]))
        elif "\0" in value:
            faults[f"env.{name[:100]}"] = text("field_nul")
    return faults


def _check_worker(template: JobTemplate, workers: Sequence[WorkerConfig]) -> Faults:
    """Return what no worker could ever give it."""
    named = [one for one in workers if template.worker_id in (None, one.worker_id)]
    if not named and template.worker_id is not None:
        return {"worker_id": text("worker_unknown", worker=template.worker_id)}
    able = [one for one in named if takes_jobs(one)]
    if not able and template.worker_id is not None:
        return {"worker_id": text("job_worker_elsewhere", worker=template.worker_id)}
    if template.worker_label is not None:
        able = [one for one in able if template.worker_label in one.labels]
        if not able:
            return {"worker_label": text("job_label_unknown", label=template.worker_label)}
    able = [one for one in able if one.enabled] or able
    if not able:
        return {}
    faults: Faults = {}
    most = max(slots_of(one) for one in able)
    if template.cpus > most:
        faults["cpus"] = text("job_cpus_most", count=most)
    limits = [one.job_memory_mb for one in able]
    if template.memory_mb is not None and None not in limits:
        largest = max(limit or 0 for limit in limits)
        if template.memory_mb > largest:
            faults["memory_mb"] = text("job_memory_most", count=largest)
    return faults


def _with_nul(value: Any, path: str) -> Iterator[str]:
    """Yield the fields in which there is a NUL character."""
    if isinstance(value, str):
        if "\0" in value:
            yield path
    elif isinstance(value, dict):
        for name, one in value.items():
            if "\0" in str(name):
                yield path
            # Only fields of the runner have names of their own.
            yield from _with_nul(one, f"{path}.{name}" if path == "spec" else path)
    elif isinstance(value, list):
        for one in value:
            yield from _with_nul(one, path)
