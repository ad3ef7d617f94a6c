import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from keyring.errors import InitError, KeyringLocked, NoKeyringError

from master.vault.backends import open_backend
from master.vault.errors import REASONS, VaultError
from master.vault.private_file import write_private
from master.vault.vault import Vault
from tests.helpers.keyrings import BreakableKeyring, CredentialManagerError

CANARY = "canary-6f1d2c"


@pytest.fixture
def ring() -> BreakableKeyring:
    return BreakableKeyring()


@pytest.fixture
async def vault(tmp_path: Path, ring: BreakableKeyring) -> AsyncIterator[Vault]:
    vault = Vault(tmp_path, "profile", ring, deadline=5)
    await vault.start()
    yield vault
    await vault.close()


async def failure(awaitable: object) -> VaultError:
    with pytest.raises(VaultError) as caught:
        await awaitable  # type: ignore[misc]
    return caught.value


async def test_entries_are_named_by_profile_scope_id_generation_and_part(vault: Vault, ring: BreakableKeyring) -> None:
    await vault.write("a/1", 7, {"password": "x"})
    await vault.write("a/1", 7, {"token": "y"}, scope="credential")
    assert sorted(ring.targets) == [
        "Watchkeeper/profile/account/a%2F1/7/0",
        "Watchkeeper/profile/credential/a%2F1/7/0",
    ]
    assert await vault.read("a/1", 7) == {"password": "x"}
    assert await vault.read("a/1", 7, scope="credential") == {"token": "y"}


async def test_neither_profile_nor_keyring_shows_the_secret(
    vault: Vault, ring: BreakableKeyring, tmp_path: Path
) -> None:
    await vault.write("1", 1, {"password": CANARY})
    stored = json.dumps(ring.targets)
    assert CANARY not in stored
    assert "password" not in stored
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files] == ["vault.key"]
    assert all(CANARY.encode() not in path.read_bytes() for path in files)


async def test_every_seal_has_a_fresh_nonce(vault: Vault, ring: BreakableKeyring) -> None:
    await vault.write("1", 1, {"password": "x"})
    first = dict(ring.targets)
    await vault.write("1", 1, {"password": "x"})
    assert ring.targets != first


async def test_reads_after_a_write_ask_no_keyring(vault: Vault, ring: BreakableKeyring) -> None:
    await vault.write("1", 1, {"password": "x"})
    ring.calls.clear()
    assert await vault.read("1", 1) == {"password": "x"}
    assert ring.calls == []


async def test_preload_reads_in_order_and_skips_what_is_missing(
    vault: Vault, ring: BreakableKeyring, tmp_path: Path
) -> None:
    for account in ("3", "1", "2"):
        await vault.write(account, 1, {"id": account})
    again = Vault(tmp_path, "profile", ring)
    await again.start()
    ring.calls.clear()
    assert await again.preload([("2", 1), ("missing", 1), ("3", 1), ("1", 1)]) == 3
    assert [service.split("/")[3] for _, service in ring.calls] == ["2", "missing", "3", "1"]
    ring.calls.clear()
    assert [await again.read(account, 1) for account in ("1", "2", "3")] == [{"id": "1"}, {"id": "2"}, {"id": "3"}]
    assert ring.calls == []
    await again.close()


async def test_preload_stops_at_a_keyring_that_fails(vault: Vault, ring: BreakableKeyring) -> None:
    def locked(call: str, number: int) -> None:
        raise KeyringLocked

    ring.fault = locked
    assert (await failure(vault.preload([("1", 1), ("2", 1)]))).code == "ERR_KEYRING_LOCKED"
    assert len(ring.calls) == 1


async def test_erased_and_missing_documents_are_told_as_missing(vault: Vault, ring: BreakableKeyring) -> None:
    await vault.write("1", 1, {"password": "x"})
    await vault.erase("1", 1)
    await vault.erase("1", 1)
    error = await failure(vault.read("1", 1))
    assert (error.code, error.params) == ("ERR_CREDENTIAL_MISSING", {"id": "1"})
    assert ring.targets == {}


async def test_a_text_opens_only_where_it_belongs(vault: Vault, ring: BreakableKeyring, tmp_path: Path) -> None:
    await vault.write("1", 1, {"password": CANARY})
    ring.targets["Watchkeeper/profile/account/2/1/0"] = ring.targets["Watchkeeper/profile/account/1/1/0"]
    ring.targets["Watchkeeper/profile/account/1/2/0"] = ring.targets["Watchkeeper/profile/account/1/1/0"]
    for account, generation in (("2", 1), ("1", 2)):
        assert (await failure(vault.read(account, generation))).code == "ERR_CREDENTIAL_UNREADABLE"
    (tmp_path / "vault.key").unlink()
    thief = Vault(tmp_path, "profile", ring)
    await thief.start()
    error = await failure(thief.read("1", 1))
    assert error.code == "ERR_CREDENTIAL_UNREADABLE"
    assert error.__cause__ is None
    await thief.close()


