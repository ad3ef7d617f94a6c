"""The whole tree of commands: each says what it does, answers programs, and takes the options of all."""

import subprocess
import sys

import click
import pytest

from master.cli.command_tables import MODULES, SUMMARIES
from master.cli.hand_ons import new, worker
from master.cli.main import root
from master.cli.options import common_options
from tests.helpers.commands import leaves
from tests.helpers.masters import ROOT

LEAVES = leaves()
WITHOUT_JSON = {
    "demo": "opens a window",
    "serve": "runs until it is told to stop; master.json says where it listens",
    "completion": "prints a script for a shell",
    "worker": "is done by the worker's own command line",
    "plugin new": "is done by the worker's own command line",
}
ELSEWHERE = {"worker", "plugin", "plugin new"}
"""Of another program: without the options of all."""


@click.command()
@common_options
def bare() -> None:
    """Have the options of all."""


SHARED = {param.name for param in bare.params}


@pytest.mark.parametrize("path", LEAVES, ids=str)
def test_every_command_answers_programs(path):
    options = {option for param in LEAVES[path].params for option in param.opts}
    assert ("--json" in options) != (path in WITHOUT_JSON)


@pytest.mark.parametrize("path", LEAVES, ids=str)
def test_every_command_says_in_a_sentence_what_it_does(path):
    command = LEAVES[path]
    first = (command.help or "").split("\n\n")[0].strip()
    assert first[:1].isupper()
    assert 10 < len(first) < 200
    assert len(first.splitlines()) == 1
    assert first.endswith(".")


@pytest.mark.parametrize("path", LEAVES, ids=str)
def test_every_option_says_what_it_is_for(path):
    silent = [
        param.name
        for param in LEAVES[path].params
        if isinstance(param, click.Option) and not (param.help or "").strip() and not param.hidden
    ]
    assert silent == []


def test_every_command_takes_the_options_of_all():
    groups = {name: root.get_command(click.Context(root), name) for name in MODULES}
    lacking = [
        path
        for path, command in {**groups, **LEAVES}.items()
        if path not in ELSEWHERE and not {param.name for param in command.params} >= SHARED
    ]
    assert lacking == []


def test_the_table_names_every_command_once():
    assert [*MODULES] == [*SUMMARIES]
    assert all(said[:1].isupper() and said.endswith(".") for said in SUMMARIES.values())


def test_what_the_worker_takes_is_what_is_told():
    from worker.__main__ import _parser

    taken = {option for action in _parser()._actions for option in action.option_strings if option.startswith("--")}
    assert {option for param in worker.params for option in param.opts} | {"--help"} == taken
    assert [param.opts[0] for param in new.params] == ["identity", "--folder"]


@pytest.mark.parametrize("arguments", [["--help"], ["accounts", "--help"], ["completion", "bash"]])
def test_help_and_completion_load_nothing_heavy(arguments):
    script = (
        "import sys; from master.cli.main import run; code = run(sys.argv[1:]);"
        "heavy = {'aiohttp', 'socketio', 'sqlalchemy', 'PySide6', 'psutil', 'cryptography'} & set(sys.modules);"
        "sys.exit(f'{heavy}' if heavy or code else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
