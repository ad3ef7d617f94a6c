"""How it joins: a token that is shown once, and commands to copy."""

import shlex

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.dialogs.context import Context
from desktop.dialogs.join_dialog import JoinDialog, container_commands, free_name, start_command, tunnel_command
from master.api.client import ApiError
from master.api.system import Token
from tests.unit.desktop.fakes import NOW, FakeClient

URL = "http://127.0.0.1:3005"


def make_token(name: str, worker_id: str | None = None, **changes: str) -> Token:
    scope = "client" if worker_id is None else "worker"
    return Token(id=name, name=name, scope=scope, worker_id=worker_id, created_at=NOW, last_used_at=None, **changes)  # type: ignore[arg-type]


def test_commands_name_address_id_and_file() -> None:
    assert start_command(URL, "attic") == f"watchkeeper worker --connect {URL} --id attic --token-file FILE"
    container = container_commands(URL, "attic")
    secret, run = container.replace("\\\n ", "").splitlines()
    assert shlex.split(secret) == ["podman", "secret", "create", "watchkeeper-attic", "FILE"]
    words = shlex.split(run)
    assert words[:3] == ["podman", "run", "-d"]
    assert words[words.index("watchkeeper-worker") + 1 :] == [
        "--connect", URL, "--id", "attic", "--token-file", "/run/secrets/watchkeeper-attic",
    ]  # fmt: skip
    assert tunnel_command(URL) == "ssh -N -L 3005:127.0.0.1:3005 USER@HOST"


def test_a_further_token_has_a_name_of_its_own() -> None:
    assert free_name("attic", []) == "attic"
    assert free_name("attic", [make_token("attic"), make_token("attic 3")]) == "attic 2"
    assert free_name("attic", [make_token("attic"), make_token("attic 2")]) == "attic 3"


async def test_the_token_is_made_shown_once_and_copied(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    client.answers["tokens"] = [make_token("attic")]
    client.answers["create_token"] = make_token("attic 2", "attic", token="s3cret-value")
    dialog = JoinDialog(context, "attic", "The attic")
    dialog.open_with_token()
    assert dialog.heading.text() == "How The attic joins"
    assert dialog.token.text == "s3cret-value"
    assert dialog.token.isVisible()
    assert dialog.make_button.isHidden()
    (body,), _more = client.called("create_token")[0]
    assert (body.name, body.scope, body.worker_id) == ("attic 2", "worker", "attic")
    for box in (dialog.token, dialog.start_box, dialog.container_box, dialog.tunnel_box):
        qtbot.mouseClick(box.copy_button, Qt.MouseButton.LeftButton)
        assert QApplication.clipboard().text() == box.text
        assert box.copy_button.text() == "Copied"
    assert "--connect http://127.0.0.1:3000 --id attic" in dialog.start_box.text
    assert "s3cret-value" not in "".join(one.text for one in (dialog.start_box, dialog.container_box))
    dialog.reject()


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        ([make_token("Phone")], "It has no token yet."),
        ([make_token("attic", "attic"), make_token("x", "other")], "1 token(s) of it are valid, and stay so."),
    ],
)
async def test_looked_at_again_it_makes_no_token_by_itself(
    tokens: list[Token], words: str, context: Context, client: FakeClient
) -> None:
    client.answers["tokens"] = tokens
    dialog = JoinDialog(context, "attic", "The attic")
    dialog.open_known()
    assert dialog.words.text().startswith(words)
    assert dialog.token.isHidden()
    assert dialog.make_button.isVisible()
    assert not client.called("create_token")
    dialog.reject()


async def test_closed_before_the_token_is_made_it_makes_none(context: Context, client: FakeClient) -> None:
    dialog = JoinDialog(context, "attic", "attic")

    def closed_meanwhile() -> list[Token]:
        dialog.reject()
        return []

    client.answers["tokens"] = closed_meanwhile
    dialog.open_with_token()
    assert dialog.gone
    assert client.called("tokens")
    assert not client.called("create_token")


async def test_closed_while_the_token_is_made_it_is_revoked(context: Context, client: FakeClient) -> None:
    dialog = JoinDialog(context, "attic", "attic")

    def closed_meanwhile(_body: object) -> Token:
        dialog.reject()
        return make_token("attic", "attic", token="s3cret-value")

    client.answers["tokens"] = []
    client.answers["create_token"] = closed_meanwhile
    client.answers["revoke_token"] = None
    dialog.open_with_token()
    assert dialog.gone
    ((token_id,), _more) = client.called("revoke_token")[0]
    assert token_id == "attic"


async def test_a_refusal_is_told_and_can_be_tried_again(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    client.answers["tokens"] = []
    client.errors["create_token"] = ApiError(400, "ERR_INVALID", "There is no worker attic.")
    dialog = JoinDialog(context, "attic", "attic")
    dialog.open_with_token()
    assert dialog.problem == "There is no worker attic."
    client.errors.clear()
    client.answers["create_token"] = make_token("attic", "attic", token="s3cret-value")
    qtbot.mouseClick(dialog.make_button, Qt.MouseButton.LeftButton)
    assert dialog.token.text == "s3cret-value"
    dialog.reject()


async def test_every_line_of_a_command_is_seen(context: Context, client: FakeClient, qtbot: QtBot) -> None:
    client.answers["tokens"] = []
    dialog = JoinDialog(context, "attic", "attic")
    dialog.open_known()
    whole = dialog.container_box._value
    qtbot.waitUntil(lambda: whole.document().size().height() > 1 and whole.verticalScrollBar().maximum() == 0)
    dialog.reject()
