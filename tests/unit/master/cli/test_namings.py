from dataclasses import dataclass

import click
import pytest

from master.cli.namings import chosen, with_ids
from master.cli.nouns import ACCOUNT, BACKUP, GROUP, JOB, WORKER

ID = "0b9c2f9e-7d43-4c5e-9a52-0f2f5a2f7c11"
JOB_ID = "0190a1b2c3d4"


@dataclass(frozen=True)
class Row:
    id: str
    name: str


ROWS = [Row("1", "Mail"), Row("2", "News"), Row("3", "news"), Row("4", "Twice"), Row("5", "Twice"), Row(ID, "Long")]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("Mail", "1"), ("mail", "1"), ("News", "2"), ("news", "3"), (ID, ID), (ID[:4], ID), (ID[:9].upper(), ID)],
)
def test_a_name_is_found_and_its_case_counts_only_where_it_must(wanted, found):
    assert chosen("account", wanted, ROWS) == found


@pytest.mark.parametrize(
    ("wanted", "said", "code"),
    [
        ("nope", "There is no account nope. `watchkeeper accounts list` lists what there is.", "ERR_NOT_FOUND"),
        ("Mai", "There is no account Mai. `watchkeeper accounts list` lists what there is.", "ERR_NOT_FOUND"),
        (ID[:3], f"There is no account {ID[:3]}. `watchkeeper accounts list` lists what there is.", "ERR_NOT_FOUND"),
        ("Twice", "Several accounts are called Twice. Give the id of one: 4, 5.", "ERR_AMBIGUOUS"),
        ("NEWS", "Several accounts are called NEWS. Give the id of one: 2, 3.", "ERR_AMBIGUOUS"),
    ],
)
def test_a_name_of_none_or_of_several_is_refused(wanted, said, code):
    with pytest.raises(click.ClickException) as caught:
        chosen("account", wanted, ROWS)
    assert caught.value.message == said
    assert caught.value.refusal.code == code


def test_the_list_that_is_named_is_one_that_there_is():
    with pytest.raises(click.ClickException, match="watchkeeper proxies list"):
        chosen("proxy", "x", [])
    with pytest.raises(click.ClickException, match="watchkeeper token list"):
        chosen("token", "x", [])


def test_of_many_that_share_a_name_a_few_are_listed():
    with pytest.raises(click.ClickException, match=r"1, 2, 3, 4, 5, …\."):
        chosen("job", "backup", [Row(str(number), "backup") for number in range(1, 9)])


@dataclass(frozen=True)
class Config:
    worker_id: str
    name: str


@dataclass(frozen=True)
class Page:
    rows: list[Row]


class Client:
    """Finds accounts by a part of the name, and those that were removed; a look-up is counted."""

    def __init__(self) -> None:
        self.asked = 0

    async def accounts(self, limit, q="", removed=False):
        self.asked += 1
        rows = [Row("9", "Gone")] if removed else [row for row in ROWS if q.lower() in row.name.lower()]
        return Page(rows)

    async def all_accounts(self):
        return ROWS

    async def groups(self):
        self.asked += 1
        return [Row("7", "Work")]

    async def jobs(self, q=None, limit=100):
        self.asked += 1
        rows = [Row(JOB_ID, "backup"), Row("0190a1b2c3d5", "sync"), Row("0190a1b2c3d6", "sync")]
        return Page([row for row in rows if q is None or q in row.name])

    async def worker_configs(self):
        self.asked += 1
        return [Config("local-1", "Main"), Config("local-2", "Other")]


async def test_ids_pass_without_a_look_up():
    client = Client()
    given = {"account_id": ID, "group_id": None, "account_ids": (), "job_id": JOB_ID, "name": "Mail", "backup": "b"}
    nouns = {"account_id": ACCOUNT, "group_id": GROUP, "account_ids": ACCOUNT, "job_id": JOB, "backup": BACKUP}
    assert await with_ids(client, given, nouns) == given
    assert await with_ids(client, {"group": "none"}, {"group": GROUP.or_("none")}) == {"group": "none"}
    assert client.asked == 0


async def test_names_become_ids_also_of_accounts_that_were_removed():
    given = {"one": "Gone", "many": ("Mail", ID), "group": "Work", "groups": ("work",), "worker": "main"}
    nouns = {"one": ACCOUNT, "many": ACCOUNT, "group": GROUP, "groups": GROUP, "worker": WORKER}
    expected = {"one": "9", "many": ("1", ID), "group": "7", "groups": ("7",), "worker": "local-1"}
    assert await with_ids(Client(), given, nouns) == expected
    assert await with_ids(Client(), {"one": ID[:8]}, {"one": ACCOUNT}) == {"one": ID}
    with pytest.raises(click.ClickException, match="There is no group Play"):
        await with_ids(Client(), {"group": "Play"}, {"group": GROUP})


@pytest.mark.parametrize("wanted", ["local-2", "gone-7"])
async def test_a_worker_that_was_deleted_may_be_asked_for(wanted):
    assert await with_ids(Client(), {"worker": wanted}, {"worker": WORKER}) == {"worker": wanted}


async def test_a_job_is_named_by_its_name_while_one_alone_has_it():
    assert await with_ids(Client(), {"job": "backup"}, {"job": JOB}) == {"job": JOB_ID}
    with pytest.raises(click.ClickException, match="Several jobs are called sync"):
        await with_ids(Client(), {"job": "sync"}, {"job": JOB})
