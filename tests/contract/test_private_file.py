"""What every platform's adapter for owner-only files promises."""

import stat
import sys
from pathlib import Path

import pytest

from master.vault import private_file
from master.vault.private_file import create_private, is_private, restrict, write_private


@pytest.mark.parametrize("write", [create_private, write_private])
def test_a_written_file_is_private_and_alone(tmp_path: Path, write: object) -> None:
    write(tmp_path / "file", b"data\r\n\x00")  # type: ignore[operator]
    assert (tmp_path / "file").read_bytes() == b"data\r\n\x00"
    assert is_private(tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_writing_replaces_and_creating_refuses(tmp_path: Path) -> None:
    write_private(tmp_path / "file", b"one")
    write_private(tmp_path / "file", b"two")
    with pytest.raises(FileExistsError):
        create_private(tmp_path / "file", b"three")
    assert (tmp_path / "file").read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_restricting_closes_a_file_and_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    file = folder / "file"
    file.write_bytes(b"data")
    if sys.platform != "win32":
        folder.chmod(0o755)
        file.chmod(0o644)
    assert not is_private(file)  # on Windows the folder's list, with others on it, is inherited
    restrict(folder)
    restrict(file)
    assert is_private(folder)
    assert is_private(file)
    assert file.read_bytes() == b"data"


def test_a_failed_write_keeps_the_old_content_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_private(tmp_path / "file", b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_file.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_private(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes are for POSIX")
def test_the_file_is_private_before_its_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[int] = []

    def look(path: Path) -> None:
        modes.append(stat.S_IMODE(path.stat().st_mode))
        assert path.read_bytes() == b""

    monkeypatch.setattr(private_file, "restrict", look)
    write_private(tmp_path / "file", b"data")
    assert modes == [0o600]
