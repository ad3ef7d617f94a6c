"""The proof of the built program finds what is wrong with it."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from makers import selftests
from makers.contexts import PackagingError, make_context
from tests.architecture.rules import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="programs in shell")


@pytest.fixture
def made(tmp_path):
    """Give what makes a program of a few lines of shell, and somebody who runs it."""

    def make(script: str) -> selftests.Stranger:
        program = tmp_path / "watchkeeper"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return selftests.Stranger(program, tmp_path, keyring=False)

    return make


def test_it_has_nothing_of_ours(made, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("LEAKED", "1")
    lines = made("env").run("anything").out.splitlines()
    assert f"HOME={tmp_path}" in lines
    assert not [line for line in lines if line.startswith(("LEAKED", "PYTHON", "VIRTUAL_ENV", "DBUS"))]


def test_another_end_and_a_complaint_are_faults(made) -> None:
    with pytest.raises(PackagingError, match=r"--version ended with code 3:\nsaid"):
        made("echo said; exit 3").run("--version")
    with pytest.raises(PackagingError, match=r"--version complained:\nWarning: odd"):
        made("echo 'Warning: odd' >&2").run("--version")


def test_what_hangs_is_ended(made, monkeypatch) -> None:
    monkeypatch.setattr(selftests, "SECONDS", 0.3)
    with pytest.raises(PackagingError, match=r"did not end within 0\.3 s"):
        made("sleep 60").run("--version")


def test_another_version_is_a_fault(made) -> None:
    context = make_context(ROOT)
    assert selftests.version(context, made(f"echo watchkeeper {context.version}"))
    with pytest.raises(PackagingError, match=r"says 'watchkeeper 0\.0\.0'"):
        selftests.version(context, made("echo watchkeeper 0.0.0"))


def test_a_plug_in_that_is_missing_is_a_fault(made, tmp_path) -> None:
    context = replace(make_context(ROOT), work=tmp_path)
    with pytest.raises(PackagingError, match="has 0 platforms; the source has"):
        selftests.catalogue(context, made("""echo '{"platforms": [], "runners": [], "broken": []}'"""))


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"passed": True}, ""),
        ({"passed": False, "steps": [{"name": "job run", "passed": False, "message": "no"}]}, "job run: no"),
        ({"passed": True, "vault": "memory"}, "packaged True, memory"),
        ({"passed": True, "packaged": False}, "packaged False, keyring"),
    ],
)
def test_the_program_s_own_test_must_pass_with_the_keyring(made, told, fault) -> None:
    steps = [{"name": "master started", "passed": True, "message": ""}]
    answer = json.dumps({"packaged": True, "vault": "keyring", "steps": steps, **told})
    program = made(f"echo '{answer}'")
    if fault:
        with pytest.raises(PackagingError, match=fault):
            selftests.selftest(program, "keyring")
    else:
        assert selftests.selftest(program, "keyring") == "1 steps: master started; keyring"


def test_what_still_runs_is_found(tmp_path) -> None:
    assert selftests.remains(tmp_path) == "no process"
    with subprocess.Popen(["sleep", "60"], env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}) as left:
        try:
            with pytest.raises(PackagingError, match=r"Still running: .*sleep 60"):
                selftests.remains(tmp_path)
        finally:
            left.kill()
