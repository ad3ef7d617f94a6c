"""The Settings page on a real master: changed here and elsewhere, refused, quiet hours, proxies, a backup."""

import asyncio

import pytest

from desktop.settings import SettingsHolder
from desktop.views.settings import SettingsPage
from master.api.proxies import ProxyCreate
from master.api.schema import SettingsPatch
from tests.helpers.deadlines import until
from tests.helpers.live_windows import live_context
from tests.helpers.masters import running_master


@pytest.fixture
async def page(profile, qapp, qtbot):
    async with (
        running_master(profile, workers=False) as (_master, client),
        live_context(client, qapp, SettingsHolder(profile)) as context,
    ):
        page = SettingsPage(context)
        qtbot.addWidget(page)
        page.resize(976, 740)
        page.show()
        yield page


def row_of(page, section, name):
    page.open_section(section, name)
    return page.section.rows[name]


async def test_what_is_changed_here_is_kept_and_what_is_changed_elsewhere_is_seen(page):
    client = page.context.bridge.client
    row = row_of(page, "accounts", "default_interval_seconds")
    row.input.set_value("45")
    row.input.edited.emit()
    row.commit()
    await until(lambda: row.says_saved, what="saved")
    assert (await client.settings()).default_interval_seconds == 45

    await client.patch_settings(SettingsPatch(default_interval_seconds=120))
    await until(lambda: row.value() == 120, what="the change of another window")
    assert not row.dirty

    row.input.set_value("50")
    row.input.edited.emit()
    await client.patch_settings(SettingsPatch(default_interval_seconds=130))
    row.commit()  # the event of that change may be here already, or not
    await until(lambda: not row.note.isHidden(), what="the conflict")
    assert (await client.settings()).default_interval_seconds == 130
    row.note.first.click()
    await until(lambda: not row.dirty, what="saved after all")
    assert (await client.settings()).default_interval_seconds == 50


async def test_what_contradicts_another_setting_is_refused_at_its_field(page):
    row = row_of(page, "workers", "heartbeat_seconds")
    row.input.set_value("200")
    row.input.edited.emit()
    row.commit()
    await until(lambda: bool(row.error), what="the refusal")
    assert "200" in row.error
    other = page.section.rows["offline_after_seconds"]
    assert not other.error
    row.take_theirs()
    assert (row.value(), row.error) == (10, "")


async def test_every_field_can_be_set_to_what_it_shows(page):
    """What a field gives back is what the master takes: no field sends another type than its setting has."""
    client = page.context.bridge.client
    for entry in page.entries():
        if not entry.groups(page.context):
            continue
        page.open_section(entry.name)
        for name, row in page.section.rows.items() if hasattr(page.section, "rows") else ():
            if row.store.name != "master":
                continue
            before = row.store.value(name)
            assert row.value() == before, name
            settings = await client.patch_settings(SettingsPatch(**{name: row.value()}))
            assert row.store.value(name) == before, name
            assert settings == await client.settings()


async def test_sizes_proxies_and_a_backup(page):
    client = page.context.bridge.client
    page.open_section("storage")
    sizes, backups = page.section.sizes, page.section.backups
    await until(lambda: sizes.values["database"].text().endswith("MB"), what="sizes")
    await until(lambda: backups.nothing.text() or backups.rows.rowCount(), what="backups")
    count = backups.rows.rowCount()
    backups.make()
    await until(lambda: backups.rows.rowCount() == count + 1, what="a backup")
    await client.create_proxy(ProxyCreate(name="Office", kind="http", host="127.0.0.1", port=9))
    page.open_section("proxies")
    panel = page.section.panel
    await until(lambda: panel.rows.rowCount() == 1, what="the proxy")
    assert panel.chosen().name == "Office"


async def test_quiet_hours_are_kept(page):
    client = page.context.bridge.client
    page.open_section("quiet")
    page.section.enabled.click()
    page.section.save()  # its timer needs the loop of Qt

    async def kept():
        found = await client.quiet_hours()
        return found.enabled and len(found.windows) == 1

    await until(kept, what="quiet hours")
    await asyncio.sleep(0)
    assert not page.section.dirty
