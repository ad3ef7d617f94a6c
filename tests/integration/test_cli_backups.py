"""Backups and moving house from a shell."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.masters import ROOT, serving
from tests.helpers.shells import watchkeeper

SECRET = "correct horse battery"


def run(profile: Path, *arguments: str, code: int = 0) -> str:
    done = watchkeeper(*arguments, "--profile", str(profile))
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stdout + done.stderr


def process(profile: Path, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "master", *arguments, "--profile", str(profile)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stdout + done.stderr


def test_a_damaged_profile_is_brought_back_from_a_shell(profile, tmp_path):
    lines = tmp_path / "lines"
    lines.write_text("http://127.0.0.1:9/feed\n")
    with serving(profile):
        assert "1 would be added" in run(profile, "import", str(lines), "--dry-run")
        assert "1 added" in run(profile, "import", str(lines))
        made = json.loads(run(profile, "backups", "create", "--json"))
        assert made["accounts"] == 1
        listed = json.loads(run(profile, "backups", "list", "--json"))
        assert listed["backups"][0]["id"] == made["id"]
        assert "no backup" in run(profile, "backups", "restore", "manual-20200101-000000-000", "--yes", code=1)
    (profile / "watchkeeper.db").write_bytes(b"nonsense" * 1000)
    for suffix in ("-wal", "-shm"):
        (profile / f"watchkeeper.db{suffix}").unlink(missing_ok=True)
    assert "damaged" in process(profile, "serve", "--port", "0", code=5)
    assert "no backup" in run(profile, "backups", "restore", "manual-20200101-000000-000", "--yes", code=1)
    assert made["id"] in run(profile, "backups", "restore", "--yes")
    with serving(profile):
        listed = run(profile, "backups", "list")
        assert "may have been told before" in listed
        assert "127.0.0.1" in run(profile, "accounts", "list")


def test_a_house_is_moved_from_a_shell(profile, tmp_path):
    file, lines, secret = tmp_path / "house", tmp_path / "lines", tmp_path / "secret"
    lines.write_text("http://127.0.0.1:9/feed\n")
    secret.write_text(f"{SECRET}\n")
    given = ("--passphrase-file", str(secret))
    with serving(profile / "old"):
        run(profile / "old", "import", str(lines))
        assert "sealed" in run(profile / "old", "export", str(file), *given)
        assert "--force" in run(profile / "old", "export", str(file), *given, code=2)
    with serving(profile / "new"):
        assert "--passphrase-file" in run(profile / "new", "import", str(file), code=2)
        assert "Nothing was changed" in run(profile / "new", "import", str(file), "--dry-run", *given)
        assert "restarts" in run(profile / "new", "import", str(file), *given)
        secret.write_text("another one\n")
    with serving(profile / "new"):
        assert "passphrase" in run(profile / "new", "import", str(file), *given, code=1)
        assert "127.0.0.1" in run(profile / "new", "accounts", "list")


@pytest.mark.parametrize("command", ["export", "import", "backups"])
def test_help_needs_no_master(profile, command):
    assert "Usage" in process(profile, command, "--help")
