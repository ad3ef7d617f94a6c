"""A real IMAP server that takes OAuth tokens, which it has checked by a local OAuth server."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.helpers.deadlines import wait_until
from tests.helpers.dovecot_configs import configuration, mail_owner
from tests.helpers.leaks import SESSION_PIDS
from tests.helpers.oauth_server import OAuthServer
from tests.helpers.ports import LOOPBACK, free_ports, listens
from tests.helpers.processes import kill_tree

PASSDB = """\
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {file}
}}
"""
TOKENS = """\
introspection_mode = post
introspection_url = {url}/introspect
username_attribute = username
active_attribute = active
active_value = true
"""


class MailIssuer(OAuthServer):
    """The OAuth server of a mail provider: it publishes where it is, and tells the mail server whose a token is."""

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/.well-known/openid-configuration":
            places = {
                "issuer": self.url,
                "token_endpoint": f"{self.url}/token",
                "authorization_endpoint": f"{self.url}/authorize",
                "device_authorization_endpoint": f"{self.url}/device",
                "revocation_endpoint": f"{self.url}/revoke",
            }
            return web.json_response(places)
        if request.path == "/introspect":
            token = str((await request.post()).get("token", ""))
            user = self.owner(token)
            return web.json_response({"active": user is not None, "username": user or ""})
        return await super().answer(request)

    def owner(self, token: str) -> str | None:
        """Return whose a token is, None for one that is not good."""
        return next((one.user for one in self.families if token in one.access and not one.dead), None)


class TokenDovecot:
    """A context manager; plain text on loopback. ``mechanisms`` are those that it offers."""

    host = LOOPBACK

    def __init__(self, issuer: MailIssuer, mechanisms: str) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="wk-dovecot-"))
        (self.port,) = free_ports(1)
        self._issuer = issuer
        self._mechanisms = mechanisms
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        import os

        self.root.chmod(0o711)
        folder = self.root / "tokens"
        for path in (folder, self.root / "users", self.root / "mail"):
            path.mkdir(mode=0o755)
        os.chown(self.root / "mail", *mail_owner())
        settings = folder / "tokens.conf"
        settings.write_text(TOKENS.format(url=self._issuer.url))
        words = configuration(folder, self.host, self.port, 0, None)
        words = words.replace("auth_mechanisms = plain login", f"auth_mechanisms = {self._mechanisms}")
        begin = words.index("passdb {")
        end = words.index("}", begin) + 2
        path = folder / "dovecot.conf"
        path.write_text(words[:begin] + PASSDB.format(file=settings) + words[end:])
        self._process = subprocess.Popen(
            ["dovecot", "-F", "-c", str(path)], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        SESSION_PIDS.add(self._process.pid)
        wait_until(lambda: listens(self.port), what=f"dovecot on port {self.port}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            kill_tree(self._process.pid)
            self._process.wait(60)
            SESSION_PIDS.discard(self._process.pid)
        shutil.rmtree(self.root, ignore_errors=True)

    def log(self) -> str:
        """What the server wrote."""
        return (self.root / "tokens" / "dovecot.log").read_text()
