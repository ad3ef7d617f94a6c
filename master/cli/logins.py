"""``watchkeeper login``: sign in from a shell; what the service wants is shown and asked here."""

import asyncio
import base64
import sys
import tempfile
from pathlib import Path
from typing import Final

import click
import msgspec

from master.api.client import ApiError, MasterClient
from master.api.schema import Challenge, LoginCreate, LoginSession
from master.cli.connection import with_client
from master.cli.fields import find_platform, known_catalog, parse_settings
from master.cli.nouns import ACCOUNT, PLATFORM
from master.cli.options import common_options
from master.cli.output import colors, json_option, one_line, print_json
from master.cli.prompts import ask
from master.cli.qr_codes import draw
from worker.protocol.manifest import Manifest

LOOK_SECONDS: Final = 0.3
STDIN: Final = "--credentials-stdin"


@click.command("login")
@common_options
@click.argument("account_id", type=ACCOUNT, required=False)
@click.option("--platform", type=PLATFORM, help="Sign in for a new account of this platform.")
@click.option("--method", help="Id of a way to sign in; without it the best one.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A field of the platform.")
@click.option("--name", help="Of the new account; without it what the service says.")
@click.option(STDIN, "from_stdin", is_flag=True, help="Read what is asked beforehand from stdin as one JSON object.")
@click.option("--paste", is_flag=True, help="Paste the address at which the browser ended (it runs elsewhere).")
@json_option
@with_client
async def command(
    client: MasterClient,
    account_id: str | None,
    platform: str | None,
    method: str | None,
    settings: tuple[str, ...],
    name: str | None,
    from_stdin: bool,
    paste: bool,
    as_json: bool,
) -> int:
    """Sign in: again (ACCOUNT), or for a new account (--platform).

    A new password is given with `watchkeeper accounts sign-in`.
    """
    if (account_id is None) == (platform is None):
        raise click.UsageError("Give the id of an account, or --platform for a new one.")
    catalog = await known_catalog(client)
    if account_id is not None:
        manifest = find_platform(catalog, (await client.account(account_id)).platform)
        secrets = _secrets(manifest, method, from_stdin)
        session = await client.login_account(account_id, method, secrets)
    else:
        manifest = find_platform(catalog, platform or "")
        values = parse_settings(manifest, settings)
        secrets = _secrets(manifest, method, from_stdin)
        body = LoginCreate(platform=manifest.id, method=method, settings=values, credentials=secrets, name=name)
        session = await client.start_login(body)
    try:
        # A QR code signs in whoever reads it: its picture goes with the end.
        with tempfile.TemporaryDirectory(prefix="watchkeeper-") as folder:
            session = await _follow(client, session, Path(folder), paste=paste)
    except BaseException:
        await client.cancel_login(session.id)
        raise
    if as_json:
        print_json(session)
    else:
        reason = session.error or session.step
        done = f"Signed in: {one_line(session.name)} ({session.account_id})"
        click.echo(done if session.state == "success" else one_line(reason.message))
        for name, words in session.fields.items():
            click.echo(f"  {name}: {one_line(words.message)}")
    return 0 if session.state == "success" else 1


def _secrets(manifest: Manifest, method: str | None, from_stdin: bool) -> dict[str, str]:
    """Return the secrets that the way to sign in asks beforehand."""
    if from_stdin:
        try:
            return msgspec.json.decode(sys.stdin.buffer.read(), type=dict[str, str])
        except msgspec.DecodeError as error:
            raise click.UsageError(f"{STDIN}: {error}") from error
    login = manifest.logins[0] if method is None and manifest.logins else manifest.login(method or "")
    if login is None:
        return {}
    fields = [field for field in manifest.fields if field.secret and field.name in login.fields]
    given = {
        field.name: ask(field.title["en"], hidden=True, instead=STDIN, optional=not field.required) for field in fields
    }
    return {name: value for name, value in given.items() if value}


async def _follow(client: MasterClient, session: LoginSession, folder: Path, *, paste: bool) -> LoginSession:
    """Show and ask what is to be shown and asked, until the end."""
    said, shown = "", None
    while session.ended_at is None:
        challenge = session.challenge
        if challenge is None:
            # The next one may look the same: another try.
            shown = None
            if session.step.message != said:
                said = session.step.message
                click.echo(said, err=True)
        if challenge is not None and challenge != shown:
            shown = challenge
            session = await _meet(client, session, challenge, folder, paste=paste)
            continue
        await asyncio.sleep(LOOK_SECONDS)
        session = await client.login_session(session.id)
    return session


async def _meet(
    client: MasterClient, session: LoginSession, challenge: Challenge, folder: Path, *, paste: bool
) -> LoginSession:
    """Show one challenge, and answer it where something is to be typed."""
    _show(session, challenge, folder)
    asked = challenge.kind == "code" or (challenge.kind == "url" and challenge.paste and paste)
    if asked:
        label = challenge.prompt.message if challenge.prompt is not None else "Address at which the browser ended"
        value = _typed(one_line(label), hidden=challenge.secret)
        try:
            return await client.answer_login(session.id, value)
        except ApiError as error:
            if error.status != 409:
                raise
    return await client.login_session(session.id)


def _typed(label: str, *, hidden: bool) -> str:
    """Return what is typed; a script gives it as the next line of stdin."""
    if sys.stdin.isatty():
        return ask(label, hidden=hidden, instead="")
    click.echo(label, err=True)
    line = sys.stdin.readline().strip()
    if not line:
        raise click.UsageError(f"{label}: stdin has no more lines.")
    return line


def _show(session: LoginSession, challenge: Challenge, folder: Path) -> None:
    if challenge.wrong is not None:
        click.echo(one_line(challenge.wrong.message), err=True)
    click.echo(session.step.message, err=True)
    if challenge.kind == "qr" and challenge.text:
        click.echo(draw(challenge.text, colors=colors(sys.stderr)), err=True)
    elif challenge.kind == "qr":
        click.echo(str(_picture(challenge.image, folder)), err=True)
    if challenge.url:
        click.echo(one_line(challenge.url), err=True)
    if challenge.code:
        click.echo(f"Code: {one_line(challenge.code)}", err=True)


def _picture(image: str, folder: Path) -> Path:
    """Write a QR code of which there is only a picture where the person alone can read it."""
    path = folder / "qr.png"
    path.write_bytes(base64.b64decode(image))
    return path
