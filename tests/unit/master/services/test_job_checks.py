"""Names of jobs that were given none, and what a runner demands."""

import msgspec
import pytest

from master.api.jobs import JobTemplate
from master.api.schema import Settings
from master.services.job_checks import check_job, name_of
from tests.helpers.jobs import COMMAND
from worker.protocol.manifest import Capabilities


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ({"command": "/usr/bin/rsync"}, "rsync"),
        ({"command": "rsync"}, "rsync"),
        ({"command": "C:\\tools\\rsync.exe"}, "rsync.exe"),
        ({"command": "https://example.org/a/b?c"}, "example.org"),
        ({"command": "cat /etc/x |\n sort", "shell": True}, "cat /etc/x | sort"),
        ({"command": "x" * 300}, "x" * 100),
        ({"command": "\x07"}, "command"),
        ({}, "command"),
    ],
)
def test_a_job_is_called_by_what_it_runs(spec, name):
    assert name_of(JobTemplate(runner="command", spec=spec), COMMAND) == name


def test_a_runner_may_demand_a_credential():
    manifest = msgspec.structs.replace(COMMAND, capabilities=Capabilities(credentials="required"))
    template = JobTemplate(runner="command", spec={"command": "a"})
    assert check_job(template, manifest, Settings(), [])["credential_id"].code == "field_required"
    given = msgspec.structs.replace(template, credential_id="c")
    assert check_job(given, manifest, Settings(), []) == {}
