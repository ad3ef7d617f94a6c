"""The running master of a profile, as the command line reaches it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import click
import msgspec

from master.api.client import ApiError, MasterClient
from master.cli.namings import with_ids
from master.cli.loops import new_loop
from master.cli.options import Common, current

P = ParamSpec("P")
T = TypeVar("T")


class MasterFile(msgspec.Struct, frozen=True, kw_only=True):
    """``master.json``: how to reach the master that runs on a profile."""

    url: str
    token: str
    client_token: str
    pid: int
    started_at: int
    version: str


class NotRunning(click.ClickException):
    """No master answers for the profile."""

    def __init__(self, common: Common) -> None:
        super().__init__(
            f"No master runs on the profile {common.profile}. Start one with `watchkeeper serve`, or open the window "
            "with `watchkeeper`."
        )


class Refused(click.ClickException):
    """The master refused, and says why."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(describe(error))
        self.refusal = error


def read_master_file(common: Common) -> MasterFile:
    """Return what the running master wrote. Raises :class:`NotRunning`."""
    try:
        return msgspec.json.decode(common.master_file.read_bytes(), type=MasterFile)
    except (FileNotFoundError, NotADirectoryError):
        raise NotRunning(common) from None
    except msgspec.DecodeError as error:
        raise click.ClickException(f"{common.master_file} is damaged: {error}. Start the master again.") from error
    except PermissionError as error:
        raise click.ClickException(f"{common.master_file} belongs to another user.") from error


def with_client(
    function: Callable[Concatenate[MasterClient, P], Awaitable[T]],
) -> Callable[P, T]:
    """Make a command of an async function whose first argument is a client of the running master.

    Accounts and groups may be given by name: the function gets ids as ``account_id``, ``account_ids`` and so on.
    """

    @wraps(function)
    def command(*args: P.args, **kwargs: P.kwargs) -> T:
        common = current(click.get_current_context())
        return run_async(_call(common, function, *args, **kwargs))

    return command


def run_async(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run one coroutine on a loop of its own, without touching the process's policy."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(coroutine)


async def _call(
    common: Common,
    function: Callable[Concatenate[MasterClient, P], Awaitable[T]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    known = read_master_file(common)
    client = MasterClient(known.url, known.token)
    try:
        named: Any = await with_ids(client, kwargs)
        return await function(client, *args, **named)
    except ApiError as error:
        if error.code == "ERR_UNREACHABLE":
            raise NotRunning(common) from error
        raise Refused(error) from error
    finally:
        await client.close()


def describe(error: ApiError) -> str:
    """Return the sentence of an error, each wrong field on a line of its own."""
    lines = [error.message]
    lines.extend(f"  {name}: {message}" for name, message in error.fields.items())
    return "\n".join(lines)
