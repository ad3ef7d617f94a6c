"""Looking at a keyring asks nobody; a person who did not unlock it is not asked again and again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked

from master.vault.errors import VaultError
from master.vault.locks import is_locked
from master.vault.passphrase import PassphraseKeyring
from master.vault.vault import Vault
from tests.helpers.keyrings import BreakableKeyring


class Lockable(BreakableKeyring):
    """Tells whether it is locked; each use of it while it is would open a window."""

    priority = -1.0

    def __init__(self) -> None:
        super().__init__()
        self.locked: bool | None = False
        self.shut = False
        self.asked = 0
        self.fault = self._on_use

    def _on_use(self, _call: str, _number: int) -> None:
        if self.shut:
            self.asked += 1
            raise KeyringLocked("dismissed")


@pytest.fixture
def ring() -> Lockable:
    return Lockable()


@pytest.fixture
async def vault(tmp_path: Path, ring: Lockable) -> AsyncIterator[Vault]:
    vault = Vault(tmp_path, "profile", ring, deadline=5)
    await vault.start()
    for number in range(3):
        await vault.write(f"a{number}", 1, {"password": "x"})
    vault._sealed.clear()  # as after a start
    yield vault
    await vault.close()


def lock(ring: Lockable, *, tells: bool = True) -> None:
    ring.shut, ring.locked = True, True if tells else None


async def test_a_look_asks_nobody(vault: Vault, ring: Lockable) -> None:
    assert (await vault.state(ask=False)).state == "ok"
    lock(ring)
    state = await vault.state(ask=False)
    assert (state.state, state.code) == ("locked", "ERR_KEYRING_LOCKED")
    assert "nlock" in state.advice or "ign in" in state.advice
    assert ring.asked == 0
    assert (await vault.state()).state == "locked"
    assert ring.asked == 1


async def test_who_reads_again_and_again_asks_once(vault: Vault, ring: Lockable) -> None:
    lock(ring)
    for number in (0, 1, 2, 0, 1):
        with pytest.raises(VaultError) as caught:
            await vault.read(f"a{number}", 1)
        assert caught.value.locked
    assert ring.asked == 1
    ring.shut = ring.locked = False
    assert await vault.read("a1", 1) == {"password": "x"}
    assert (await vault.state(ask=False)).state == "ok"


async def test_one_that_does_not_tell_is_as_it_was_at_its_last_use(vault: Vault, ring: Lockable) -> None:
    ring.locked = None
    assert (await vault.state(ask=False)).state == "ok"
    lock(ring, tells=False)
    assert (await vault.state(ask=False)).state == "ok", "nobody has used it since"
    with pytest.raises(VaultError):
        await vault.read("a0", 1)
    assert (await vault.state(ask=False)).state == "locked"
    assert ring.asked == 1
    ring.shut = False
    assert await vault.read("a0", 1) == {"password": "x"}
    assert (await vault.state(ask=False)).state == "ok"


def test_the_passphrase_vault_tells(tmp_path: Path) -> None:
    ring = PassphraseKeyring(tmp_path, None)
    assert is_locked(ring)
    ring.unlock("a long passphrase")
    assert is_locked(ring) is False


async def test_a_passphrase_that_is_at_hand_opens_the_vault_before_anybody_uses_it(tmp_path: Path) -> None:
    for words, state in (("a long passphrase", "ok"), ("a long passphrase", "ok"), ("another", "unavailable")):
        vault = Vault(tmp_path, "profile", PassphraseKeyring(tmp_path, lambda words=words: words))
        await vault.start()
        assert (await vault.state(ask=False)).state == state
        if state == "ok":
            await vault.write("a0", 1, {"password": "x"})
        await vault.close()
    vault = Vault(tmp_path, "profile", PassphraseKeyring(tmp_path, lambda: "a long passphrase"))
    await vault.start()
    await vault.state(ask=False)
    assert await vault.read("a0", 1) == {"password": "x"}
    await vault.close()


def test_keyrings_that_say_nothing_are_not_known() -> None:
    assert is_locked(BreakableKeyring()) is None
