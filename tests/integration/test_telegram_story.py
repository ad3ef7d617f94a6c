"""A Telegram account from the first QR code to a pushed message, with a real master and real workers."""

import asyncio
import base64

from master.api.schema import LoginCreate, SettingsPatch
from tests.helpers.deadlines import until
from tests.helpers.masters import account_is, items_of, running_master, workers_run
from tests.helpers.telegram_server import API_HASH


async def test_a_code_is_scanned_a_message_is_pushed_and_read(tmp_path, telegram_server):
    server = telegram_server
    server.password = "correct horse"
    async with running_master(tmp_path / "profile") as (_, client):
        await workers_run(client, 1)
        await client.patch_settings(SettingsPatch(sync_read=True))
        body = LoginCreate(
            platform="telegram", method="qr", settings=server.settings(tmp_path), credentials={"api_hash": API_HASH}
        )
        session = await client.start_login(body)

        async def challenge(kind):
            async def shown():
                now = await client.login_session(session.id)
                assert now.ended_at is None, now
                return now.challenge if now.challenge is not None and now.challenge.kind == kind else None

            return await until(shown, what=f"a challenge {kind}")

        shown = await challenge("qr")
        assert shown.text.startswith("tg://login?token=")
        await asyncio.to_thread(server.scan, server.tokens[-1])
        asked = await challenge("code")
        assert asked.secret
        await client.answer_login(session.id, "correct horse")

        async def over():
            now = await client.login_session(session.id)
            return now if now.ended_at is not None else None

        done = await until(over, what="the end of the sign-in")
        assert done.state == "success", done
        account = await account_is(client, done.account_id, "ok")
        assert (account.name, account.platform_account_id) == ("Me (@me)", "1001")

        # The line stands: what is said now is pushed, long before the next check.
        await until(lambda: any(line.key is not None for line in server.lines))
        said = server.say("Are you there?")
        found = (await until(lambda: items_of(client, account.id), what="an item"))[0]
        assert (found.title, found.kind, found.author) == ("Are you there?", "direct_message", "Ada L. (@ada)")
        await client.patch_item(found.id, read=True)
        await until(lambda: server.read, what="a message marked as read")
        assert server.read[0].max_id == said.id
        assert await server_forgets(client, server, account)
    # A session is the version, a place of seven bytes and the key: from its third byte on that stands in it as it is.
    sessions = [base64.urlsafe_b64encode(key.key[2:])[:40] for key in server.keys.values()]
    for path in (tmp_path / "profile").rglob("*"):
        words = path.read_bytes() if path.is_file() else b""
        for canary in (API_HASH.encode(), b"correct horse", *sessions):
            assert canary not in words, path


async def server_forgets(client, server, account):
    """Log out, and wait until the service knows no session any more."""
    await client.log_out(account.id)
    return await until(lambda: not server.signed_in, what="no session left") or True
