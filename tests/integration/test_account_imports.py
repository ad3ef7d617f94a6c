"""Accounts out of files, over REST, in a real master: judged line by line, added by the rules of a new account."""

import json
from pathlib import Path

import pytest

from master.api.client import ApiError
from master.api.schema import AccountCreate
from tests.helpers.masters import running_master

CANARY = "c4n4ry-of-the-table"
TABLE = f"""platform,name,group,url,username,password,tags,interval_seconds
feed,One,News,https://a.example/feed,,,a|b,60
imap,Me,,,me@gmail.com,{CANARY},,
imap,Lost,,,me@nowhere.example,,,
feed,Again,News,https://a.example/feed,,,,
feed,Bad,,https://b.example,,,,soon
nope,X,,,,,,
"""


@pytest.fixture
async def client(profile: Path):
    async with running_master(profile, workers=False) as (_, client):
        yield client


async def test_each_line_is_judged_then_added(client, profile, tmp_path):
    tried = await client.import_accounts(TABLE.encode("gbk"), dry_run=True)
    assert [row.result for row in tried.rows] == ["new", "new", "wrong", "duplicate", "wrong", "wrong"]
    assert (tried.new, tried.duplicate, tried.wrong, tried.groups) == (2, 1, 3, ["News"])
    lost, again, bad, nope = tried.rows[2:]
    assert set(lost.fields) == {"host"}
    assert again.error.params == {"line": 2}
    assert set(bad.fields) == {"interval_seconds"}
    assert set(nope.fields) == {"platform"}
    assert await client.all_accounts() == []
    assert await client.groups() == []
    done = await client.import_accounts(TABLE.encode("utf-16"), dry_run=False)
    assert (done.new, done.wrong) == (2, 3)
    one, me = sorted(await client.all_accounts(), key=lambda account: account.platform)
    assert (one.name, one.tags, one.interval_seconds) == ("One", ["a", "b"], 60)
    assert one.group_id == (await client.groups())[0].id
    assert (me.settings["host"], me.has_credentials) == ("imap.gmail.com", True)
    assert "password" not in me.settings
    second = await client.import_accounts(TABLE.encode(), dry_run=False)
    assert (second.new, second.duplicate) == (0, 3)
    assert second.rows[0].account_id == one.id
    for form in ("csv", "json", "opml"):
        await client.export_accounts(tmp_path / form, form)
        raw = (tmp_path / form).read_bytes()
        back = await client.import_accounts(raw, dry_run=True)
        assert (back.format, back.new, back.wrong) == (form, 0, 0)
        assert back.rows[0].group == "News"
    assert b'"me@gmail.com"' in (tmp_path / "json").read_bytes()
    for file in [*profile.rglob("*"), *tmp_path.glob("[cjo]*")]:
        assert not file.is_file() or CANARY.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"", "file"),
        (b"platform,nonsense\nfeed,x\n", "nonsense"),
        (b'[{"platform": "feed", "nonsense": 1}]', "nonsense"),
        (b'{"platform": "feed"}', "file"),
        (b"[" * 100_000, "file"),
        ("\n".join(f"https://f{n}.example" for n in range(100_000)).encode(), "file"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><opml/>', "file"),
    ],
)
async def test_files_that_are_none(client, content, field):
    with pytest.raises(ApiError) as caught:
        await client.import_accounts(content, dry_run=False)
    assert caught.value.status == 400
    assert field in caught.value.fields
    assert await client.all_accounts() == []


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_an_export_is_imported_as_it_was(client, tmp_path, form):
    settings = {"url": "https://a.example/x", "selector": "main", "ignore": ["a|b", "[0-9]+ views", " c "]}
    made = await client.create_account(
        AccountCreate(platform="webpage", name="Page", settings=settings, tags=["x", "y"], interval_seconds=90)
    )
    await client.export_accounts(tmp_path / form, form)
    await client.delete_account(made.id, False, now=True)
    report = await client.import_accounts((tmp_path / form).read_bytes(), dry_run=False)
    assert (report.format, report.new) == (form, 1)
    (again,) = await client.all_accounts()
    assert (again.settings, again.tags, again.interval_seconds) == (made.settings, ["x", "y"], 90)


async def test_what_is_wrong_in_a_list_of_objects_is_named_for_each(client):
    rows = [
        {"platform": "feed", "name": "x", "settings": {"url": 5}},
        {"platform": "feed", "settings": ["x"]},
        "feed",
        {"platform": 7, "name": "x"},
        {"platform": "feed", "name": 5},
        {"platform": "feed", "settings": {"url": "https://a.example/"}, "tags": "a", "priority": "x"},
        {"platform": "feed", "settings": {"url": "https://b.example/"}, "interval_seconds": 5.5},
    ]
    report = await client.import_accounts(json.dumps(rows).encode(), dry_run=False)
    assert (report.format, report.wrong, report.new) == ("json", 7, 0)
    assert "url" in report.rows[0].fields
    assert [row.error.code for row in report.rows[1:5]] == ["import_object"] * 4
    assert set(report.rows[5].fields) == {"priority"}
    assert set(report.rows[6].fields) == {"interval_seconds"}
    assert await client.all_accounts() == []


async def test_lines_that_are_none_add_nothing(client):
    report = await client.import_accounts(b"name,url\na,b\n", dry_run=False)
    assert (report.format, report.new, report.wrong) == ("lines", 0, 2)


async def test_a_file_that_is_too_large(client):
    with pytest.raises(ApiError) as caught:
        await client.import_accounts(b"x" * (17 << 20), dry_run=False)
    assert caught.value.status in (0, 413)
