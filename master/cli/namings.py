"""Accounts and groups are named on the command line as in lists: by their name, or by their id."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Protocol
from uuid import UUID

import click

from master.api.client import ApiError, MasterClient

ONE: Final = {"account_id": "account", "group_id": "group"}
MANY: Final = {"account_ids": "account", "group_ids": "group"}


class NotFound(click.ClickException):
    """Nothing has this name; programs are told so in the words of the master."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.refusal = ApiError(404, "ERR_NOT_FOUND", message)


class Named(Protocol):
    """A row with an id and a name."""

    @property
    def id(self) -> str:
        """Return its id."""

    @property
    def name(self) -> str:
        """Return its name."""


async def with_ids(client: MasterClient, given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a command with the names of accounts and groups replaced by their ids.

    Only what is no id is looked up. Raises ``ClickException`` for a name that nothing has, or several have.
    """
    ids: dict[str, Any] = {}
    for field, kind in ONE.items():
        if given.get(field):
            ids[field] = await _id_of(client, kind, given[field])
    for field, kind in MANY.items():
        if given.get(field):
            ids[field] = tuple([await _id_of(client, kind, wanted) for wanted in given[field]])
    return given | ids


async def _id_of(client: MasterClient, kind: str, wanted: str) -> str:
    if _is_id(wanted):
        return wanted
    if kind == "group":
        return chosen(kind, wanted, await client.groups())
    # The search finds a part of a name, in any case.
    rows: Sequence[Named] = (await client.accounts(limit=500, q=wanted)).rows
    if not any(row.name.casefold() == wanted.casefold() for row in rows):
        rows = (await client.accounts(limit=500, removed=True)).rows
    return chosen(kind, wanted, rows)


def chosen(kind: str, wanted: str, rows: Iterable[Named]) -> str:
    """Return the id of the one row of this name; upper and lower case count only where it needs them."""
    alike = [row for row in rows if row.name.casefold() == wanted.casefold()]
    found = [row for row in alike if row.name == wanted] or alike
    if not found:
        raise NotFound(f"There is no {kind} {wanted}.")
    if len(found) > 1:
        ids = ", ".join(row.id for row in found)
        raise click.ClickException(f"Several {kind}s are called {wanted}. Give the id of one: {ids}.")
    return found[0].id


def _is_id(wanted: str) -> bool:
    try:
        return str(UUID(wanted)) == wanted.lower()
    except ValueError:
        return False
