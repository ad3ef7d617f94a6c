"""``doctor``: each thing that is wrong comes with what to do, also where the profile itself is."""

import ast
import json

import pytest

from tests.helpers.masters import ROOT
from tests.helpers.shells import watchkeeper

FILES = [*(ROOT / "master" / "checks").glob("*.py"), ROOT / "desktop" / "checks.py"]


def findings():
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("finding", "CheckResult"):
                yield file, node


def test_what_is_wrong_says_what_to_do():
    said = 0
    for file, call in findings():
        said += 1
        words = {word.arg for word in call.keywords}
        levels = [argument.value for argument in call.args[1:2] if isinstance(argument, ast.Constant)]
        if levels and levels[0] != "ok":
            assert "advice" in words, f"{file.name}:{call.lineno}"
    assert said > 20


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_a_damaged_profile_is_told_among_the_rest(tmp_path, arguments):
    (tmp_path / "master.json").write_text("{")
    done = watchkeeper("--profile", str(tmp_path), "doctor", *arguments)
    assert done.returncode == 1
    assert "Start the master again." in done.stdout
    if arguments:
        first = json.loads(done.stdout)[0]
        assert (first["name"], first["level"], first["advice"]) == ("profile", "bad", "Start the master again.")
        assert "Start" not in first["message"]


def test_a_master_elsewhere_that_is_not_there(tmp_path):
    token = tmp_path / "token"
    token.write_text("t")
    done = watchkeeper("doctor", "--connect", "http://127.0.0.1:9", "--token-file", str(token))
    assert (done.returncode, done.stdout) == (1, "")
    assert "No master runs on http://127.0.0.1:9" in done.stderr
