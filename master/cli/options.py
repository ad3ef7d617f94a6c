"""The options that every command has, before or after its name, and their environment variables."""

import ipaddress
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal, TypeVar
from urllib.parse import urlsplit

import click
import msgspec

from master.master_files import MASTER_FILE

F = TypeVar("F", bound=Callable[..., Any])
KEY: Final = "watchkeeper.options"
DEFAULT_PORT: Final = 3000
EXIT_FAILED: Final = 1
EXIT_KEYRING: Final = 4
EXIT_PROFILE: Final = 5
EXIT_SIGNAL: Final = 128
"""Plus the number of a signal, as shells say it."""
FIRST_SHARED: Final = "profile"
LEVELS: Final = ("debug", "info", "warning", "error")


class Common(msgspec.Struct, frozen=True, kw_only=True):
    """The options of all commands, completed with the environment and the defaults."""

    profile: Path
    host: str | None
    """None: what the settings say."""
    port: int | None
    """None: what the settings say."""
    log_level: str | None
    vault: Literal["keyring", "passphrase"]
    passphrase_file: Path | None
    connect: str | None = None
    """Address of a master elsewhere; None: the one that runs on the profile."""
    token_file: Path | None = None

    @property
    def master_file(self) -> Path:
        """Where a running master of this profile tells its address and tokens."""
        return self.profile / MASTER_FILE


class Shared(click.Option):
    """An option of all commands: the help of each says so in one line, that of ``watchkeeper`` lists them."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        if ctx.parent is None:
            return super().get_help_record(ctx)
        if self.name != FIRST_SHARED:
            return None
        return "--profile DIR …", "As all commands: `watchkeeper --help` has them."


def _shared(*names: str, **attributes: Any) -> Callable[[F], F]:
    return click.option(*names, cls=Shared, **attributes)


def common_options(command: F) -> F:
    """Give ``command`` the options of all; :func:`current` reads them."""
    path = click.Path(path_type=Path)
    options = [
        _shared("--profile", type=path, help="Folder of settings and data.", **_kept("profile")),
        _shared("--port", type=click.IntRange(0, 65535), help="Port of the master; 0: any.", **_kept("port")),
        _shared("--host", help="Address that the master listens on.", **_kept("host")),
        _shared("--log-level", type=click.Choice(LEVELS), help="How much is logged.", **_kept("log_level")),
        _shared(
            "--vault",
            type=click.Choice(["keyring", "passphrase"]),
            help="Where credentials are kept.",
            **_kept("vault"),
        ),
        _shared("--passphrase-file", type=path, help="File with the vault's passphrase.", **_kept("passphrase_file")),
        _shared(
            "--connect",
            metavar="URL",
            help="A master that runs elsewhere, not the profile's.",
            **_kept("connect"),
        ),
        _shared("--token-file", type=path, help="File with the token of that master.", **_kept("token_file")),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def current(context: click.Context) -> Common:
    """Return the options as given. Raises a usage error that names the wrong variable or option."""
    given: dict[str, Any] = context.meta.get(KEY, {})
    port = given.get("port", _environment_port())
    return Common(
        profile=(given.get("profile") or _environment_path("WATCHKEEPER_PROFILE") or default_profile()).expanduser(),
        host=_checked_host(given.get("host") or os.environ.get("WATCHKEEPER_HOST"), port),
        port=port,
        log_level=given.get("log_level") or _environment_level(),
        vault=given.get("vault") or "keyring",
        passphrase_file=given.get("passphrase_file"),
        connect=given.get("connect"),
        token_file=given.get("token_file"),
    )


def here(context: click.Context) -> Common:
    """Return the options of a command that is done on this machine. Raises a usage error for ``--connect``."""
    common = current(context)
    if common.connect is not None:
        raise click.UsageError(f"--connect: `{context.command_path}` is done here, not by a master elsewhere.")
    return common


def default_profile() -> Path:
    """Return the profile folder of this user on this platform."""
    from platformdirs import user_data_path

    return user_data_path("Watchkeeper", appauthor=False)


def _kept(name: str) -> dict[str, Any]:
    def keep(context: click.Context, _parameter: click.Parameter, value: Any) -> None:
        if value is not None:
            context.meta.setdefault(KEY, {})[name] = value

    return {"expose_value": False, "callback": keep, "is_eager": True}


def _environment_path(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None


def _environment_port() -> int | None:
    value = os.environ.get("WATCHKEEPER_PORT")
    if not value:
        return None
    if not value.isdecimal() or int(value) > 65535:
        raise click.UsageError(f"WATCHKEEPER_PORT must be a number from 0 to 65535, not {value!r}.")
    return int(value)


def _environment_level() -> str | None:
    value = os.environ.get("WATCHKEEPER_LOG_LEVEL")
    if value and value not in LEVELS:
        raise click.UsageError(f"WATCHKEEPER_LOG_LEVEL must be one of {', '.join(LEVELS)}, not {value!r}.")
    return value or None


def _checked_host(host: str | None, port: int | None) -> str | None:
    if not host or is_loopback(host):
        return host or None
    shown = port or DEFAULT_PORT
    raise click.UsageError(
        f"--host {host} would open the master to other machines, which it does not offer yet. From another machine, "
        f"forward the port instead: ssh -L {shown}:127.0.0.1:{shown} USER@THIS-MACHINE"
    )


def check_peer(url: str) -> None:
    """Refuse a master that a token would travel to in clear. Raises ``UsageError``."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.UsageError(f"--connect {url}: write the address as http://127.0.0.1:{DEFAULT_PORT}.")
    if is_loopback(parts.hostname):
        return
    try:
        port = parts.port or DEFAULT_PORT
    except ValueError:
        port = DEFAULT_PORT
    raise click.UsageError(
        f"--connect {url} would send the token over the network, which is not offered yet. Forward the port instead: "
        f"ssh -L {port}:127.0.0.1:{port} USER@{parts.hostname}, then --connect http://127.0.0.1:{port}"
    )


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine and nobody else."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
