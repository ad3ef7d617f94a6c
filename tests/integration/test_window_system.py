"""System status, security and About on a real master."""

import zipfile

import pytest
from PySide6.QtWidgets import QApplication

from desktop.dialogs.bundle_dialog import BundleDialog
from desktop.dialogs.token_dialog import TokenDialog
from desktop.views.about import AboutSection
from desktop.views.settings_security import SecuritySection
from desktop.views.system_status import SystemStatusSection
from master.api.schema import AccountCreate
from tests.helpers.deadlines import until
from tests.integration.test_window_settings import page as page

CANARY = "zephyrine"


def rest(page):
    """Qt's own events are handled once more after a test, when no loop runs that a request could be made on."""
    page.context.models._status_timer.stop()


def shown(kind):
    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible())


def opened(page, name, kind):
    page.open_section(name)
    section = page.sections[name]
    assert isinstance(section, kind)
    return section


async def test_both_machines_are_looked_at_and_a_bundle_is_saved(page, tmp_path):
    client = page.context.bridge.client
    await client.create_account(
        AccountCreate(
            platform="feed", name=f"{CANARY} news", settings={"url": f"http://127.0.0.1:9/{CANARY}"},
            credentials={"username": CANARY, "password": f"{CANARY}-secret"},
        )
    )  # fmt: skip
    section = opened(page, "system", SystemStatusSection)
    await until(lambda: section.report is not None and section.window_checks)
    assert {"database", "worker", "keyring", "disk"} <= set(section.master_lines.lines)
    assert section.facts.values["address"].text() == client.url
    section.bundle_button.click()
    dialog = shown(BundleDialog)
    await until(lambda: dialog.bundle is not None)
    dialog.save(tmp_path / "bundle.zip")
    await until(lambda: dialog.gone)
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        contents = {name: archive.read(name).decode() for name in archive.namelist()}
    assert '"qt"' in contents["window.txt"]
    assert not [name for name, content in contents.items() if CANARY in content.casefold()]
    rest(page)


async def test_a_token_is_made_shown_in_the_record_and_ended(page):
    section = opened(page, "security", SecuritySection)
    await until(lambda: section.tokens.nothing.text() == "No outside program has a token.")
    await until(lambda: section.vault.words.text().startswith("Held in memory"))
    section.tokens.new_button.click()
    dialog = shown(TokenDialog)
    dialog.form.rows["name"].input.set_value("Script")
    dialog.make()
    await until(lambda: dialog.value.text)
    token = dialog.value.text
    dialog.reject()
    await until(lambda: [row.texts[0] for row in section.tokens.rows.rows] == ["Script"])
    assert token not in repr(section.tokens.rows.rows)

    def recorded():
        section.audit.reload()
        return any("Script" in row.texts for row in section.audit.rows.rows)

    await until(recorded)
    rest(page)


@pytest.mark.parametrize("managed", ["", "Debian"])
async def test_about_says_what_is_known_of_newer_versions(page, monkeypatch, managed):
    monkeypatch.setenv("WATCHKEEPER_MANAGED_BY", managed)
    section = opened(page, "about", AboutSection)
    await until(lambda: section.state is not None)
    words = "Debian keeps this installation" if managed else "This build has no address"
    assert section.words.text().startswith(words)
    assert not section.check_button.isEnabled()
