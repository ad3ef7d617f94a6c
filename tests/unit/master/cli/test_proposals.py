"""Fields that were not typed."""

import pytest

from master.api.proposals import Proposal, ProposalReport
from master.cli.proposals import completed
from worker.protocol.manifest import Capabilities, Field, Manifest, Preset
from worker.protocol.texts import Text

NORTH = Preset(id="north", title={"en": "North"}, match=["north.example"], settings={"host": "imap.north.example"})
MANIFEST = Manifest(
    id="mail",
    title={"en": "Mail"},
    summary={"en": "Mail"},
    icon="M",
    color="#333333",
    capabilities=Capabilities(propose=True),
    fields=[
        Field(name="username", type="text", title={"en": "Address"}, required=True),
        Field(name="host", type="text", title={"en": "Server"}, required=True),
    ],
    presets=[NORTH],
    preset_from="username",
)


class Client:
    def __init__(self, *proposals):
        self.proposals = list(proposals)
        self.asked = []

    async def propose_settings(self, body):
        self.asked.append(body.settings)
        return ProposalReport(proposals=self.proposals, error=None, fields={})


FOUND = Proposal(
    title="imap.example.org",
    settings={"host": "imap.example.org", "username": "ada"},
    source=Text(code="x", message="Published by example.org."),
)


async def test_nobody_is_asked_for_what_is_known_or_typed():
    client = Client(FOUND)
    values, preset = await completed(client, MANIFEST, {"username": "me@north.example"})
    assert (values["host"], preset.id) == ("imap.north.example", "north")
    await completed(client, MANIFEST, {"username": "me@else.example", "host": "mine"})
    assert client.asked == []


async def test_what_a_worker_finds_is_taken_and_said(capsys):
    client = Client(FOUND)
    values, preset = await completed(client, MANIFEST, {"username": "ada@example.org"})
    assert values == {"host": "imap.example.org", "username": "ada"}
    assert preset is None
    assert capsys.readouterr().err == "Published by example.org. host=imap.example.org, username=ada\n"


@pytest.mark.parametrize(
    "proposals", [[], [Proposal(title="N", settings={"host": "imap.north.example"}, preset="north")]]
)
async def test_a_found_provider_brings_its_preset_and_nothing_found_changes_nothing(proposals):
    values, preset = await completed(Client(*proposals), MANIFEST, {"username": "ada@company.example"})
    assert (preset is not None) == bool(proposals)
    assert values.get("host") == ("imap.north.example" if proposals else None)
