"""Shells complete commands, options, names and ids: real shells, driven as a person drives them."""

import asyncio
import json
import os
import pty
import re
import select
import shlex
import shutil
import socket
import subprocess
import sys
import time
from unittest import mock

import pytest

from master.cli.lookups import rows_of
from master.cli.options import Common
from tests.helpers.masters import ROOT, serving
from tests.helpers.shells import watchkeeper, workers_online

pytestmark = pytest.mark.real_server


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    profile = tmp_path_factory.mktemp("served") / "profile"
    with serving(profile):
        workers_online(profile, 1)
        for name in ("Ann Lee", "Anna", "它山之石"):
            done = watchkeeper("--profile", str(profile), "groups", "add", "--name", name)
            assert done.returncode == 0, done.stderr
        yield profile


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """A folder with ``watchkeeper`` as a shell finds it."""
    folder = tmp_path_factory.mktemp("bin")
    file = folder / "watchkeeper"
    file.write_text(
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m master "$@"\n'
    )
    file.chmod(0o755)
    return folder


def typed(shell, words, profile, *, position=None):
    """Return what a shell would be answered: rows of kind, value, sentence."""
    given = ["watchkeeper", *words]
    environment = {
        "_WATCHKEEPER_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": "\n".join(given),
        "COMP_CWORD": str(len(given) - 1 if position is None else position),
        "WATCHKEEPER_PROFILE": str(profile),
    }
    with mock.patch.dict(os.environ, environment):
        done = watchkeeper()
    assert (done.returncode, done.stderr) == (0, "")
    return [line.split("\t") for line in done.stdout.splitlines() if line]


def values(shell, words, profile, **more):
    return [row[1] for row in typed(shell, words, profile, **more)]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_what_each_shell_is_answered(served, tmp_path, shell):
    assert values(shell, ["acc"], served) == ["accounts"]
    assert "worker" in values(shell, ["wor"], served)
    assert {"list", "show"} <= set(values(shell, ["groups", ""], served))
    assert "--unread" in values(shell, ["items", "list", "--un"], served)
    assert values(shell, ["groups", "show", "Ann"], served) == ["Ann Lee", "Anna"]
    assert values(shell, ["groups", "show", "它"], served) == ["它山之石"]
    assert values(shell, ["accounts", "list", "--group", "n"], served) == ["none"]
    assert values(shell, ["--profile", str(served), "workers", "stop", ""], tmp_path) == ["local-1", "local-2"]
    assert values(shell, ["workers", "stop", "--profile", str(served), "local-1"], tmp_path) == ["local-1"]
    assert "command" in values(shell, ["jobs", "add", "--runner", ""], served)
    assert values(shell, ["settings", "set", "log_le"], served) == ["log_level="]
    assert values(shell, ["alerts", "ack", ""], served) == []
    assert values(shell, ["groups", "show", ""], tmp_path) == []
    assert typed(shell, ["export", ""], served)[0][0] == "file"
    group = json.loads(watchkeeper("--profile", str(served), "groups", "show", "Anna", "--json").stdout)
    assert values(shell, ["groups", "show", group["id"][:6]], served) == [group["id"]]


def test_words_as_each_shell_hands_them_over(served):
    assert values("bash", ["groups", "show", '"Ann L'], served) == ["Ann Lee"]
    assert values("zsh", ["groups", "show", "Ann\\ L"], served) == ["Ann Lee"]
    assert values("powershell", ["groups", "show", "'Ann L'"], served) == ["Ann Lee"]
    assert values("bash", ["accounts", "list", "--group", "=", "Ann"], served) == ["Ann Lee", "Anna"]
    assert values("bash", ["workers", "sto", "x"], served, position=2) == ["stop"]


async def test_a_master_that_does_not_answer_is_not_waited_for(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        (tmp_path / "master.json").write_text(json.dumps({"url": url, "token": "t"}))
        common = Common(
            profile=tmp_path, host=None, port=None, log_level=None, vault="keyring", passphrase_file=None
        )  # fmt: skip
        begun = time.monotonic()
        assert await asyncio.to_thread(rows_of, common, "/accounts") == []
        assert time.monotonic() - begun < 10


class Terminal:
    """A shell at a terminal."""

    def __init__(self, arguments, environment):
        self.main, terminal = pty.openpty()
        self.process = subprocess.Popen(
            # A terminal of its own: fish is for nobody else.
            ["setsid", "--ctty", *arguments],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            env=environment,
        )
        os.close(terminal)
        self.seen = ""

    def type(self, keys):
        os.write(self.main, keys.encode())

    def wait(self, pattern, seconds=60.0):
        """Wait until what stands there since the last time has it."""
        deadline = time.monotonic() + seconds
        while not (found := re.search(pattern, self.seen)):
            left = deadline - time.monotonic()
            assert left > 0, f"{pattern!r} not in {self.seen!r}"
            if select.select([self.main], [], [], left)[0]:
                self.seen += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", os.read(self.main, 65_536).decode(errors="replace"))
        self.seen = self.seen[found.end() :]

    def end(self):
        self.process.kill()
        self.process.wait()
        os.close(self.main)


SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'PS1="ready> "; eval "$(watchkeeper completion bash)"'),
    "zsh": (
        ["zsh", "-f", "-i"],
        'PS1="ready> "; autoload -U compinit; compinit -u -d $HOME/dump; eval "$(watchkeeper completion zsh)"',
    ),
    "fish": (["fish", "--no-config", "-i"], "watchkeeper completion fish | source"),
}


@pytest.mark.parametrize("shell", [*SHELLS])
def test_a_real_shell(served, program, tmp_path, shell):
    if shutil.which(shell) is None or shutil.which("setsid") is None:
        pytest.skip(f"needs {shell} and setsid")
    arguments, setup = SHELLS[shell]
    environment = {
        "PATH": f"{program}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        "WATCHKEEPER_PROFILE": str(served),
    }
    terminal = Terminal(arguments, environment)
    try:
        terminal.type(f"{setup}\n")
        terminal.type("echo be''gin\n")
        terminal.wait("begin\r\n")
        terminal.type("watchkeeper gro\tsh\t")
        terminal.wait("groups.{0,3}show ")
        terminal.type("它\t")
        terminal.wait("它山之石")
        terminal.type("\n")
        terminal.wait(r"Name +它山之石")
        terminal.type("watchkeeper groups show Ann\\ L\t\n")
        terminal.wait(r"Name +Ann Lee")
    finally:
        terminal.end()
