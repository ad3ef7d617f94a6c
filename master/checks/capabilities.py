"""Steps of the self-test beyond the watch itself: search, rules, signing in and out, backups."""

import asyncio
from collections.abc import Callable
from typing import Final

from master.api.client import MasterClient
from master.api.logins import OPEN_LOGINS
from master.api.schema import ItemFilter, LoginCreate, Notification, RuleConditions, RuleCreate

POLL_SECONDS: Final = 0.05
CODE: Final = "4711"
"""The demo takes any code but 0000."""


async def find_words(client: MasterClient, word: str) -> str:
    """Find what was found by a word of its title, and nothing by another one."""
    found = await client.items(ItemFilter(q=word))
    other = await client.items(ItemFilter(q="selftestsaysnothingofthekind"))
    if not found.rows or other.rows:
        raise RuntimeError(f"{len(found.rows)} found by {word!r}, {len(other.rows)} by a word that nothing has")
    return f"{len(found.rows)} by {word!r}"


async def obey_rule(client: MasterClient, account_id: str, publish: Callable[[], str]) -> str:
    """Save a rule; what ``publish`` (which returns its title) adds next is told as it says."""
    rule = await client.create_rule(
        RuleCreate(name="Self-test", conditions=RuleConditions(account_ids=[account_id]), action="urgent")
    )
    title = publish()
    await client.check_account(account_id)
    told = await _told(client, title)
    if told.rule_id != rule.id or told.level != "urgent":
        raise RuntimeError(f"told as {told.level}, by rule {told.rule_id}")
    await client.delete_rule(rule.id)
    return f"{title}: {told.reason.message if told.reason else told.level}"


async def sign_in_and_out(client: MasterClient) -> str:
    """Sign in with a code at the demo, which makes an account, and out again."""
    session = await client.start_login(LoginCreate(platform="demo", method="code", name="Self-test sign-in"))
    answered = False
    while session.state in OPEN_LOGINS:
        if session.challenge is not None and not answered:
            answered = True
            session = await client.answer_login(session.id, CODE)
            continue
        await asyncio.sleep(POLL_SECONDS)
        session = await client.login_session(session.id)
    if session.state != "success" or session.account_id is None:
        raise RuntimeError((session.error or session.step).message)
    if not (await client.account(session.account_id)).has_credentials:
        raise RuntimeError("what the sign-in came to was not stored")
    report = await client.log_out(session.account_id)
    if (await client.account(session.account_id)).has_credentials:
        raise RuntimeError("the credentials are still there after signing out")
    await client.delete_account(session.account_id, False, now=True)
    return report.text.message


async def back_up(client: MasterClient) -> str:
    """Make a backup, and read it from end to end."""
    made = await client.make_backup()
    checked = await client.verify_backup(made.id)
    if checked.problem is not None or checked.verified_at is None:
        raise RuntimeError(checked.problem.message if checked.problem else "it was not verified")
    return f"{checked.size_bytes / 1e6:.1f} MB, {checked.accounts} account, {checked.items} items"


async def _told(client: MasterClient, title: str) -> Notification:
    while True:
        items = {row.id for row in (await client.items(ItemFilter())).rows if row.title == title}
        for row in (await client.notifications()).rows:
            if row.item_id in items:
                found: Notification = row
                return found
        await asyncio.sleep(POLL_SECONDS)
