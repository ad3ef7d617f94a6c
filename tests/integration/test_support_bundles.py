"""A support bundle of a master that was given secrets, names and mails in every place has no byte of them."""

import asyncio
import logging
import socket
import sqlite3
import uuid
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from master.api.bundle_files import write_bundle
from master.api.client import MasterClient
from master.api.diagnostics import Bundle, BundleRequest
from master.api.schema import (
    AccountCreate,
    CredentialCreate,
    GroupCreate,
    SettingsPatch,
    TokenCreate,
    WorkerConfigCreate,
)
from master.checks.bundles import make_parts
from master.cli.main import run
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master

NAME = "Zephyrine Quillfeather"
MAIL = "zephyrine.quillfeather@umbrellaworks.example"
PASSWORD = "xK9-mangosteen!vault"
TOKEN_WORD = "gloamingtrove"
SUBJECT = "Regarding the zinfandel ledger of Marchbanks"
BODY = "Dear Zephyrine, the flotilla sails at dawn with seventeen barrels aboard."
CHINESE = "秘密账本在阁楼"
HOME = "quillfeatherhome"
CANARIES = (
    "zephyrine", "quillfeather", "umbrellaworks", "mangosteen", PASSWORD, TOKEN_WORD, "zinfandel", "marchbanks",
    "flotilla", "barrels", "秘密", "阁楼", HOME, "tanglewood", "brambleside", "hushaby",
)  # fmt: skip
SAID = (
    f"connecting to imap.umbrellaworks.example as {MAIL}",
    f"the server said: NO [AUTHENTICATIONFAILED] {PASSWORD} is wrong for {NAME}",
    f"stored '{SUBJECT}'",
    f"new mail: {SUBJECT} / {BODY}",
    f"item {CHINESE} was found",
    f"cannot read /opt/{HOME}/mail.db of the account {NAME}",
    f"Authorization: Bearer {TOKEN_WORD}0123456789",
    f"https://{NAME.split()[0]}:{PASSWORD}@umbrellaworks.example/inbox?{TOKEN_WORD}=1",
    f"the token {TOKEN_WORD} of the group tanglewood on brambleside asked for hushaby",
)


async def plant(client: MasterClient, profile: Path) -> None:
    """Put every canary where it could come from."""
    await client.create_group(GroupCreate(name="tanglewood"))
    await client.create_worker_config(WorkerConfigCreate(worker_id="brambleside", name="brambleside", auto_start=False))
    await client.create_token(TokenCreate(name=TOKEN_WORD, scope="client"))
    await client.create_credential(CredentialCreate(name="hushaby", values={"key": f"{TOKEN_WORD}-hushaby-1"}))
    await client.patch_settings(SettingsPatch(job_commands=[f"/opt/{HOME}/tool"], job_mounts=[f"/opt/{HOME}"]))
    account = await client.create_account(
        AccountCreate(
            platform="imap",
            name=NAME,
            settings={"host": "imap.umbrellaworks.example", "username": MAIL},
            credentials={"password": PASSWORD},
            tags=["tanglewood"],
            notes=BODY,
        )
    )
    for said in SAID:
        for name in ("master.services.accounts", f"master.{HOME}"):
            logging.getLogger(name).error("%s (%s)", said, account.id)
    try:
        raise ValueError(f"{MAIL} said {BODY} with {PASSWORD}")
    except ValueError:
        logging.getLogger("master.services.items").exception("a check of %s failed", NAME)
    folder = profile / "workers" / "brambleside"
    folder.mkdir(parents=True, exist_ok=True)
    trace = f'  File "/opt/{HOME}/worker/runtime/link.py", line 12, in _open\n    {BODY}\nValueError: {SUBJECT}\n'
    (folder / "stderr.log").write_text("\n".join(SAID) + "\n" + trace, encoding="utf-8")


def put_items(profile: Path, account_id: str) -> None:
    """Store items as a check would."""
    with sqlite3.connect(profile / "watchkeeper.db", timeout=10) as connection:
        columns = {row[1]: row for row in connection.execute("PRAGMA table_info(items)")}
        for number, (title, words) in enumerate([(SUBJECT, BODY), (CHINESE, CHINESE)]):
            values: dict[str, Any] = {
                "account_id": account_id, "kind": "mail", "key": f"<{uuid.uuid4()}@umbrellaworks.example>",
                "title": title, "text": words, "author": NAME, "url": "https://umbrellaworks.example/x",
                "thread": "zinfandel", "created_at": number + 1, "detected_at": 1, "stored_at": 1,
            }  # fmt: skip
            for name, row in columns.items():
                if row[3] and row[4] is None and not row[5] and name not in values:
                    values[name] = 0 if row[2] == "INTEGER" else ""
            marks = ", ".join("?" * len(values))
            connection.execute(
                f"INSERT INTO items ({', '.join(values)}) VALUES ({marks})",
                list(values.values()),
            )


