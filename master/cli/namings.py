"""What is named on the command line: by its name as lists show it, by its id, or by the beginning of its id."""

import string
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol
from uuid import UUID

import click

from master.api.client import ApiError, MasterClient
from master.cli.nouns import Noun

SHORTEST: Final = 4
"""So many characters of an id at least, where it is not the whole."""
TOLD: Final = 5
"""So many of those that share a name are listed."""
JOB_DIGITS: Final = 12
UNIQUE: Final = frozenset({"account", "group", "proxy", "job", "schedule", "rule", "credential", "token"})
"""Their ids are those of the master, and may be shortened; a person chose the others."""


class NotFound(click.ClickException):
    """Nothing has this name; programs are told so in the words of the master."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.refusal = ApiError(404, "ERR_NOT_FOUND", message)


class Ambiguous(click.ClickException):
    """Several have this name."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.refusal = ApiError(409, "ERR_AMBIGUOUS", message)


class Named(Protocol):
    """A row with an id and a name."""

    @property
    def id(self) -> str:
        """Return its id."""

    @property
    def name(self) -> str:
        """Return its name."""


def nouns_of(command: click.Command) -> dict[str, Noun]:
    """Return the parameters of a command that name something, with what they name."""
    return {param.name: param.type for param in command.params if param.name and isinstance(param.type, Noun)}


FINDERS: Final[Mapping[str, Callable[[MasterClient], Awaitable[Sequence[Named]]]]] = {
    "group": lambda client: client.groups(),
    "proxy": lambda client: client.proxies(),
    "schedule": lambda client: client.schedules(),
    "rule": lambda client: client.rules(),
    "credential": lambda client: client.credentials(),
    "token": lambda client: client.tokens(),
}


async def with_ids(client: MasterClient, given: dict[str, Any], nouns: Mapping[str, Noun]) -> dict[str, Any]:
    """Return the arguments of a command with the names of what ``nouns`` says replaced by ids.

    Only what is no id is looked up. Raises ``ClickException`` for a name that nothing has, or several have.
    """
    ids: dict[str, Any] = {}
    for field, noun in nouns.items():
        value = given.get(field)
        if isinstance(value, tuple):
            ids[field] = tuple([await id_of(client, noun, one) for one in value])
        elif value is not None:
            ids[field] = await id_of(client, noun, value)
    return given | ids


async def id_of(client: MasterClient, noun: Noun, wanted: str) -> str:
    """Return the id of what is named. Raises ``ClickException``."""
    if wanted in noun.words or (_is_job(wanted) if noun.name == "job" else _is_id(wanted)):
        return wanted
    if noun.name == "account":
        # The search finds a part of a name, in any case.
        rows: Sequence[Named] = (await client.accounts(limit=500, q=wanted)).rows
        if not any(row.name.casefold() == wanted.casefold() for row in rows):
            rows = [*(await client.accounts(limit=500, removed=True)).rows, *await client.all_accounts()]
        return chosen(noun.name, wanted, rows)
    if noun.name == "job":
        rows = (await client.jobs(q=wanted, limit=500)).rows
        if not any(row.name.casefold() == wanted.casefold() for row in rows):
            rows = (await client.jobs(limit=500)).rows
        return chosen(noun.name, wanted, rows)
    if noun.name == "worker":
        configs = await client.worker_configs()
        called = [one.worker_id for one in configs if one.name.casefold() == wanted.casefold()]
        # A worker that was deleted has its log and its events for a while.
        exact = any(one.worker_id == wanted for one in configs) or len(called) != 1
        return wanted if exact else called[0]
    find = FINDERS.get(noun.name)
    return wanted if find is None else chosen(noun.name, wanted, await find(client))


def chosen(kind: str, wanted: str, rows: Iterable[Named]) -> str:
    """Return the id of the one row of this name, or whose id begins so.

    Upper and lower case count only where it needs them. A name is never shortened: what is called so tomorrow may be
    another one.
    """
    every = list(rows)
    alike = [row for row in every if row.name.casefold() == wanted.casefold()]
    found = [row for row in alike if row.name == wanted] or alike
    if not found:
        exact = [row for row in every if row.id == wanted]
        begun = len(wanted) >= SHORTEST and kind in UNIQUE
        found = exact or [row for row in every if begun and row.id.startswith(wanted.lower())]
    if not found:
        raise NotFound(f"There is no {kind} {wanted}. `watchkeeper {_plural(kind)} list` lists what there is.")
    if len({row.id for row in found}) > 1:
        ids = ", ".join(row.id for row in found[:TOLD]) + (", …" if len(found) > TOLD else "")
        raise Ambiguous(f"Several {_plural(kind)} are called {wanted}. Give the id of one: {ids}.")
    return found[0].id


def _plural(kind: str) -> str:
    if kind == "token":
        return "token"
    return kind.removesuffix("y") + "ies" if kind.endswith("y") else f"{kind}s"


def _is_job(wanted: str) -> bool:
    return len(wanted) == JOB_DIGITS and all(character in string.hexdigits for character in wanted)


def _is_id(wanted: str) -> bool:
    try:
        return str(UUID(wanted)) == wanted.lower()
    except ValueError:
        return False
