"""The workflow, the script of the build machine and the hooks are what their readers accept."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.architecture.rules import ROOT

COMMAND = "python -m pip install uv && python -m uv run pytest"


def _run(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_workflows_are_valid():
    workflows = sorted(map(str, (ROOT / ".github" / "workflows").glob("*.yml")))
    assert workflows
    module = (sys.executable, "-m", "check_jsonschema", "--builtin-schema")
    for schema in ("vendor.github-workflows", "custom.github-workflows-require-timeout"):
        result = _run(*module, schema, *workflows)
        assert result.returncode == 0, result.stdout


def test_hooks_are_valid():
    result = _run(sys.executable, "-m", "pre_commit", "validate-config", ".pre-commit-config.yaml")
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_command_is_everywhere_the_same():
    assert COMMAND in (ROOT / "README.md").read_text(encoding="utf-8")
    assert COMMAND in (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert '"$python" -m pip install -q uv\n' in script
    assert '"$python" -m uv run pytest' in script


@pytest.mark.skipif(sys.platform == "win32", reason="a script for Debian and Ubuntu")
def test_the_script_runs():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    bash = shutil.which("bash")
    assert bash is not None
    assert _run(bash, "-n", str(script)).returncode == 0


def test_the_script_installs_what_qt_needs():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = readme.partition("### What Qt needs")[2].partition("\n## ")[0]
    libraries = set(re.findall(r"\blib[a-z0-9.+-]*\d\b", named))
    assert len(libraries) > 10
    assert not {library for library in libraries if library not in script} - {"libglib2.0-0"}