def assert_clean(bundle: Bundle, folder: Path) -> None:
    """No canary stands in the file that is made of the parts."""
    path = folder / "bundle.zip"
    write_bundle(path, bundle)
    assert assert_free_of_canaries(path) == {part.name for part in bundle.parts}


def assert_free_of_canaries(path: Path) -> set[str]:
    """No canary stands in a bundle; return what files it has."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name).decode() for name in archive.namelist()}
    for name, content in contents.items():
        for canary in CANARIES:
            at = content.casefold().find(canary.casefold())
            assert at < 0, f"{canary} stands in {name}: {content[max(0, at - 80) : at + 80]!r}"
    raw = path.read_bytes().lower()
    assert not [canary for canary in CANARIES if canary.lower().encode() in raw]
    return set(contents)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / HOME
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USER", "quillfeather")
    monkeypatch.setenv("LOGNAME", "quillfeather")
    monkeypatch.setattr(socket, "gethostname", lambda: "umbrellaworks-box")
    return folder


@pytest.mark.expects_log(".*")
async def test_no_canary_is_in_the_bundle(home, tmp_path):
    profile = home / "profile"
    async with running_master(profile, workers=False) as (_, client):
        await plant(client, profile)
        account = (await client.all_accounts())[0]
        put_items(profile, account.id)

        async def logged() -> bool:
            return any(BODY in row.record.message for row in await client.logs(limit=500))

        await until(logged)
        lines = [*SAID, f"the window of {NAME} opened {BODY}"]
        facts: dict[str, str | int | float | bool] = {"screen": "1920 x 1080", "style": "Fusion", "home": str(home)}
        bundle = await client.bundle(BundleRequest(lines=lines, facts=facts))
        assert_clean(bundle, tmp_path)
        parts = {part.name: part.content for part in bundle.parts}
        stand_in = next(word for word in parts["accounts.json"].split('"') if word.startswith("account-"))
        assert stand_in in parts["log.txt"]  # the same account in rows and lines
        assert "connecting to" in parts["log.txt"]
        assert "worker/runtime/link.py:12 _open" in parts["crashes.txt"]
        assert "ValueError" in parts["crashes.txt"]
        assert '"examined"' in parts["recovery.json"]
        assert '"imap"' in parts["plugins.json"] or '"platforms"' in parts["plugins.json"]
        again = {part.name: part.content for part in (await client.bundle(BundleRequest())).parts}
        assert again["accounts.json"] == parts["accounts.json"]
        report = await client.system()
        facts_ = msgspec.structs.replace(report.facts, tasks=["tend brambleside", "tick"])
        report = msgspec.structs.replace(report, facts=facts_)
        made = make_parts(profile, report, BundleRequest(), [PASSWORD, f"{TOKEN_WORD}-hushaby-1"])
        assert_clean(Bundle(at=1, parts=made), tmp_path)
        rows = (await client.audit(action="exported")).rows
        assert [row.text.code for row in rows] == ["audit_bundle", "audit_bundle"]


@pytest.mark.expects_log(".*")
def test_the_shell_writes_one_with_and_without_a_master(home, tmp_path, capsys):
    profile, path = home / "profile", tmp_path / "bundle.zip"

    def doctor(*more: str, code: int | None) -> str:
        found = run(["doctor", "--profile", str(profile), "--port", "0", *more])
        printed = capsys.readouterr()
        assert found == code or code is None, printed  # without a keyring here it is 1
        return printed.out + printed.err

    async def fill() -> None:
        async with running_master(profile, workers=False) as (_, client):
            await plant(client, profile)
            put_items(profile, (await client.all_accounts())[0].id)
            said = await asyncio.to_thread(doctor, "--bundle", str(path), code=1)  # no worker runs
            assert "account-" not in said
            assert "log.txt" in said

    asyncio.run(fill())
    assert_free_of_canaries(path)
    path.unlink()
    doctor("--bundle", str(path), code=None)
    assert_free_of_canaries(path)
    with zipfile.ZipFile(path) as archive:
        assert "the vault could not be read" in archive.read("README.txt").decode().casefold()
        assert "connecting" not in archive.read("log.txt").decode()
    assert path.stat().st_mode & 0o077 == 0
    assert "cannot be written" in doctor("--bundle", str(tmp_path / "nowhere" / "b.zip"), code=1)
