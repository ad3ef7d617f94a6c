import json
import time
from pathlib import Path

import pytest

from master.vault.errors import VaultError
from master.vault.passphrase import PassphraseKeyring
from master.vault.private_file import is_private

WORDS = "correct horse battery staple"


@pytest.fixture
def keyring(tmp_path: Path) -> PassphraseKeyring:
    keyring = PassphraseKeyring(tmp_path)
    keyring.unlock(WORDS)
    keyring.set_password("service", "user", "canary")
    return keyring


def failure(keyring: PassphraseKeyring, passphrase: str = WORDS) -> VaultError:
    with pytest.raises(VaultError) as caught:
        keyring.unlock(passphrase)
    return caught.value


def test_the_file_is_private_and_shows_nothing(keyring: PassphraseKeyring, tmp_path: Path) -> None:
    path = tmp_path / "vault.sealed"
    assert is_private(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["vault.sealed"]
    content = path.read_text()
    assert json.loads(content)["derivation"]["n"] == 2**15
    for word in ("canary", "service", "user", "horse"):
        assert word not in content


def test_it_is_locked_until_the_right_passphrase(keyring: PassphraseKeyring, tmp_path: Path) -> None:
    again = PassphraseKeyring(tmp_path)
    assert again.locked
    with pytest.raises(VaultError) as caught:
        again.get_password("service", "user")
    assert caught.value.code == "ERR_KEYRING_LOCKED"
    assert failure(again, "wrong").code == "ERR_PASSPHRASE"
    assert failure(again, "").code == "ERR_PASSPHRASE"
    assert again.locked
    again.unlock(WORDS)
    assert again.get_password("service", "user") == "canary"
    again.lock()
    with pytest.raises(VaultError):
        again.set_password("service", "user", "other")


def test_an_empty_passphrase_makes_no_vault(tmp_path: Path) -> None:
    assert failure(PassphraseKeyring(tmp_path), "").reason == "vault_passphrase_empty"
    assert list(tmp_path.iterdir()) == []


def test_a_passphrase_is_the_same_however_it_was_composed(tmp_path: Path) -> None:
    PassphraseKeyring(tmp_path).unlock("caf\u00e9")
    PassphraseKeyring(tmp_path).unlock("cafe\u0301")


def test_the_passphrase_changes(keyring: PassphraseKeyring, tmp_path: Path) -> None:
    with pytest.raises(VaultError) as caught:
        keyring.change_passphrase("wrong", "new words")
    assert caught.value.code == "ERR_PASSPHRASE"
    with pytest.raises(VaultError):
        keyring.change_passphrase(WORDS, "")
    assert keyring.get_password("service", "user") == "canary"
    keyring.change_passphrase(WORDS, "new words")
    again = PassphraseKeyring(tmp_path)
    assert failure(again).code == "ERR_PASSPHRASE"
    again.unlock("new words")
    assert again.get_password("service", "user") == "canary"


def test_what_gives_the_passphrase_is_asked_once(keyring: PassphraseKeyring, tmp_path: Path) -> None:
    asked: list[str] = []

    def ask() -> str:
        asked.append("")
        return WORDS if len(asked) > 1 else "wrong"

    again = PassphraseKeyring(tmp_path, ask)
    with pytest.raises(VaultError) as caught:
        again.get_password("service", "user")
    assert caught.value.code == "ERR_PASSPHRASE"
    with pytest.raises(VaultError) as caught:
        again.get_password("service", "user")
    assert caught.value.code == "ERR_KEYRING_LOCKED"
    assert len(asked) == 1


@pytest.mark.parametrize("damage", ["cut", "empty", "body", "rounds", "memory"])
def test_a_damaged_file_is_told_and_kept(keyring: PassphraseKeyring, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "vault.sealed"
    file = json.loads(path.read_text())
    if damage == "body":
        file["body"] = "A" * len(file["body"])
    if damage == "rounds":
        file["derivation"]["n"] = 12345
    if damage == "memory":
        file["derivation"]["n"] = 2**30
    content = {"cut": path.read_text()[:-20], "empty": ""}.get(damage, json.dumps(file))
    path.write_text(content)
    again = PassphraseKeyring(tmp_path)
    error = failure(again)
    assert (error.code, error.reason) == ("ERR_KEYRING", "vault_sealed_damaged")
    assert again.locked
    assert path.read_text() == content


def test_a_failed_write_changes_nothing(
    keyring: PassphraseKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("master.vault.passphrase.write_private", full)
    with pytest.raises(VaultError) as caught:
        keyring.set_password("service", "user", "other")
    assert caught.value.reason == "vault_sealed_unreachable"
    assert keyring.get_password("service", "user") == "canary"


def test_deriving_the_key_takes_its_time(tmp_path: Path) -> None:
    began = time.perf_counter()
    PassphraseKeyring(tmp_path).unlock(WORDS)
    assert time.perf_counter() - began > 0.02
