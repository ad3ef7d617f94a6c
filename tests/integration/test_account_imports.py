"""Accounts out of files, over REST, in a real master: judged line by line, added by the rules of a new account."""

from pathlib import Path

import pytest

from master.api.client import ApiError
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
    for form in ("csv", "opml"):
        await client.export_accounts(tmp_path / form, form)
        raw = (tmp_path / form).read_bytes()
        back = await client.import_accounts(raw, dry_run=True)
        assert (back.format, back.new, back.wrong) == (form, 0, 0)
        assert back.rows[0].group == "News"
    await client.export_accounts(tmp_path / "json", "json")
    assert b'"me@gmail.com"' in (tmp_path / "json").read_bytes()
    for file in [*profile.rglob("*"), *tmp_path.glob("[cjo]*")]:
        assert not file.is_file() or CANARY.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"", "file"),
        (b"platform,nonsense\nfeed,x\n", "nonsense"),
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


async def test_lines_that_are_none_add_nothing(client):
    report = await client.import_accounts(b"name,url\na,b\n", dry_run=False)
    assert (report.format, report.new, report.wrong) == ("lines", 0, 2)


async def test_a_file_that_is_too_large(client):
    with pytest.raises(ApiError) as caught:
        await client.import_accounts(b"x" * (17 << 20), dry_run=False)
    assert caught.value.status in (0, 413)
