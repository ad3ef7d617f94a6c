"""One file from one machine to another: everything that was set up, its secrets, and what is known as found."""

import time
from pathlib import Path

import msgspec
import pytest

from master.api.client import ApiError, MasterClient
from master.api.groups import GroupCreate
from master.api.inheritance import Inheritable
from master.api.moves import MoveImport
from master.api.proxies import ProxyCreate
from master.api.rules import RuleConditions, RuleCreate
from master.api.schema import AccountCreate, AccountPatch, CredentialCreate, SettingsPatch
from master.vault.sealed_files import MAGIC, Header, SealedWriter
from tests.helpers.deadlines import until
from tests.helpers.feed_server import FeedServer
from tests.helpers.masters import items_of, running_master

PASSPHRASE = "correct horse battery"
CANARY = "c4n4ry-in-the-van"

pytestmark = pytest.mark.expects_log("the master restarts", "the master's ledger was restored")


@pytest.fixture
def feeds():
    with FeedServer() as server:
        yield server


async def furnish(client: MasterClient, url: str) -> str:
    """Set up one of everything; return the id of the account."""
    proxy = await client.create_proxy(
        ProxyCreate(name="Way out", kind="socks5", host="127.0.0.1", port=9, username="me", password=CANARY)
    )
    group = await client.create_group(
        GroupCreate(name="News", settings=Inheritable(interval_seconds=5, proxy_id=proxy.id))
    )
    await client.create_credential(CredentialCreate(name="For jobs", values={"token": CANARY}))
    account = await client.create_account(
        AccountCreate(
            platform="feed",
            name="One",
            settings={"url": url},
            credentials={"username": "u", "password": CANARY},
            group_id=group.id,
            proxy_id="direct",
            tags=["a"],
        )
    )
    conditions = RuleConditions(account_ids=[account.id])
    await client.create_rule(RuleCreate(name="Mine", conditions=conditions, action="urgent"))
    await client.patch_settings(SettingsPatch(backup_keep=9))
    return account.id


async def brought(client: MasterClient, file: Path, **how):
    upload = await client.upload_move(file)
    return await client.import_move(upload.id, MoveImport(passphrase=PASSPHRASE, **how))


async def is_back(client: MasterClient) -> None:
    """Wait until the master has gone for its restart and is back with what was imported."""

    began = time.monotonic()

    async def gone() -> bool:
        try:
            # One that is as old as this wait, or older, has not restarted yet.
            return (await client.status()).uptime < time.monotonic() - began
        except ApiError:
            return True

    await until(gone, what="the restart")

    async def back() -> bool:
        try:
            return (await client.health()).status == "ok"
        except ApiError:
            return False

    await until(back, what="the master again")


async def test_nothing_is_typed_or_told_again(profile, tmp_path, feeds):
    feed = feeds.feed("one")
    for number in range(3):
        feed.publish(f"old {number}")
    file = tmp_path / "house.move"
    async with running_master(profile / "old") as (_, client):
        account_id = await furnish(client, feed.url)
        await until(lambda: checked(client, account_id), what="the first check")
        feed.publish("told there")
        await until(lambda: found(client, "told there"), what="the item")
        await client.export_move(file, PASSPHRASE)
    feed.publish("new while moving")
    raw = file.read_bytes()
    assert CANARY.encode() not in raw
    assert file.stat().st_mode & 0o077 == 0
    async with running_master(profile / "new") as (_, client):
        dry = await brought(client, file, dry_run=True)
        assert {one.noun: (one.total, one.new) for one in dry.counts} == {
            "groups": (1, 1), "proxies": (1, 1), "credentials": (1, 1), "accounts": (1, 1), "rules": (1, 1),
            "settings": (dry.counts[-1].total, 1),
        }  # fmt: skip
        assert (dry.keys, dry.credentials, dry.conflicts, dry.notes) == (4, 3, [], [])
        assert await client.all_accounts() == []
        done = await brought(client, file)
        assert msgspec.structs.replace(done, dry_run=True) == dry
        await is_back(client)
        (account,) = await client.all_accounts()
        assert (account.id, account.name, account.has_credentials, account.tags) == (account_id, "One", True, ["a"])
        assert (await client.settings()).backup_keep == 9
        assert (await client.rules())[0].conditions.account_ids == [account_id]
        (group,) = await client.groups()
        (proxy,) = await client.proxies()
        assert (account.group_id, group.settings.proxy_id, account.interval_seconds) == (group.id, proxy.id, 5)
        assert proxy.has_password
        await until(lambda: found(client, "new while moving"), what="what is new")
        assert [item.title for item in await items_of(client)] == ["new while moving"]
        assert feed.last_headers.get("Authorization", "").startswith("Basic ")
        again = await brought(client, file, dry_run=True)
        same = {one.noun for one in again.counts if one.same == one.total}
        assert same == {"groups", "proxies", "credentials", "accounts", "rules", "settings"}


async def checked(client: MasterClient, account_id: str) -> bool:
    return (await client.account(account_id)).last_ok_at is not None


async def found(client: MasterClient, title: str) -> bool:
    return any(item.title == title for item in await items_of(client))


