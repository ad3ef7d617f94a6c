"""Accounts of several platforms: of 50 are 35 feeds, 7 web pages, 7 JSON lists, and one mailbox that is listened to."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from master.api.schema import AccountCreate
from tests.chaos.crews import Crew
from tests.helpers.dovecot import Dovecot, Mailbox

PARTS = ("feed",) * 35 + ("webpage",) * 7 + ("json",) * 7 + ("imap",)


def platform_of(number: int) -> str:
    """Return the platform of the account of this number."""
    # 17 is prime to 50: the parts come mixed.
    return PARTS[number * 17 % len(PARTS)]


@contextlib.contextmanager
def mailboxes(count: int) -> Iterator[dict[int, Mailbox]]:
    """Run a server with a mailbox for each account that is one, by number."""
    with Dovecot() as server:
        yield {number: server.add_user(f"soak{number}") for number in range(count) if platform_of(number) == "imap"}


def vault_arguments(folder: Path) -> list[str]:
    """Return what lets a master keep credentials, in a throw-away vault."""
    phrase = folder / "phrase"
    phrase.write_text("a phrase of the bench")
    phrase.chmod(0o600)
    return ["--vault", "passphrase", "--passphrase-file", str(phrase)]


async def watch_mixed(
    running: Crew, feeds: str, boxes: dict[int, Mailbox], count: int, interval: int, seconds: float
) -> None:
    """Create the accounts; return once each was looked at."""
    for number in range(count):
        platform = platform_of(number)
        box = boxes.get(number)
        await running.client.create_account(
            AccountCreate(
                platform=platform,
                name=f"{platform} {number}",
                settings=_mailbox(box) if box else _pages(feeds, platform, number),
                credentials={"password": box.password} if box else None,
                interval_seconds=interval,
            )
        )
    await running.all_ok(count, seconds)


def _mailbox(box: Mailbox) -> dict[str, str | int]:
    return {"host": box.server.host, "port": box.server.plain_port, "security": "none", "username": box.user}


def _pages(feeds: str, platform: str, number: int) -> dict[str, str]:
    if platform == "feed":
        return {"url": f"{feeds}/feed/{number}"}
    if platform == "webpage":
        return {"url": f"{feeds}/page/{number}", "selector": "main"}
    return {"url": f"{feeds}/list/{number}", "key": "{id}", "title": "{title}"}
