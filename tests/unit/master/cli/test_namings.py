from dataclasses import dataclass

import click
import pytest

from master.cli.namings import chosen, with_ids

ID = "0b9c2f9e-7d43-4c5e-9a52-0f2f5a2f7c11"


@dataclass(frozen=True)
class Row:
    id: str
    name: str


ROWS = [Row("1", "Mail"), Row("2", "News"), Row("3", "news"), Row("4", "Twice"), Row("5", "Twice")]


@pytest.mark.parametrize(("wanted", "found"), [("Mail", "1"), ("mail", "1"), ("News", "2"), ("news", "3")])
def test_a_name_is_found_and_its_case_counts_only_where_it_must(wanted, found):
    assert chosen("account", wanted, ROWS) == found


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("nope", "There is no account nope."),
        ("Twice", "Several accounts are called Twice. Give the id of one: 4, 5."),
        ("NEWS", "Several accounts are called NEWS. Give the id of one: 2, 3."),
    ],
)
def test_a_name_of_none_or_of_several_is_refused(wanted, said):
    with pytest.raises(click.ClickException) as caught:
        chosen("account", wanted, ROWS)
    assert caught.value.message == said


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

    async def groups(self):
        self.asked += 1
        return [Row("7", "Work")]


async def test_ids_pass_without_a_look_up():
    client = Client()
    given = {"account_id": ID, "group_id": None, "account_ids": (), "name": "Mail"}
    assert await with_ids(client, given) == given
    assert client.asked == 0


async def test_names_become_ids_also_of_accounts_that_were_removed():
    given = {"account_id": "Gone", "account_ids": ("Mail", ID), "group_id": "Work", "group_ids": ("work",)}
    expected = {"account_id": "9", "account_ids": ("1", ID), "group_id": "7", "group_ids": ("7",)}
    assert await with_ids(Client(), given) == expected
    with pytest.raises(click.ClickException, match="There is no group Play"):
        await with_ids(Client(), {"group_id": "Play"})
