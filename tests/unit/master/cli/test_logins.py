"""What a sign-in in a shell leaves on disk."""

import tempfile
from base64 import b64encode

import msgspec

from master.api.logins import Challenge, LoginSession
from master.cli import logins
from worker.protocol.texts import text

SESSION = LoginSession(
    id="s",
    platform="demo",
    method="qr",
    account_id=None,
    name="Mine",
    state="pending",
    step=text("login_show_qr"),
    worker_id="w",
    created_at=1,
    expires_at=2,
    state_expires_at=2,
)


async def test_the_picture_of_a_qr_code_lies_where_it_goes_with_the_sign_in(tmp_path, monkeypatch, capsys):
    folder, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    shown = msgspec.structs.replace(SESSION, challenge=Challenge(kind="qr", image=b64encode(b"picture").decode()))

    class Client:
        async def login_session(self, _id):
            return msgspec.structs.replace(SESSION, ended_at=3)

    await logins._follow(Client(), shown, folder, paste=False)
    assert str(folder / "qr.png") in capsys.readouterr().err
    assert (folder / "qr.png").read_bytes() == b"picture"
    assert list(elsewhere.iterdir()) == []
