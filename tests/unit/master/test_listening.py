"""Where a master listens: what was asked for, else its settings, and these never keep it from starting."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from master.api.schema import Settings
from master.app import Master
from master.errors import StartError
from master.settings import Options, save_settings
from tests.helpers.ports import free_port


def _master(profile: Path, settings: Settings, **given: object) -> Master:
    save_settings(profile, settings)
    return Master(Options(profile=profile, vault="memory", workers=False, **given))  # type: ignore[arg-type]


async def test_the_port_of_the_settings_is_taken(tmp_path: Path) -> None:
    port = free_port()
    async with _master(tmp_path, Settings(port=port)) as master:
        assert urlsplit(master.url).port == port


@pytest.mark.expects_log(r"port \d+ is taken, port \d+ is used")
async def test_a_port_of_the_settings_that_is_taken_gives_way_to_the_next_free_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        async with _master(tmp_path, Settings(port=port)) as master:
            assert (urlsplit(master.url).port or 0) > port
    assert f"port {port} is taken" in caplog.text


async def test_what_was_asked_for_wins(tmp_path: Path) -> None:
    settings, port = Settings(port=free_port(), host="::1"), free_port()
    async with _master(tmp_path, settings, host="127.0.0.1", port=port, port_explicit=True) as master:
        assert master.url == f"http://127.0.0.1:{port}"
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(StartError) as caught:
            await _master(tmp_path, settings, host="127.0.0.1", port=taken, port_explicit=True).start()
    assert caught.value.exit_code == 3


async def test_the_host_of_the_settings_is_listened_on(tmp_path: Path) -> None:
    async with _master(tmp_path, Settings(host="localhost", port=0)) as master:
        assert urlsplit(master.url).hostname == "localhost"
