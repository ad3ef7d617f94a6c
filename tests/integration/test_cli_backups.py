"""Backups and moving house from a shell."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.masters import ROOT, serving

SECRET = "correct horse battery"


def watchkeeper(profile: Path, *arguments: str, code: int = 0, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "master", *arguments, "--profile", str(profile)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stdout + done.stderr


def test_a_damaged_profile_is_brought_back_from_a_shell(profile, tmp_path):
    lines = tmp_path / "lines"
    lines.write_text("http://127.0.0.1:9/feed\n")
    with serving(profile):
        assert "1 would be added" in watchkeeper(profile, "import", str(lines), "--dry-run")
        assert "1 added" in watchkeeper(profile, "import", str(lines))
        made = json.loads(watchkeeper(profile, "backups", "create", "--json"))
        assert made["accounts"] == 1
        listed = json.loads(watchkeeper(profile, "backups", "list", "--json"))
        assert listed["backups"][0]["id"] == made["id"]
        assert "no backup" in watchkeeper(profile, "backups", "restore", "manual-20200101-000000-000", "--yes", code=1)
    (profile / "watchkeeper.db").write_bytes(b"nonsense" * 1000)
    for suffix in ("-wal", "-shm"):
        (profile / f"watchkeeper.db{suffix}").unlink(missing_ok=True)
    assert "damaged" in watchkeeper(profile, "serve", "--port", "0", code=5)
    assert "no backup" in watchkeeper(profile, "backups", "restore", "manual-20200101-000000-000", "--yes", code=1)
    assert made["id"] in watchkeeper(profile, "backups", "restore", "--yes")
    with serving(profile):
        listed = watchkeeper(profile, "backups", "list")
        assert "may have been told before" in listed
        assert "127.0.0.1" in watchkeeper(profile, "accounts", "list")


def test_a_house_is_moved_from_a_shell(profile, tmp_path):
    file, lines, secret = tmp_path / "house", tmp_path / "lines", tmp_path / "secret"
    lines.write_text("http://127.0.0.1:9/feed\n")
    secret.write_text(f"{SECRET}\n")
    given = ("--passphrase-file", str(secret))
    with serving(profile / "old"):
        watchkeeper(profile / "old", "import", str(lines))
        assert "sealed" in watchkeeper(profile / "old", "export", str(file), *given)
        assert "--force" in watchkeeper(profile / "old", "export", str(file), *given, code=2)
    with serving(profile / "new"):
        assert "--passphrase-file" in watchkeeper(profile / "new", "import", str(file), code=2)
        assert "Nothing was changed" in watchkeeper(profile / "new", "import", str(file), "--dry-run", *given)
        assert "restarts" in watchkeeper(profile / "new", "import", str(file), *given)
        secret.write_text("another one\n")
    with serving(profile / "new"):
        assert "passphrase" in watchkeeper(profile / "new", "import", str(file), *given, code=1)
        assert "127.0.0.1" in watchkeeper(profile / "new", "accounts", "list")


@pytest.mark.parametrize("command", ["export", "import", "backups"])
def test_help_needs_no_master(profile, command):
    assert "Usage" in watchkeeper(profile, command, "--help")