@pytest.mark.parametrize("how", ["skip", "replace", "merge"])
async def test_conflicts_end_as_was_chosen(profile, tmp_path, how):
    file = tmp_path / "house.move"
    async with running_master(profile / "old", workers=False) as (_, client):
        await furnish(client, "http://127.0.0.1:9/feed")
        await client.export_move(file, PASSPHRASE)
    async with running_master(profile / "new", workers=False) as (_, client):
        here = await client.create_account(
            AccountCreate(platform="feed", name="Mine", settings={"url": "http://127.0.0.1:9/feed"}, tags=["b"])
        )
        report = await brought(client, file, on_conflict=how)
        (conflict,) = report.conflicts
        assert (conflict.noun, conflict.action) == ("accounts", how)
        assert {"name", "tags", "group_id"} <= set(conflict.fields)
        await is_back(client)
        (account,) = await client.all_accounts()
        (rule,) = await client.rules()
        assert rule.conditions.account_ids == [here.id]
        expected = {
            "skip": ("Mine", ["b"], False, False),
            "replace": ("One", ["a"], True, True),
            "merge": ("Mine", ["b", "a"], True, True),
        }[how]
        assert (account.name, account.tags, account.group_id is not None, account.has_credentials) == expected
        with pytest.raises(ApiError) as caught:
            await client.patch_account(here.id, AccountPatch(notes="x", version=here.version - 1))
        assert caught.value.status == 409


async def test_without_a_passphrase_neither_secrets_nor_ledger(profile, tmp_path):
    file = tmp_path / "house.move"
    async with running_master(profile / "old", workers=False) as (_, client):
        await furnish(client, "http://127.0.0.1:9/feed")
        await client.export_move(file)
    async with running_master(profile / "new", workers=False) as (_, client):
        upload = await client.upload_move(file)
        assert not upload.encrypted
        report = await client.import_move(upload.id, MoveImport())
        assert (report.keys, report.credentials) == (0, 0)
        assert [note.code for note in report.notes] == ["move_open"]
        assert "credentials" not in {one.noun for one in report.counts}
        await is_back(client)
        (account,) = await client.all_accounts()
        assert not account.has_credentials


async def refused(client: MasterClient, file: Path, passphrase: str | None = None) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await brought_with(client, file, passphrase)
    return caught.value


async def brought_with(client: MasterClient, file: Path, passphrase: str | None) -> None:
    upload = (await client.upload_move(file)).id
    await client.import_move(upload, MoveImport(passphrase=passphrase))


def opened_file(path: Path, *lines: dict) -> Path:
    from master.store.tables import REVISIONS

    with path.open("wb") as file:
        writer = SealedWriter(file, Header(made_at=1, app="x", schema=REVISIONS[-1]), None)
        for line in lines:
            writer.write(msgspec.json.encode(line))
        writer.close()
    return path


ROW = {
    "id": "a" * 36, "platform": "feed", "name": "x", "platform_account_id": "x", "settings": "{}", "tags": "[]",
    "notes": "", "paused": 0,
}  # fmt: skip


async def test_bad_files_change_nothing(profile, tmp_path):
    file = tmp_path / "house.move"
    async with running_master(profile / "new", workers=False) as (_, client):
        await client.create_credential(CredentialCreate(name="For jobs", values={"token": "x"}))
        await client.export_move(file, PASSPHRASE)
        wrong = await refused(client, file, "something else")
        assert (wrong.status, wrong.texts["passphrase"].code) == (400, "move_passphrase")
        assert (await refused(client, file)).texts["passphrase"].code == "move_no_passphrase"
        cut = tmp_path / "cut"
        cut.write_bytes(file.read_bytes()[:-3])
        assert (await refused(client, cut, PASSPHRASE)).texts["file"].code == "move_damaged"
        for content, code in ((b"", "foreign"), (b"PK", "foreign"), (MAGIC + b'{"version":9}\n', "newer")):
            cut.write_bytes(content)
            assert (await refused(client, cut)).texts["file"].code == f"move_{code}"
        for line in ({"x": 1}, {"t": "accounts", "r": 5}, {"k": "a", "v": [1]}):
            assert (await refused(client, opened_file(cut, line))).texts["file"].code == "move_damaged"
        for change in (
            {"settings": "{"},
            {"settings": 5},
            {"name": None},
            {"quiet_hours": '{"x": 1}'},
            {"tags": '"a"'},
        ):
            bad = opened_file(cut, {"t": "accounts", "r": ROW}, {"t": "accounts", "r": ROW | {"id": "b"} | change})
            assert (await refused(client, bad)).text.code == "move_content", change
        assert await client.all_accounts() == []
        assert not list((profile / "new" / "moves").glob("*.part"))
        for missing in ("nothing", "../../watchkeeper"):
            with pytest.raises(ApiError) as caught:
                await client.import_move(missing, MoveImport())
            assert caught.value.status == 404
    left = list((profile / "new" / "moves").iterdir())
    async with running_master(profile / "new", workers=False):
        assert not [path for path in left if path.exists()]
