"""Questions: asked at a terminal, never of a script."""

import io
import json
import sys

import click
import pytest

from master.cli import prompts
from master.cli.fields import credentials_of
from master.cli.main import run
from tests.helpers.data import FEED, IMAP


def test_without_a_terminal_the_option_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("answer\n"))
    with pytest.raises(click.UsageError, match="--passphrase-file"):
        prompts.ask("Passphrase", hidden=True, instead="--passphrase-file")
    with pytest.raises(click.UsageError, match="--credentials-stdin"):
        credentials_of(IMAP, None)


def test_what_may_be_left_out_is_not_asked_of_a_script(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert credentials_of(FEED, None) is None


def test_at_a_terminal_people_are_asked(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(click, "prompt", lambda label, **more: f"{label} {more['hide_input']}")
    assert prompts.ask("Token", hidden=True, instead="--token-file") == "Token True"


@pytest.mark.parametrize("arguments", [["accounts", "show", "x"], ["status"]])
def test_programs_get_errors_as_json(profile, capsys, arguments):
    assert run(["--profile", str(profile), *arguments, "--json"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    error = json.loads(told.err)["error"]
    assert error["code"] == "ERR_NOT_RUNNING"
    assert "No master runs" in error["message"]


def test_wrong_usage_as_json(capsys):
    assert run(["accounts", "add", "--platform", "feed", "--name", "x", "--interval", "1", "--json"]) == 2
    error = json.loads(capsys.readouterr().err)["error"]
    assert error["code"] == "ERR_USAGE"
    assert "--interval" in error["message"]
