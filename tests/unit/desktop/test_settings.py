"""Settings of the window on disk."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.settings import FILE, DesktopSettings, SettingsError, SettingsHolder, load, save


def test_what_is_saved_is_loaded(profile: Path) -> None:
    save(profile, DesktopSettings(language="zh_CN", compact_rows=True))
    assert load(profile) == DesktopSettings(language="zh_CN", compact_rows=True)
    assert [path.name for path in profile.iterdir()] == [FILE]


def test_no_file_means_the_defaults(profile: Path) -> None:
    assert load(profile) == DesktopSettings()


@pytest.mark.parametrize("text", ['{"colour": "red"}', '{"language": "fr"}', '{"compact_rows": 1}', "{", "[]", "\xff"])
def test_an_unknown_key_or_value_is_an_error(profile: Path, text: str) -> None:
    (profile / FILE).write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsError, match=FILE):
        load(profile)


def test_a_file_that_cannot_be_read_is_named_with_its_place(profile: Path) -> None:
    (profile / FILE).mkdir()
    with pytest.raises(SettingsError) as told:
        load(profile)
    assert told.value.path == profile / FILE
    assert "directory" in told.value.detail


def test_an_unknown_key_is_named(profile: Path) -> None:
    (profile / FILE).write_text('{"colour": "red"}')
    with pytest.raises(SettingsError, match="colour"):
        load(profile)


def test_a_change_is_written_and_announced(profile: Path, qtbot: QtBot, qapp: QApplication) -> None:
    holder = SettingsHolder(profile)
    with qtbot.waitSignal(holder.changed):
        holder.update(page="logs")
    with qtbot.assertNotEmitted(holder.changed):
        holder.update(page="logs")
    assert load(profile).page == "logs"
    with pytest.raises(TypeError):
        holder.update(nonsense=1)
    for wrong in ({"lock_after_minutes": 10.5}, {"lock_after_minutes": 2000}, {"language": "fr"}):
        with pytest.raises(TypeError, match=next(iter(wrong))):
            holder.update(**wrong)
    assert load(profile).page == "logs", "the next start can read it"


@pytest.mark.expects_log("cannot be kept")
def test_a_full_disk_is_told_once_and_the_window_goes_on(profile, qapp, monkeypatch, caplog):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("desktop.settings.save", full)
    holder = SettingsHolder(profile)
    holder.update(page="logs")
    holder.update(page="workers")
    assert holder.values.page == "workers"
    assert caplog.text.count("cannot be kept") == 1
