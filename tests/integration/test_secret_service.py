"""The vault on a real Secret Service, each step in a process of its own."""

import base64
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.secret_service import Condition, SecretService

pytestmark = pytest.mark.real_server

CANARY = "canary-9c41f0-secret"

CHILD = """
import asyncio, json, sys, time
from pathlib import Path

request = json.load(sys.stdin)

from master.vault.backends import open_backend
from master.vault.errors import VaultError
from master.vault.vault import Vault


async def step(vault, name, *arguments):
    began = time.perf_counter()
    try:
        result = await getattr(vault, name)(*arguments)
        answer = {"result": result if name in {"read", "preload"} else None}
        if name == "state":
            answer = {"result": [result.state, result.code, result.backend_name, result.advice]}
    except VaultError as error:
        answer = {"code": error.code, "advice": error.advice}
    return answer | {"seconds": time.perf_counter() - began}


async def main():
    profile = Path(request["profile"])
    vault = Vault(profile, "profile-1", open_backend("keyring", profile), deadline=request["deadline"])
    await vault.start()
    answers = [await step(vault, *call) for call in request["calls"]]
    await vault.close()
    return answers


answers = asyncio.run(main())
raw = {}
if request["services"]:
    import keyring
    raw = {name: keyring.get_password(name, "Watchkeeper") for name in request["services"]}
print(json.dumps({"answers": answers, "raw": raw}))
"""


class Session:
    """Steps of one vault in child processes."""

    def __init__(self, service: SecretService, profile: Path) -> None:
        self.service = service
        self.profile = profile

    async def run(
        self,
        *calls: tuple[Any, ...],
        condition: Condition | None = "unlocked",
        deadline: float = 15,
        services: tuple[str, ...] = (),
    ) -> tuple[list[dict[str, Any]], dict[str, str | None]]:
        request = {"profile": str(self.profile), "calls": calls, "deadline": deadline, "services": services}
        argv = [sys.executable, "-c", CHILD]
        if condition is None:
            finished = await self.service.run_without_dbus(argv, stdin=json.dumps(request))
        else:
            finished = await self.service.run(argv, stdin=json.dumps(request), condition=condition)
        assert finished.returncode == 0, finished.stderr
        assert CANARY not in finished.stderr
        answer = json.loads(finished.stdout)
        return answer["answers"], answer["raw"]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    profile = tmp_path / "profile"
    profile.mkdir(mode=0o700)
    return Session(SecretService(tmp_path), profile)


async def test_credentials_are_stored_read_in_a_new_session_and_erased(session: Session) -> None:
    document = {"password": CANARY, "cookies": "c" * 50_000, "名": "值"}
    answers, _ = await session.run(
        ("state",), ("write", "1", 1, document), ("write", "2", 1, {"password": "two"}), ("read", "1", 1)
    )
    assert answers[0]["result"][:3] == ["ok", "", "Secret Service"]
    assert answers[3]["result"] == document

    answers, _ = await session.run(
        ("preload", [["2", 1], ["1", 1], ["3", 1]]),
        ("read", "1", 1),
        ("erase", "1", 1),
        ("erase", "1", 1),
        ("read", "1", 1),
    )
    assert answers[0]["result"] == 2
    assert answers[1]["result"] == document
    assert [answer.get("code") for answer in answers] == [None, None, None, None, "ERR_CREDENTIAL_MISSING"]

    answers, _ = await session.run(("read", "1", 1), ("read", "2", 1))
    assert answers[0]["code"] == "ERR_CREDENTIAL_MISSING"
    assert answers[1]["result"] == {"password": "two"}


async def test_the_secret_stands_in_no_file_and_not_in_the_keyring_itself(session: Session) -> None:
    name = "Watchkeeper/profile-1/account/1/1/0"
    _, raw = await session.run(("write", "1", 1, {"password": CANARY}), services=(name,))
    stored = raw[name]
    assert stored is not None
    assert stored.startswith("1:w1.")
    opened = base64.urlsafe_b64decode(stored.removeprefix("1:w1."))
    forms = [CANARY.encode(), CANARY.encode("utf-16-le"), base64.b64encode(CANARY.encode())[:-4]]
    files = [path for path in (*session.profile.rglob("*"), *session.service.keyring_files) if path.is_file()]
    assert {"vault.key", "login.keyring"} <= {path.name for path in files}
    for content in (opened, stored.encode(), *(path.read_bytes() for path in files)):
        for form in forms:
            assert form not in content


async def test_a_copied_keyring_is_useless_without_the_profile(session: Session) -> None:
    await session.run(("write", "1", 1, {"password": CANARY}))
    (session.profile / "vault.key").unlink()
    answers, _ = await session.run(("read", "1", 1))
    assert answers[0]["code"] == "ERR_CREDENTIAL_UNREADABLE"


async def test_a_locked_keyring_is_told_at_once_and_loses_nothing(session: Session) -> None:
    await session.run(("write", "1", 1, {"password": CANARY}))
    answers, _ = await session.run(
        ("state",), ("read", "1", 1), ("write", "2", 1, {}), ("erase", "1", 1), condition="locked"
    )
    assert answers[0]["result"][:2] == ["locked", "ERR_KEYRING_LOCKED"]
    assert [answer["code"] for answer in answers[1:]] == ["ERR_KEYRING_LOCKED"] * 3
    assert sum(answer["seconds"] for answer in answers) < 25
    assert "nlock" in answers[1]["advice"]
    answers, _ = await session.run(("read", "1", 1))
    assert answers[0]["result"] == {"password": CANARY}


async def test_no_dbus_is_told_with_what_to_install(session: Session) -> None:
    answers, _ = await session.run(("state",), ("write", "1", 1, {"password": CANARY}), condition=None)
    state, code, _, advice = answers[0]["result"]
    assert (state, code) == ("unavailable", "ERR_KEYRING")
    assert "gnome-keyring" in advice
    assert answers[1]["code"] == "ERR_KEYRING"
    assert [path.name for path in session.profile.iterdir()] == ["vault.key"]


async def test_a_secret_service_without_a_keyring_is_told(session: Session) -> None:
    answers, _ = await session.run(("state",), ("write", "1", 1, {"password": CANARY}), condition="bare")
    state, code, _, advice = answers[0]["result"]
    assert (state, code) == ("unavailable", "ERR_KEYRING")
    assert "create a default keyring" in advice
    assert answers[1]["code"] == "ERR_KEYRING"


async def test_a_keyring_that_hangs_neither_blocks_the_vault_nor_the_exit(session: Session) -> None:
    answers, _ = await session.run(("state",), ("read", "1", 1), condition="hung", deadline=0.3)
    assert answers[0]["result"][:2] == ["unavailable", "ERR_KEYRING_TIMEOUT"]
    assert answers[1]["code"] == "ERR_KEYRING_TIMEOUT"
