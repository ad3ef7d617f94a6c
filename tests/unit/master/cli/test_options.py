"""Options: from the command line, the environment, the defaults; before and after the command."""

from pathlib import Path

import click
import pytest

from master.cli.main import root, run
from master.cli.options import Common, check_peer, common_options, current


def _parse(monkeypatch, arguments: list[str], **environment: str) -> Common:
    for name in ("PROFILE", "PORT", "HOST", "LOG_LEVEL"):
        monkeypatch.delenv(f"WATCHKEEPER_{name}", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(f"WATCHKEEPER_{name}", value)
    seen: list[Common] = []

    @click.command()
    @common_options
    @click.pass_context
    def probe(context: click.Context) -> None:
        seen.append(current(context))

    monkeypatch.setitem(root.commands, "probe", probe)
    root.main(args=arguments, standalone_mode=False)
    return seen[0]


def test_defaults(monkeypatch):
    common = _parse(monkeypatch, ["probe"])
    assert (common.host, common.port, common.vault) == (None, None, "keyring")
    assert common.profile.name == "Watchkeeper"


@pytest.mark.parametrize("arguments", [["--port", "4000", "probe"], ["probe", "--port", "4000"]])
def test_an_option_stands_before_or_after_the_command(monkeypatch, arguments):
    common = _parse(monkeypatch, arguments)
    assert common.port == 4000


def test_the_options_of_all_stand_once_in_the_help_of_each(capsys):
    assert run(["--help"]) == 0
    assert {"--profile", "--passphrase-file", "--connect"} <= set(capsys.readouterr().out.split())
    assert run(["accounts", "list", "--help"]) == 0
    told = capsys.readouterr().out
    assert "--group" in told
    assert "`watchkeeper --help`" in told
    assert "--passphrase-file" not in told


def test_the_nearer_one_wins(monkeypatch):
    assert _parse(monkeypatch, ["--port", "1", "probe", "--port", "2"]).port == 2


def test_the_environment_means_the_same(monkeypatch, tmp_path):
    common = _parse(monkeypatch, ["probe"], PROFILE=str(tmp_path), PORT="0", HOST="::1", LOG_LEVEL="debug")
    assert common == Common(
        profile=tmp_path,
        host="::1",
        port=0,
        log_level="debug",
        vault="keyring",
        passphrase_file=None,
    )


def test_the_command_line_beats_the_environment(monkeypatch, tmp_path):
    assert _parse(monkeypatch, ["probe", "--profile", "elsewhere"], PROFILE=str(tmp_path)).profile == Path("elsewhere")


@pytest.mark.parametrize(
    ("environment", "named"),
    [({"PORT": "http"}, "WATCHKEEPER_PORT"), ({"PORT": "70000"}, "70000"), ({"LOG_LEVEL": "loud"}, "LOG_LEVEL")],
)
def test_a_wrong_variable_is_named(monkeypatch, environment, named):
    with pytest.raises(click.UsageError, match=named):
        _parse(monkeypatch, ["probe"], **environment)


def test_another_address_is_refused_with_the_way_out(monkeypatch):
    with pytest.raises(click.UsageError, match=r"ssh -L 3000:127\.0\.0\.1:3000"):
        _parse(monkeypatch, ["--host", "0.0.0.0", "probe"])


def test_usage_errors_exit_2(capsys):
    assert run(["--no-such-option"]) == 2
    assert run(["accounts", "no-such-verb"]) == 2
    assert run(["no-such-command"]) == 2
    assert "no-such-command" in capsys.readouterr().err


def test_without_a_desktop_the_bare_command_helps(capsys):
    assert run([]) == 0
    assert "selftest" in capsys.readouterr().out
    assert run(["demo"]) == 1
    assert "watchkeeper" in capsys.readouterr().err


def test_the_launcher_gets_every_option(tmp_path):
    seen: list[dict[str, object]] = []

    def launch(**options: object) -> int:
        seen.append(options)
        return 7

    shot = tmp_path / "window.png"
    code = run(["demo", "--offscreen", "--seconds", "2.5", "--screenshot", str(shot), "--port", "0"], desktop=launch)
    assert code == 7
    assert seen[0]["command"] == "demo"
    assert (seen[0]["offscreen"], seen[0]["seconds"], seen[0]["screenshot"], seen[0]["port"]) == (True, 2.5, shot, 0)
    assert run(["--minimized"], desktop=launch) == 7
    assert seen[1]["command"] == "desktop"
    assert seen[1]["minimized"] is True


def test_a_picture_needs_a_folder(capsys, tmp_path):
    started: list[object] = []
    shot = tmp_path / "nowhere" / "window.png"
    assert run(["demo", "--screenshot", str(shot)], desktop=lambda **options: started.append(options) or 0) == 2
    assert started == []
    assert str(shot.parent) in capsys.readouterr().err


def test_no_master_is_told_in_a_sentence(capsys, tmp_path):
    assert run(["status", "--profile", str(tmp_path)]) == 1
    assert "watchkeeper serve" in capsys.readouterr().err


def test_a_damaged_master_file_is_named(capsys, tmp_path):
    (tmp_path / "master.json").write_text("{")
    assert run(["token", "--profile", str(tmp_path)]) == 5
    assert "master.json is damaged" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://192.0.2.1:3000", "ssh -L 3000"),
        ("https://example.org", "ssh -L"),
        ("example.org:3000", "write the address"),
        ("file:///x", "write the address"),
    ],
)
def test_a_token_never_travels_in_clear(url, words):
    with pytest.raises(click.UsageError, match=words):
        check_peer(url)


def test_a_master_of_this_machine_may_be_driven():
    for url in ("http://127.0.0.1:3000", "http://localhost:1", "http://[::1]:3000"):
        check_peer(url)


def test_a_link_opens_the_window_on_it(profile):
    started = []
    launch = lambda **options: started.append(options) or 0  # noqa: E731
    link = "watchkeeper://item/5"
    assert run(["--profile", str(profile), "--minimized", link], desktop=launch) == 0
    assert run(["WatchKeeper:nonsense"], desktop=launch) == 0  # the window looks at it, and says what is wrong
    assert run([link, "--profile", str(profile), "--minimized"], desktop=launch) == 0
    first, second, third = started
    assert (third["link"], third["profile"], third["minimized"]) == (link, profile, True)
    assert (first["command"], first["link"], first["minimized"]) == ("desktop", link, True)
    assert (first["profile"], first["usual_profile"]) == (profile, False)
    assert (second["link"], second["usual_profile"]) == ("WatchKeeper:nonsense", True)
    assert run(["watchkeepers"], desktop=launch) == 2
    assert len(started) == 3
