"""A platform as a third party would install it: it signs in to an :class:`~tests.helpers.oauth_server.OAuthServer`."""

from pathlib import Path

MANIFEST = """
id = "oauthy"
icon = "O"
color = "#335577"
[title]
en = "OAuthy"
[summary]
en = "Reads its items from a server of a test."
[capabilities]
log_out = true
credentials = "required"
[[fields]]
name = "server"
type = "url"
required = true
title = {en = "Server"}
[[fields]]
name = "token"
type = "password"
secret = true
title = {en = "Token"}
[[logins]]
id = "device"
kind = "device_code"
title = {en = "Device code"}
fields = ["server"]
[[logins]]
id = "browser"
kind = "url"
title = {en = "Page"}
fields = ["server"]
[[logins]]
id = "qr"
kind = "qr"
title = {en = "QR code"}
fields = ["server", "token"]
"""
ADAPTER = """
import asyncio
import logging

from worker.protocol.texts import text
from worker.sdk.apis import Api, Site
from worker.sdk.errors import AuthFailed
from worker.sdk.oauth import OAuth, Provider
from worker.sdk.platform import ItemKind, Platform, Poll, Probe, Qr, SignedIn, make_item

logger = logging.getLogger("oauthy")


class Adapter(Platform):
    kinds = (ItemKind.LINE,)

    def __init__(self, context):
        super().__init__(context)
        url = context.settings["server"]
        self.site = Site.of(url, "server")
        self.api = Api(context, self.site, {})
        self.oauth = OAuth(context, Provider(
            client_id="watchkeeper-test", token_url=f"{url}/token", authorize_url=f"{url}/authorize",
            device_url=f"{url}/device", revoke_url=f"{url}/revoke", field="server",
        ))

    async def login(self, method, talk):
        logger.info("signing in by %s", method)
        if method == "device":
            return (await self.oauth.device_login(talk)).signed_in()
        if method == "browser":
            return (await self.oauth.browser_login(talk)).signed_in()
        rounds = []

        async def make():
            rounds.append(1)
            return Qr(text=f"canary-qr-{len(rounds)}")

        async def scan():
            logger.info("showing %s", f"canary-qr-{len(rounds)}")
            while len(rounds) < 2:
                await asyncio.sleep(0.01)
            return True

        await talk.until_scanned(make, scan)
        await talk.scanned()
        code = await talk.ask_code(text("auth_refused", username="me"), secret=True)
        logger.info("typed %s", code)
        typed = (await self.context.secret()).get("token")
        return SignedIn(document={"access_token": typed, "code": code})

    async def log_out(self):
        return await self.oauth.revoke()

    async def probe(self):
        me = await self._ask("/me")
        return Probe(identity=me["id"], name=me["name"])

    async def poll(self, cursor):
        found = await self._ask("/items")
        seen = int(cursor or 0)
        return Poll(items=[make_item(ItemKind.LINE, key, key) for key in found[seen:]], cursor=str(len(found)))

    async def close(self):
        await self.api.close()

    async def _ask(self, path):
        token = await self.oauth.access_token() or (await self.context.secret()).get("token")
        answer = await self.api.get(path, token=token)
        if answer.status == 401:
            logger.info("refused with %s", token)
            if (await self.context.secret()).get("token"):
                raise AuthFailed(text("oauth_ended"))
            token = await self.oauth.renewed(token)
            answer = await self.api.get(path, token=token)
        if answer.status == 401:
            raise AuthFailed(text("oauth_ended"))
        return answer.read(object)
"""


def install_oauthy(folder: Path) -> Path:
    """Make the plug-in; return the folder to put on ``PYTHONPATH``."""
    package = folder / "oauthy_plugin"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "manifest.toml").write_text(MANIFEST)
    (package / "adapter.py").write_text(ADAPTER)
    info = folder / "oauthy_plugin-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: oauthy-plugin\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[watchkeeper.platforms]\noauthy = oauthy_plugin\n")
    return folder
