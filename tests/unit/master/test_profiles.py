"""The profile folder and who holds it."""

import os
import stat
import sys
from pathlib import Path
from subprocess import run

import msgspec
import pytest

from master.errors import StartError
from master.master_files import MasterFile
from master.profiles import locked_profile, prepare_profile, published_master

CONTENT = MasterFile(url="http://x", token="secret-token", client_token="c", pid=1, started_at=2, version="3")


def test_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    prepare_profile(tmp_path / "a" / "b")
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartError) as caught:
        prepare_profile(tmp_path / "file" / "profile")
    assert caught.value.exit_code == 5
    assert caught.value.text.code == "start_profile_not_writable"


def test_a_second_holder_is_refused_and_told_of_the_first(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from master.errors import StartError\n"
        "from master.profiles import locked_profile\n"
        "try:\n    with locked_profile(Path(sys.argv[1])): print('held')\n"
        "except StartError as e: print(e.exit_code, e.text.params['pid'])"
    )

    def other() -> str:
        root = Path(__file__).resolve().parents[3]
        return run(
            [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, cwd=root, check=True
        ).stdout.strip()

    with locked_profile(tmp_path):
        assert other() == f"5 {os.getpid()}"
    assert other() == "held"


def test_the_file_that_tells_of_the_master_is_private_and_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "master.json"
    path.write_text("left by one that was killed")
    with published_master(tmp_path, CONTENT):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert msgspec.json.decode(path.read_bytes(), type=MasterFile) == CONTENT
    assert not path.exists()
    assert "secret-token" not in repr(CONTENT)
