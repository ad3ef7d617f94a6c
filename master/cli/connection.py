"""The running master of a profile, as the command line reaches it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click
import msgspec

from master.api.client import ApiError, MasterClient
from master.cli.loops import new_loop
from master.cli.namings import nouns_of, with_ids
from master.cli.nouns import Noun
from master.cli.options import EXIT_KEYRING, EXIT_PROFILE, Common, check_peer, current
from master.cli.prompts import ask
from master.master_files import MasterFile

P = ParamSpec("P")
T = TypeVar("T")


class NotRunning(click.ClickException):
    """No master answers for the profile."""

    def __init__(self, common: Common) -> None:
        where = f"the profile {common.profile}" if common.connect is None else common.connect
        super().__init__(
            f"No master runs on {where}. Start one with `watchkeeper serve`, or open the window with `watchkeeper`."
        )
        self.refusal = ApiError(0, "ERR_NOT_RUNNING", self.message)


class Lost(click.ClickException):
    """The master went away while it was asked."""

    def __init__(self) -> None:
        super().__init__(
            "The master went away in the middle; what was asked may be done or not. `watchkeeper status` says whether "
            "one runs again."
        )
        self.refusal = ApiError(0, "ERR_UNREACHABLE", self.message)


class Unusable(click.ClickException):
    """The profile cannot be read, or is damaged; ``advice`` says what to do."""

    exit_code = EXIT_PROFILE

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(f"{message} {advice}")
        self.advice = advice
        self.refusal = ApiError(0, "ERR_PROFILE", self.message)


class Refused(click.ClickException):
    """The master refused, and says why."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(describe(error))
        self.refusal = error


class NoKeyring(Refused):
    """There is no usable keyring for what was to be stored."""

    exit_code = EXIT_KEYRING


def read_master_file(common: Common) -> MasterFile:
    """Return what the running master wrote. Raises :class:`NotRunning`, :class:`Unusable`."""
    try:
        return msgspec.json.decode(common.master_file.read_bytes(), type=MasterFile)
    except (FileNotFoundError, NotADirectoryError):
        raise NotRunning(common) from None
    except msgspec.DecodeError as error:
        raise Unusable(f"{common.master_file} is damaged: {error}.", "Start the master again.") from error
    except OSError as error:
        why = error.strerror or str(error)
        advice = "Run this as the person whose it is, or give --profile."
        raise Unusable(f"{common.master_file} cannot be read: {why}.", advice) from error


def find_master(common: Common) -> tuple[str, str]:
    """Return address and token of the master that is meant. Raises ``ClickException``."""
    if common.connect is None:
        known = read_master_file(common)
        return known.url, known.token
    check_peer(common.connect)
    return common.connect, read_token(common.token_file)


def read_token(file: Path | None) -> str:
    """Return the token of a master elsewhere: from a file, or asked for. Raises ``UsageError``."""
    if file is None:
        return ask("Token of that master", hidden=True, instead="--token-file")
    try:
        return file.read_text("utf-8").strip()
    except UnicodeDecodeError as error:
        raise click.UsageError(f"--token-file {file}: this is no text in UTF-8.") from error
    except OSError as error:
        raise click.UsageError(f"--token-file {file}: {error.strerror}.") from error


def with_client(
    function: Callable[Concatenate[MasterClient, P], Awaitable[T]],
) -> Callable[P, T]:
    """Make a command of an async function whose first argument is a client of the running master.

    What the parameters name (``master.cli.nouns``) may be given by name: the function gets ids.
    """

    @wraps(function)
    def command(*args: P.args, **kwargs: P.kwargs) -> T:
        context = click.get_current_context()
        return run_async(_call(current(context), nouns_of(context.command), function, *args, **kwargs))

    return command


def run_async(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run one coroutine on a loop of its own, without touching the process's policy."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(coroutine)


async def _call(
    common: Common,
    nouns: dict[str, Noun],
    function: Callable[Concatenate[MasterClient, P], Awaitable[T]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    client = MasterClient(*find_master(common), look=lambda: _again(common))
    try:
        named: Any = await with_ids(client, kwargs, nouns)
        return await function(client, *args, **named)
    except ApiError as error:
        raise told(error, common) from error
    finally:
        await client.close()


def _again(common: Common) -> tuple[str, str] | None:
    """Return address and token of a master that was started again."""
    if common.connect is not None:
        return None
    try:
        known = read_master_file(common)
    except click.ClickException:
        return None
    return known.url, known.token


def told(error: ApiError, common: Common) -> click.ClickException:
    """Return what a person is told of a refusal, or of a master that cannot be reached."""
    if error.code.startswith("ERR_KEYRING"):
        return NoKeyring(error)
    if error.code != "ERR_UNREACHABLE":
        return Refused(error)
    # Nobody listens there, or somebody did and went.
    return NotRunning(common) if hasattr(error.__cause__, "os_error") else Lost()


def describe(error: ApiError) -> str:
    """Return the sentence of an error, each wrong field on a line of its own."""
    lines = [error.message]
    lines.extend(f"  {name}: {message}" for name, message in error.fields.items())
    return "\n".join(lines)
