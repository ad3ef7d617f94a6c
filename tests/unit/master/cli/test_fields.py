"""NAME=VALUE and prompts, typed by the manifest."""

import io

import click
import pytest
from msgspec import structs

from master.api.schema import CatalogAnswer
from master.cli import fields
from master.cli.fields import credentials_of, find_platform, known_catalog, parse_settings, with_preset
from worker.protocol.manifest import Capabilities, Field, Manifest, Preset


def _field(name: str, kind: str, **more: object) -> Field:
    return Field(name=name, type=kind, title={"en": name.title()}, **more)  # type: ignore[arg-type]


MANIFEST = Manifest(
    id="sample",
    title={"en": "Sample"},
    summary={"en": "A sample"},
    icon="S",
    color="#333333",
    capabilities=Capabilities(credentials="required"),
    fields=[
        _field("host", "text"),
        _field("port", "number"),
        _field("deep", "boolean"),
        _field("folders", "list"),
        _field("password", "password", secret=True),
    ],
)


def test_values_get_their_types():
    given = ["host=example.org", "port=993", "deep=yes", "folders=INBOX, Sent"]
    assert parse_settings(MANIFEST, given) == {
        "host": "example.org",
        "port": 993,
        "deep": True,
        "folders": ["INBOX", "Sent"],
    }


@pytest.mark.parametrize(
    ("setting", "named"),
    [("host", "NAME=VALUE"), ("hots=x", "There are: host"), ("port=many", "a number"), ("deep=perhaps", "yes or no")],
)
def test_a_wrong_one_is_named(setting, named):
    with pytest.raises(click.UsageError, match=named):
        parse_settings(MANIFEST, [setting])


def test_a_secret_is_never_an_argument():
    with pytest.raises(click.UsageError, match="never arguments"):
        parse_settings(MANIFEST, ["password=hunter2"])


def test_credentials_from_stdin():
    assert credentials_of(MANIFEST, io.StringIO('{"password": "x"}')) == {"password": "x"}


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_stdin_that_is_no_object_is_refused(text):
    with pytest.raises(click.UsageError, match="stdin"):
        credentials_of(MANIFEST, io.StringIO(text))


def test_an_unknown_platform_lists_what_there_is():
    with pytest.raises(click.ClickException, match="There are: sample"):
        find_platform(CatalogAnswer(platforms=[MANIFEST], runners=[], deployments=[]), "imap")


class Starting:
    """A master whose first worker tells what it knows at the ``comes``-th question."""

    def __init__(self, comes):
        self.left = comes

    async def catalog(self):
        self.left -= 1
        return CatalogAnswer(platforms=[] if self.left > 0 else [MANIFEST], runners=[], deployments=[])


async def test_the_first_worker_is_waited_for():
    assert (await known_catalog(Starting(3))).platforms == [MANIFEST]
    nobody = await known_catalog(Starting(1000), patience=0)
    assert nobody.platforms == []
    with pytest.raises(click.ClickException, match="No worker has told yet"):
        find_platform(nobody, "imap")


PROVIDER = Preset(
    id="north",
    title={"en": "North"},
    match=["north.example"],
    settings={"host": "imap.north.example", "port": 993},
    login="app_password",
    secret={"en": "App password"},
    note={"en": "North takes an app password."},
    link="https://north.example/apps",
)
KNOWING = structs.replace(MANIFEST, presets=[PROVIDER], preset_from="host")


def test_a_known_provider_completes_what_was_typed():
    values, preset = with_preset(KNOWING, {"host": "me@north.example", "port": 143})
    assert values == {"host": "me@north.example", "port": 143}
    assert preset is PROVIDER
    assert with_preset(KNOWING, {"host": "elsewhere.example"}) == ({"host": "elsewhere.example"}, None)
    assert with_preset(MANIFEST, {"host": "north.example"})[1] is None


def test_what_a_provider_accepts_is_said_before_the_password(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(fields, "ask", lambda label, **_: asked.append((label, capsys.readouterr().err)) or "secret")
    assert credentials_of(KNOWING, None, PROVIDER) == {"password": "secret"}
    assert asked == [("App password", "North takes an app password. https://north.example/apps\n")]
