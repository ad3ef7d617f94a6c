from master.vault.layouts import SharedEntry, SplitEntries, layout_for
from tests.helpers.keyrings import WindowsLikeKeyring


def ring_of(module: str) -> WindowsLikeKeyring:
    return type("Ring", (WindowsLikeKeyring,), {"__module__": module})()  # type: ignore[no-any-return]


def test_each_platform_has_its_layout() -> None:
    assert isinstance(layout_for(ring_of("keyring.backends.macOS"), "p"), SharedEntry)
    for module in ("keyring.backends.SecretService", "keyring.backends.kwallet", "master.vault.memory"):
        assert isinstance(layout_for(ring_of(module), "p"), SplitEntries)


def test_windows_gets_parts_that_fit() -> None:
    ring = ring_of("keyring.backends.Windows")
    layout = layout_for(ring, "p")
    layout.put("account/1/1", "x" * 5000)
    assert len(ring.targets) == 5
    assert layout.get("account/1/1") == "x" * 5000


def test_macos_sees_one_entry_for_all_accounts() -> None:
    ring = ring_of("keyring.backends.macOS")
    layout = SharedEntry(SplitEntries(ring, "Watchkeeper/profile"))
    for number in range(10):
        layout.put(f"account/{number}/1", "text")
    assert [name.rpartition("/")[0][:-1] for name in ring.targets] == ["Watchkeeper/profile/shared/"]


def test_the_newer_of_two_shared_entries_counts_after_an_interruption() -> None:
    ring = ring_of("keyring.backends.macOS")
    layout = SharedEntry(SplitEntries(ring, "p"))
    layout.put("account/1/1", "old")
    before = dict(ring.targets)
    layout.put("account/1/1", "new")
    ring.targets.update(before)  # as if the process had died before the old one was deleted
    assert len(ring.targets) == 2
    again = SharedEntry(SplitEntries(ring, "p"))
    assert again.get("account/1/1") == "new"
    again.put("account/2/1", "more")
    assert len(ring.targets) == 1


def test_a_change_builds_on_what_another_one_left() -> None:
    ring = ring_of("keyring.backends.macOS")
    one, other = SharedEntry(SplitEntries(ring, "p")), SharedEntry(SplitEntries(ring, "p"))
    assert other.get("account/1/1") is None
    one.put("account/1/1", "first")
    other.put("account/2/1", "second")
    one.delete("account/3/1")
    assert one.get("account/1/1") == "first"
    assert one.get("account/2/1") == "second"
    assert len(ring.targets) == 1
