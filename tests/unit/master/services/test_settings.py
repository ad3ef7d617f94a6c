"""Settings: a file that is checked, written whole, and announced."""

from pathlib import Path

import msgspec
import pytest

from master.api.schema import Settings, SettingsPatch
from master.errors import Conflict, Invalid, StartError, Unavailable
from master.services.events import Publisher
from master.services.settings import SettingsService
from master.settings import load_settings, save_settings


@pytest.fixture
def service(profile: Path) -> SettingsService:
    return SettingsService(profile=profile, publisher=Publisher(), settings=load_settings(profile))


async def test_without_a_file_the_defaults_hold_and_a_change_is_kept(service, profile):
    assert service.current == Settings()
    seen = []
    service._publisher.subscribe(seen.append)
    changed = await service.patch(SettingsPatch(item_burst_limit=9, muted_until_at=5))
    assert changed == service.current == load_settings(profile)
    assert (changed.item_burst_limit, changed.muted_until_at) == (9, 5)
    assert [(event.type, event.data) for event in seen] == [("settings.changed", changed)]
    assert (await service.patch(SettingsPatch(muted_until_at=None))).muted_until_at is None
    await service.patch(SettingsPatch(item_burst_limit=9))
    assert len(seen) == 2, "nothing changed, nothing is told"
    assert [path.name for path in profile.iterdir()] == ["settings.json"]
    assert (profile / "settings.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"{", "settings.json"),
        (b"[]", "no JSON object"),
        (b'{"colour": 1}', "colour"),
        (b'{"item_burst_limit": "5"}', "item_burst_limit"),
        (b'{"log_total_mb": 0}', "log_total_mb"),
        (b"\xff\xfe", "settings.json"),
    ],
)
def test_a_wrong_file_is_told_by_what_is_wrong(profile, content, named):
    (profile / "settings.json").write_bytes(content)
    with pytest.raises(StartError) as caught:
        load_settings(profile)
    assert caught.value.exit_code == 5
    assert named in caught.value.text.message
    assert (profile / "settings.json").read_bytes() == content


async def test_values_that_contradict_each_other_are_refused(service, profile):
    with pytest.raises(Invalid) as caught:
        await service.patch(SettingsPatch(heartbeat_seconds=40))
    assert list(caught.value.fields) == ["offline_after_seconds"]
    with pytest.raises(Invalid):
        await service.patch(SettingsPatch(muted_until_at=-1))
    assert service.current == Settings()
    assert list(profile.iterdir()) == []


async def test_what_cannot_be_written_does_not_count(tmp_path):
    service = SettingsService(profile=tmp_path / "gone", publisher=Publisher(), settings=Settings())
    with pytest.raises(Unavailable):
        await service.patch(SettingsPatch(item_burst_limit=9))
    assert service.current == Settings()


def test_a_failed_write_leaves_the_old_file(profile, monkeypatch):
    save_settings(profile, Settings(item_burst_limit=7))
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        save_settings(profile, Settings(item_burst_limit=8))
    monkeypatch.undo()
    assert [path.name for path in profile.iterdir()] == ["settings.json"]
    assert msgspec.json.decode((profile / "settings.json").read_bytes())["item_burst_limit"] == 7


async def test_every_change_has_a_version_and_an_old_one_is_refused(service, profile):
    assert (await service.patch(SettingsPatch(item_burst_limit=9, version=1))).version == 2
    with pytest.raises(Conflict) as caught:
        await service.patch(SettingsPatch(item_burst_limit=8, version=1))
    assert caught.value.text.code == "version_stale"
    assert service.current.item_burst_limit == 9
    assert (await service.patch(SettingsPatch(item_burst_limit=9, version=2))).version == 2, "nothing changed"
    assert (await service.patch(SettingsPatch(item_burst_limit=8))).version == 3, "without one the last write wins"
    assert load_settings(profile).version == 3
