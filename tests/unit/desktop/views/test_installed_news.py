"""A package was updated while the window is open."""

import sys

import pytest

from desktop.views.installed_news import InstalledNews
from worker.version import __version__


@pytest.fixture
def package(tmp_path, monkeypatch):
    """The package for Debian as it lies; its program is the one that runs."""
    folder = tmp_path / "live" / __version__
    folder.mkdir(parents=True)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(folder / "watchkeeper"))
    (tmp_path / "current").symlink_to(f"live/{__version__}")
    return tmp_path


def lead_to(package, name):
    """Let the command start another tree."""
    (package / "current").unlink()
    (package / "current").symlink_to(f"live/{name}")


def test_each_newer_version_is_told_once(qtbot, package):
    news = InstalledNews()
    told = []
    news.notice.connect(lambda *words: told.append(words))
    assert news.looks
    news.look()
    assert told == []
    for _ in range(2):
        lead_to(package, "99.0")
        news.look()
    assert [words[0] for words in told] == ["Watchkeeper 99.0 is installed"]
    lead_to(package, "99.1")
    news.look()
    assert told[-1][0] == "Watchkeeper 99.1 is installed"


def test_the_same_version_over_itself_is_no_news(qtbot, package):
    news = InstalledNews()
    lead_to(package, f"{__version__}.1")
    with qtbot.assertNotEmitted(news.notice):
        news.look()


def test_a_package_that_was_removed_is_no_news(qtbot, package):
    news = InstalledNews()
    (package / "current").unlink()
    with qtbot.assertNotEmitted(news.notice):
        news.look()


def test_elsewhere_nothing_is_looked_at(qtbot, tmp_path, monkeypatch):
    assert not InstalledNews().looks  # from source
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "watchkeeper" / "watchkeeper"))
    assert not InstalledNews().looks
