"""The system's table of links follows the settings."""

from desktop.integration.link_registrations import LinkRegistration
from desktop.integration.url_schemes import XdgScheme
from desktop.settings import SettingsHolder

COMMAND = ["/usr/bin/watchkeeper"]


def test_links_lead_here_while_the_settings_want_it(qapp, tmp_path):
    settings = SettingsHolder()
    scheme = XdgScheme(tmp_path / "data", tmp_path / "config")
    registration = LinkRegistration(settings, scheme, COMMAND)
    assert not scheme.registered(COMMAND)
    registration.apply()
    assert scheme.registered(COMMAND)
    settings.update(open_links=False)
    assert not scheme.registered(COMMAND)
    settings.update(open_links=True)
    assert scheme.registered(COMMAND)


def test_what_the_system_refuses_is_logged_and_no_more(qapp, tmp_path, caplog):
    (tmp_path / "data").write_text("a file where a folder should be")
    caplog.set_level("INFO", "watchkeeper.desktop")
    LinkRegistration(SettingsHolder(), XdgScheme(tmp_path / "data", tmp_path / "config"), COMMAND).apply()
    assert "links cannot be led here" in caplog.text