@pytest.mark.parametrize(
    ("fault", "code", "state"),
    [
        (KeyringLocked("locked"), "ERR_KEYRING_LOCKED", "locked"),
        (InitError("nobody to prompt"), "ERR_KEYRING", "unavailable"),
        (NoKeyringError("none"), "ERR_KEYRING", "unavailable"),
        (CredentialManagerError("1312"), "ERR_KEYRING", "unavailable"),
        (OSError(5, "Input/output error"), "ERR_KEYRING", "unavailable"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_faults_of_the_keyring_become_sentences(
    vault: Vault, ring: BreakableKeyring, fault: Exception, code: str, state: str
) -> None:
    await vault.write("1", 1, {"password": "x"})

    def fail(call: str, number: int) -> None:
        raise fault

    ring.fault = fail
    for work in (vault.write("2", 1, {}), vault.read("2", 1), vault.erase("2", 1)):
        error = await failure(work)
        assert error.code == code
        assert error.message.endswith(".")
        assert error.advice.endswith(".")
        assert error.reason in REASONS
    told = await vault.state()
    assert (told.state, told.code, told.advice) == (state, code, error.advice)
    assert await vault.read("1", 1) == {"password": "x"}  # from memory, whatever the keyring does
    ring.fault = lambda call, number: None
    assert (await vault.state()).state == "ok"


async def test_a_locked_keyring_is_asked_once_a_write(vault: Vault, ring: BreakableKeyring) -> None:
    def locked(call: str, number: int) -> None:
        raise KeyringLocked

    ring.fault = locked
    await failure(vault.write("1", 1, {}))
    assert len(ring.calls) == 1  # each call may open a prompt


async def test_a_keyring_that_forgets_is_found_out_and_cleaned(vault: Vault, ring: BreakableKeyring) -> None:
    ring.changed = lambda password: password[:-1]
    error = await failure(vault.write("1", 1, {"password": "x"}))
    assert (error.code, error.reason) == ("ERR_KEYRING", "vault_forgetful")
    assert ring.targets == {}


async def test_a_write_that_fails_midway_leaves_nothing(vault: Vault, ring: BreakableKeyring) -> None:
    def fail(call: str, number: int) -> None:
        if call == "set":
            raise CredentialManagerError("1783")

    ring.fault = fail
    await failure(vault.write("1", 1, {"password": "x"}))
    assert ring.targets == {}
    assert (await failure(vault.read("1", 1))).code == "ERR_CREDENTIAL_MISSING"


async def test_a_value_that_is_no_json_is_refused_without_showing_it(vault: Vault) -> None:
    error = await failure(vault.write("1", 1, {"password": object()}))
    assert "object at" not in str(error)


async def test_a_damaged_key_comes_again_at_each_use(tmp_path: Path, ring: BreakableKeyring) -> None:
    write_private(tmp_path / "vault.key", b"scrambled")
    vault = Vault(tmp_path, "profile", ring)
    assert (await failure(vault.start())).code == "ERR_VAULT_KEY"
    assert (await failure(vault.write("1", 1, {}))).code == "ERR_VAULT_KEY"
    assert (await failure(vault.read("1", 1))).code == "ERR_VAULT_KEY"
    told = await vault.state()
    assert (told.state, told.reason) == ("unavailable", "vault_key_damaged")
    assert (tmp_path / "vault.key").read_bytes() == b"scrambled"
    assert ring.calls == []
    await vault.close()


async def test_a_vault_that_was_never_started_or_is_closed_says_so(tmp_path: Path, ring: BreakableKeyring) -> None:
    vault = Vault(tmp_path, "profile", ring)
    assert (await failure(vault.read("1", 1))).reason == "vault_not_started"
    await vault.start()
    await vault.close()
    await vault.close()
    assert (await failure(vault.read("1", 1))).reason == "vault_closed"
    assert (await failure(vault.erase("1", 1))).reason == "vault_closed"
    assert (await vault.state()).reason == "vault_closed"


async def test_the_memory_backend_serves_throw_away_profiles(tmp_path: Path) -> None:
    vault = Vault(tmp_path, "profile", open_backend("memory", tmp_path))
    await vault.start()
    await vault.write("1", 1, {"password": "x"})
    told = await vault.state()
    assert (told.state, told.backend_name) == ("ok", "memory (forgotten at the end)")
    error = await failure(vault.unlock("words"))
    assert error.code == "ERR_PASSPHRASE"
    await vault.close()


async def test_the_passphrase_backend_waits_for_its_passphrase(tmp_path: Path) -> None:
    vault = Vault(tmp_path, "profile", open_backend("passphrase", tmp_path))
    await vault.start()
    told = await vault.state()
    assert (told.state, told.code, told.backend_name) == ("locked", "ERR_KEYRING_LOCKED", "passphrase vault")
    assert (await failure(vault.write("1", 1, {}))).code == "ERR_KEYRING_LOCKED"
    await vault.unlock("a few words")
    await vault.write("1", 1, {"password": CANARY})
    assert (await vault.state()).state == "ok"
    await vault.change_passphrase("a few words", "other words")
    await vault.close()

    again = Vault(tmp_path, "profile", open_backend("passphrase", tmp_path, lambda: "other words"))
    await again.start()
    assert await again.read("1", 1) == {"password": CANARY}
    assert (await failure(again.change_passphrase("a few words", "third"))).code == "ERR_PASSPHRASE"
    await again.close()
    assert all(CANARY.encode() not in path.read_bytes() for path in tmp_path.iterdir())
