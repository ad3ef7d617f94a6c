import os
import stat
import sys
from pathlib import Path

import pytest

from master.vault.errors import VaultError
from master.vault.keys import load_key
from master.vault.private_file import write_private


def fails(profile: Path, *, expected: bool = False) -> VaultError:
    with pytest.raises(VaultError) as caught:
        load_key(profile, expected=expected)
    assert caught.value.code == "ERR_VAULT_KEY"
    return caught.value


def test_a_new_profile_gets_a_key_of_its_own(tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    first.mkdir()
    second.mkdir()
    key = load_key(first)
    assert len(key) == 32
    assert load_key(first, expected=True) == key
    assert load_key(second) != key
    assert [path.name for path in first.iterdir()] == ["vault.key"]


@pytest.mark.expects_log("others could read")
@pytest.mark.skipif(sys.platform == "win32", reason="modes are for POSIX; Windows has access lists")
def test_only_the_owner_can_read_it_and_a_wider_mode_is_told_and_closed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old_mask = os.umask(0)
    try:
        key = load_key(tmp_path)
    finally:
        os.umask(old_mask)
    path = tmp_path / "vault.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert load_key(tmp_path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize("damage", ["empty", "short", "flipped", "longer", "foreign"])
def test_a_damaged_key_is_told_and_never_replaced(tmp_path: Path, damage: str) -> None:
    load_key(tmp_path)
    path = tmp_path / "vault.key"
    good = path.read_bytes()
    flipped = bytearray(good)
    flipped[30] ^= 1
    content = {
        "empty": b"",
        "short": good[:-1],
        "flipped": bytes(flipped),
        "longer": good + b"\n",
        "foreign": b"hello" * 20,
    }[damage]
    path.write_bytes(content)
    error = fails(tmp_path)
    assert error.reason == "vault_key_damaged"
    assert str(path) in error.message
    assert path.read_bytes() == content


def test_a_key_of_a_newer_version_is_told(tmp_path: Path) -> None:
    write_private(tmp_path / "vault.key", b"watchkeeper vault key 2\nwhatever")
    assert fails(tmp_path).reason == "vault_key_newer"


def test_a_missing_key_that_is_needed_is_not_made_anew(tmp_path: Path) -> None:
    assert fails(tmp_path, expected=True).reason == "vault_key_missing"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    error = fails(tmp_path / "missing")
    assert error.reason == "vault_key_unreachable"
    assert "No such file" in error.message or sys.platform == "win32"
