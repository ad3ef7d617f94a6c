import subprocess
import sys
from pathlib import Path

import keyring.backend
import pytest

from master.vault import backends
from master.vault.backends import Backend, display_name, find_system_keyring, open_backend
from master.vault.errors import REASONS, VaultError
from master.vault.memory import MemoryKeyring
from master.vault.passphrase import PassphraseKeyring


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(backends, "current_system", lambda: "linux")


def failure() -> VaultError:
    with pytest.raises(VaultError) as caught:
        find_system_keyring()
    return caught.value


def configure(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "config" / "python_keyring"
    folder.mkdir(parents=True)
    (folder / "keyringrc.cfg").write_text(f"[backend]\ndefault-keyring={name}\n")


def test_opening_is_put_off_until_it_is_needed(tmp_path: Path) -> None:
    opened: list[int] = []

    def opener() -> MemoryKeyring:
        opened.append(1)
        return MemoryKeyring()

    backend = Backend("keyring", opener)
    assert opened == []
    assert backend.open() is backend.open()
    backend.forget()
    backend.open()
    assert len(opened) == 2


def test_own_kinds(tmp_path: Path) -> None:
    memory = open_backend("memory", tmp_path)
    ring = memory.open()
    memory.forget()
    assert memory.open() is ring  # forgetting it would lose everything
    assert isinstance(open_backend("passphrase", tmp_path).open(), PassphraseKeyring)


def test_no_keyring_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.backend.KeyringBackend, "_classes", set())
    error = failure()
    assert (error.code, error.reason) == ("ERR_KEYRING", "vault_none_linux")
    assert "gnome-keyring" in error.advice


@pytest.mark.parametrize("name", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
def test_keyrings_that_keep_nothing_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    error = failure()
    assert (error.code, error.reason) == ("ERR_KEYRING", "vault_refused")
    assert name in error.message
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    configure(tmp_path, name)
    assert failure().reason == "vault_refused"


def test_plain_text_keyrings_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = type("PlaintextKeyring", (MemoryKeyring,), {"__module__": "keyrings.alt.file", "priority": 5.0})
    monkeypatch.setattr("keyring.core.load_env", plain)
    assert failure().reason == "vault_refused"


def test_a_configured_keyring_that_cannot_be_loaded_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "no.such.Keyring")
    error = failure()
    assert error.code == "ERR_KEYRING"
    assert "no" in error.message


WITHOUT_BUS = """
import sys
from master.vault.backends import find_system_keyring
from master.vault.errors import VaultError
try:
    find_system_keyring()
except VaultError as error:
    assert error.reason == "vault_none_linux"
assert "cryptography" not in sys.modules and "secretstorage" not in sys.modules
"""


@pytest.mark.skipif(sys.platform != "linux", reason="keyrings of other systems need no bus")
def test_no_library_of_a_keyring_is_loaded_where_there_is_no_session_bus() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_BUS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_chainer_gives_way_to_the_best_real_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.chainer.ChainerBackend")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setattr(keyring.backend.KeyringBackend, "_classes", set())
    module = "keyring.backends.SecretService"
    weak, real, other = (
        type(name, (MemoryKeyring,), {"__module__": where, "priority": priority})
        for name, where, priority in (("Weak", module, 0.5), ("Real", module, 5.0), ("Other", "else.where", 9.0))
    )
    assert {weak, real, other} <= keyring.backend.KeyringBackend._classes
    ring = find_system_keyring()
    assert type(ring) is real
    assert display_name(ring) == "Secret Service"


def test_the_users_own_choice_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = type("Chosen", (MemoryKeyring,), {"__module__": "some.package", "priority": 3.0})
    monkeypatch.setattr("keyring.core.load_env", chosen)
    ring = find_system_keyring()
    assert type(ring) is chosen
    assert display_name(ring) == "some.package.Chosen"


def test_every_sentence_is_whole() -> None:
    for reason in REASONS.values():
        assert reason.code.startswith("ERR_")
        for text in (reason.message, reason.advice):
            assert text[0].isupper() or text.startswith("{")
            assert text.endswith((".", ")."))
