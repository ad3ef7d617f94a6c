"""One suite over every way to lay texts into a keyring, and over every keyring of our own."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from master.vault.errors import VaultError
from master.vault.layouts import WINDOWS_PART_CHARACTERS, Layout, Ring, SharedEntry, SplitEntries
from master.vault.memory import MemoryKeyring
from master.vault.passphrase import PassphraseKeyring
from master.vault.vault import Vault
from tests.helpers.keyrings import BreakableKeyring, WindowsLikeKeyring

PREFIX = "Watchkeeper/profile"

LAYOUTS: dict[str, Callable[[Ring, str], Layout]] = {
    "windows parts": lambda ring, prefix: SplitEntries(ring, prefix, WINDOWS_PART_CHARACTERS),
    "tiny parts": lambda ring, prefix: SplitEntries(ring, prefix, 24),
    "shared entry": lambda ring, prefix: SharedEntry(SplitEntries(ring, prefix, WINDOWS_PART_CHARACTERS)),
}


@pytest.fixture(params=sorted(LAYOUTS))
def make_layout(request: pytest.FixtureRequest) -> Callable[[Ring, str], Layout]:
    return LAYOUTS[request.param]


@pytest.fixture
def ring() -> WindowsLikeKeyring:
    return WindowsLikeKeyring()


@pytest.fixture
def layout(make_layout: Callable[[Ring, str], Layout], ring: WindowsLikeKeyring) -> Layout:
    return make_layout(ring, PREFIX)


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 1191, 1192, 1193, 2400, 50_000])
def test_texts_of_every_size_come_back(layout: Layout, size: int) -> None:
    text = "".join(chr(ord("a") + n % 26) for n in range(size))
    layout.put("account/1/1", text)
    assert layout.get("account/1/1") == text


def test_a_text_survives_the_layout(
    layout: Layout, make_layout: Callable[[Ring, str], Layout], ring: WindowsLikeKeyring
) -> None:
    layout.put("account/1/1", "x" * 3000)
    assert make_layout(ring, PREFIX).get("account/1/1") == "x" * 3000


def test_texts_do_not_meet(
    layout: Layout, make_layout: Callable[[Ring, str], Layout], ring: WindowsLikeKeyring
) -> None:
    other_profile = make_layout(ring, "Watchkeeper/other")
    layout.put("account/1/1", "one")
    layout.put("account/1/2", "two")
    layout.put("account/11/1", "three")
    other_profile.put("account/1/1", "four")
    layout.delete("account/1/1")
    assert layout.get("account/1/1") is None
    assert [layout.get("account/1/2"), layout.get("account/11/1")] == ["two", "three"]
    assert other_profile.get("account/1/1") == "four"


@pytest.mark.parametrize(("first", "second"), [(3000, 10), (10, 3000), (3000, 3000)])
def test_a_second_put_replaces_the_first(layout: Layout, first: int, second: int) -> None:
    layout.put("account/1/1", "a" * first)
    layout.put("account/1/1", "b" * second)
    assert layout.get("account/1/1") == "b" * second


def test_deleting_is_idempotent_and_leaves_no_trace(layout: Layout, ring: WindowsLikeKeyring) -> None:
    layout.put("account/1/1", "a" * 100)  # what a shared entry looks like when it is empty
    layout.delete("account/1/1")
    before = len(ring.targets)
    layout.put("account/2/1", "a" * 3000)
    layout.delete("account/2/1")
    layout.delete("account/2/1")
    assert layout.get("account/2/1") is None
    assert len(ring.targets) == before
    assert not [target for target in ring.targets if "@" in target]


def test_a_put_cut_off_at_any_call_is_all_or_nothing_and_can_be_repeated(
    make_layout: Callable[[Ring, str], Layout],
) -> None:
    for cut in range(1, 200):
        ring = BreakableKeyring()
        layout = make_layout(ring, PREFIX)
        layout.put("account/neighbour/1", "n" * 60)
        ring.calls.clear()

        def fail(call: str, number: int, at: int = cut) -> None:
            if number == at:
                raise CutError

        ring.fault = fail
        try:
            layout.put("account/1/1", "t" * 60)
            assert cut > 1
            return  # every call of it has been cut off once
        except CutError:
            pass
        fresh = make_layout(ring, PREFIX)
        assert fresh.get("account/neighbour/1") == "n" * 60
        assert fresh.get("account/1/1") in {None, "t" * 60}
        fresh.put("account/1/1", "t" * 60)
        assert make_layout(ring, PREFIX).get("account/1/1") == "t" * 60
        fresh.delete("account/1/1")
        fresh.delete("account/neighbour/1")
        assert not [key for key in ring.targets if "account" in key]
    pytest.fail("the put never came to its end")


def test_a_delete_cut_off_at_any_call_can_be_repeated(make_layout: Callable[[Ring, str], Layout]) -> None:
    for cut in range(1, 200):
        ring = BreakableKeyring()
        layout = make_layout(ring, PREFIX)
        layout.put("account/neighbour/1", "n" * 60)
        neighbours = set(ring.targets)
        layout.put("account/1/1", "t" * 60)
        ring.calls.clear()

        def fail(call: str, number: int, at: int = cut) -> None:
            if number == at:
                raise CutError

        ring.fault = fail
        try:
            layout.delete("account/1/1")
            assert cut > 1
            return  # every call of it has been cut off once
        except CutError:
            pass
        fresh = make_layout(ring, PREFIX)
        fresh.delete("account/1/1")
        fresh.put("account/2/1", "other")  # a shared entry tidies up at its next change
        fresh.delete("account/2/1")
        assert len(ring.targets) == len(neighbours)
        assert make_layout(ring, PREFIX).get("account/1/1") is None
        assert make_layout(ring, PREFIX).get("account/neighbour/1") == "n" * 60
    pytest.fail("the delete never came to its end")


class CutError(Exception):
    """The moment at which the process died."""


def test_missing_parts_are_told(ring: WindowsLikeKeyring) -> None:
    layout = SplitEntries(ring, PREFIX, 24)
    layout.put("account/1/1", "t" * 100)
    del ring.targets[f"{PREFIX}/account/1/1/3"]
    with pytest.raises(VaultError) as caught:
        layout.get("account/1/1")
    assert caught.value.code == "ERR_CREDENTIAL_UNREADABLE"


def test_a_damaged_shared_entry_is_told_and_kept(ring: WindowsLikeKeyring) -> None:
    SharedEntry(SplitEntries(ring, PREFIX)).put("account/1/1", "text")
    (service,) = ring.targets
    user, text = ring.targets[service]
    ring.targets[service] = (user, text[:-3])
    with pytest.raises(VaultError) as caught:
        SharedEntry(SplitEntries(ring, PREFIX)).put("account/2/1", "text")
    assert caught.value.code == "ERR_CREDENTIAL_UNREADABLE"
    assert ring.targets == {service: (user, text[:-3])}


# the vault over every layout


@pytest.fixture
async def vault(
    tmp_path: Path, make_layout: Callable[[Ring, str], Layout], ring: WindowsLikeKeyring
) -> AsyncIterator[Vault]:
    vault = Vault(tmp_path, "profile", ring, make_layout=make_layout)
    await vault.start()
    yield vault
    await vault.close()


DOCUMENTS: list[dict[str, Any]] = [
    {},
    {"password": "пароль 密码 🔑", "nested": {"list": [1, 2.5, None, True]}},
    {"cookies": "c" * 50_000},
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=["empty", "unicode", "50 KB"])
async def test_documents_come_back_in_a_new_process(
    vault: Vault,
    document: dict[str, Any],
    tmp_path: Path,
    make_layout: Callable[[Ring, str], Layout],
    ring: WindowsLikeKeyring,
) -> None:
    await vault.write("1", 1, document)
    assert await vault.read("1", 1) == document
    again = Vault(tmp_path, "profile", ring, make_layout=make_layout)
    await again.start(expect_key=True)
    assert await again.read("1", 1) == document
    await again.close()


# the keyrings of our own


@pytest.fixture(params=["memory", "passphrase"])
def own_keyring(request: pytest.FixtureRequest, tmp_path: Path) -> KeyringBackend:
    if request.param == "memory":
        return MemoryKeyring()
    keyring = PassphraseKeyring(tmp_path)
    keyring.unlock("a few words")
    return keyring


def test_own_keyrings_keep_passwords(own_keyring: KeyringBackend) -> None:
    assert own_keyring.get_password("service", "user") is None
    own_keyring.set_password("service", "user", "one")
    own_keyring.set_password("service", "other", "two")
    own_keyring.set_password("service", "user", "three " * 10_000)
    assert own_keyring.get_password("service", "user") == "three " * 10_000
    own_keyring.delete_password("service", "user")
    assert own_keyring.get_password("service", "user") is None
    assert own_keyring.get_password("service", "other") == "two"
    with pytest.raises(PasswordDeleteError):
        own_keyring.delete_password("service", "user")


def test_own_keyrings_are_never_chosen_by_themselves(own_keyring: KeyringBackend) -> None:
    assert own_keyring.priority < 1
