"""Links on the command line: what leads nowhere is refused before anything is opened."""

import msgspec
import pytest

import desktop.app
from desktop.app import EXIT_USAGE, run
from desktop.options import DesktopOptions


@pytest.mark.parametrize("link", ["watchkeeper://nonsense/1", "watchkeeper://item/" + "9" * 100_000])
def test_a_link_that_leads_nowhere_opens_nothing(profile, monkeypatch, capsys, link):
    raised = []
    monkeypatch.setattr(desktop.app, "raise_running", lambda *given, **named: raised.append(given) or False)
    options = DesktopOptions(
        demo=False,
        profile=profile,
        host="127.0.0.1",
        port=0,
        port_explicit=False,
        log_level=None,
        vault="keyring",
        link=link,
    )
    assert run(options) == EXIT_USAGE
    said = capsys.readouterr().err
    assert "watchkeeper://item/5" in said
    assert len(said) < 300
    assert raised == [(profile, link)]  # a window that runs says so too
    assert not (profile / "master.json").exists()


def test_a_link_goes_to_the_window_that_runs(profile, monkeypatch, capsys):
    raised = []
    monkeypatch.setattr(desktop.app, "raise_running", lambda *given, **named: raised.append(given) or True)
    options = DesktopOptions(
        demo=False,
        profile=profile,
        host="127.0.0.1",
        port=0,
        port_explicit=False,
        log_level=None,
        vault="keyring",
    )
    assert run(msgspec.structs.replace(options, link="watchkeeper://item/7")) == 0
    assert raised == [(profile, "watchkeeper://item/7")]
    assert "its window was raised" in capsys.readouterr().out
