"""Signing in to an IMAP server: with a password or a token, as the server offers it. All synchronous."""

import imaplib
from collections.abc import Collection

from imapclient.exceptions import IMAPClientError

from . import faults
from .servers import Server
from .wires import Client


def sign_in(client: Client, server: Server, password: str, token: str) -> None:
    """Sign in, with ``token`` where there is one. Raises ``AuthFailed`` only where the server refused it."""
    offered = client.capabilities()
    closed, plain = b"LOGINDISABLED" in offered, b"AUTH=PLAIN" in offered
    if closed and not token and (server.security == "none" or not plain):
        raise faults.no_login(server)
    try:
        if token:
            _say_token(client, server, token, offered)
        else:
            _say_password(client, server, password, closed, plain)
    except IMAPClientError as error:
        # The library takes a lost connection for a refusal, too.
        for cause in (error, error.__context__):
            if isinstance(cause, imaplib.IMAP4.abort | OSError):
                raise cause from error
        raise faults.of_sign_in(server, str(error), token=bool(token)) from error
    if client.has_capability("ID"):
        _say_name(client)


def _say_password(client: Client, server: Server, password: str, closed: bool, plain: bool) -> None:
    ascii_only = (password + server.username).isascii()
    if plain and (closed or not ascii_only):
        client.plain_login(server.username, password)
        return
    # LOGIN knows no letters beyond ASCII; most servers take them all the same.
    client.wire.speak("ascii" if ascii_only else "utf-8")
    try:
        client.login(server.username, password)
    finally:
        client.wire.speak("ascii")


def _say_token(client: Client, server: Server, token: str, offered: Collection[bytes]) -> None:
    user = server.username
    if b"AUTH=XOAUTH2" in offered:
        name, words, over = "XOAUTH2", f"user={user}\1auth=Bearer {token}\1\1", ""
    elif b"AUTH=OAUTHBEARER" in offered:
        place = user.replace("=", "=3D").replace(",", "=2C")
        name, words, over = "OAUTHBEARER", f"n,a={place},\1auth=Bearer {token}\1\1", "\1"
    else:
        raise faults.no_token(server)
    # A refusal comes as a challenge, which is to be answered with nothing before the server says no.
    client.sasl_login(name, lambda challenge: over if challenge else words)


def _say_name(client: Client) -> None:
    """Say who we are: some servers (163.com and its sisters) open no folder for a program without a name."""
    try:
        client.wire._simple_command("ID", '("name" "Watchkeeper")')
    except imaplib.IMAP4.error as error:
        # One that does not want to know can be watched all the same.
        if isinstance(error, imaplib.IMAP4.abort):
            raise
