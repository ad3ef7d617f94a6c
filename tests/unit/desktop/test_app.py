"""The desktop as a whole: what its end must not stumble over."""

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from desktop import app
from desktop.app import Desktop, DesktopOptions, Peer
from desktop.bridge import Engine
from desktop.integration.session import InstanceServer
from desktop.settings import SettingsHolder


@pytest.mark.expects_log("cannot be kept")
async def test_a_full_disk_and_a_late_change_do_not_stop_the_end(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "tray_available", lambda: True)
    options = DesktopOptions(
        demo=False,
        profile=tmp_path,
        host="127.0.0.1",
        port=0,
        port_explicit=False,
        log_level=None,
        vault="keyring",
        connect="http://127.0.0.1:1",
    )
    engine = Engine()
    instance = InstanceServer(tmp_path)
    assert instance.listen()
    desktop = Desktop(qapp, engine, Peer(url="http://127.0.0.1:1", token="x"), SettingsHolder(), options, instance)

    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(desktop._window, "remember", full)
    try:
        await desktop._close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # the menu is gone now
        desktop._models.accounts.settled.emit()
        assert not desktop._window.isVisible()
        assert not instance.listening
    finally:
        await engine.close()
        instance.deleteLater()
        for translator in desktop._translators:
            qapp.removeTranslator(translator)
        qapp.setStyleSheet("")
        desktop.deleteLater()
