"""A real XMPP server, prosody, on loopback with its own configuration, users and archives in a temp folder.

It serves ``localhost``, with rooms at ``rooms.localhost``, on a port that offers STARTTLS without asking for it, and on
one with implicit TLS; ``ca_path`` vouches for its certificate.
"""

import base64
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from xml.sax.saxutils import escape

import pytest
import trustme

from tests.helpers.deadlines import wait_until
from tests.helpers.leaks import SESSION_PIDS
from tests.helpers.ports import LOOPBACK, free_ports, listens

DOMAIN = "localhost"
ROOMS = "rooms.localhost"
CONFIG = """\
run_as_root = true
daemonize = false
pidfile = "{root}/prosody.pid"
data_path = "{root}/data"
log = {{ info = "{root}/prosody.log" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
c2s_direct_tls_ports = {{ {tls_port} }}
s2s_ports = {{}}
modules_disabled = {{ "s2s" }}
modules_enabled = {{ "disco", "roster", "saslauth", "tls", "carbons", "ping", "mam", "offline" }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
storage = "internal"
archive_expires_after = "never"
certificates = "{root}"
ssl = {{ certificate = "{root}/server.pem", key = "{root}/server.pem" }}
VirtualHost "localhost"
VirtualHost "bare.localhost"
modules_disabled = {{ "mam", "carbons" }}
VirtualHost "copies.localhost"
modules_disabled = {{ "mam" }}
Component "rooms.localhost" "muc"
modules_enabled = {{ "muc_mam" }}
muc_room_default_persistent = true
muc_room_locking = false
muc_log_by_default = true
Component "plain.localhost" "muc"
muc_room_locking = false
"""


class Prosody:
    """The server; a context manager. Its ports stay the same over ``stop`` and ``start``."""

    host = LOOPBACK

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="wk-prosody-"))
        self.port, self.tls_port = free_ports(2)
        self.ca_path = self.root / "ca.pem"
        self._process: subprocess.Popen[bytes] | None = None
        self._count = 0

    def __enter__(self) -> Self:
        ca = trustme.CA()
        ca.cert_pem.write_to_path(self.ca_path)
        certificate = ca.issue_cert(DOMAIN)
        certificate.private_key_and_cert_chain_pem.write_to_path(self.root / "server.pem")
        (self.root / "data").mkdir()
        self.config.write_text(CONFIG.format(root=self.root, port=self.port, tls_port=self.tls_port))
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    @property
    def config(self) -> Path:
        """The configuration."""
        return self.root / "prosody.cfg.lua"

    def start(self) -> None:
        """Start it and wait until it accepts connections. Does nothing when it runs."""
        if self._process is not None:
            return
        self._process = subprocess.Popen(
            ["prosody", "-F", "--config", str(self.config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        SESSION_PIDS.add(self._process.pid)
        for port in (self.port, self.tls_port):
            wait_until(lambda port=port: listens(port), what=f"prosody on port {port}\n{self.log()}")

    def stop(self) -> None:
        """End it and wait for its end."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGCONT)
        self._process.kill()
        self._process.wait(60)
        self._process = None

    def pause(self) -> None:
        """Let it hang: connections stay open and nothing answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def log(self) -> str:
        """Return what it has logged."""
        path = self.root / "prosody.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def user(self, domain: str = DOMAIN) -> "User":
        """Add a user whom nobody knows."""
        self._count += 1
        name = f"user{self._count}"
        self.set_password(name, "correct horse", domain)
        return User(self, name, domain)

    def set_password(self, name: str, password: str, domain: str = DOMAIN) -> None:
        """Write the password as the server keeps it."""
        folder = self.root / "data" / domain.replace(".", "%2e") / "accounts"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.dat").write_text(f'return {{ ["password"] = "{password}"; }};\n')


class User:
    """One user, and a small client that speaks as them."""

    def __init__(self, server: Prosody, name: str, domain: str = DOMAIN) -> None:
        self.server = server
        self.name = name
        self.domain = domain
        self.password = "correct horse"

    @property
    def jid(self) -> str:
        """The address."""
        return f"{self.name}@{self.domain}"

    def settings(self, security: str = "none", **more: Any) -> dict[str, Any]:
        """Return the settings of an account of this user."""
        port = self.server.tls_port if security == "tls" else self.server.port
        settings = {"jid": self.jid, "host": self.server.host, "port": port, "security": security}
        if security != "none":
            settings["ca_file"] = str(self.server.ca_path)
        return settings | more

    def client(self) -> "Client":
        """Sign in."""
        return Client(self)

    def tell(self, to: "User", body: str, **more: str) -> None:
        """Sign in, say something to somebody, and leave."""
        with self.client() as client:
            client.message(to.jid, body, **more)


class Client:
    """A signed-in connection in the clear; a context manager that leaves once all was heard by the server."""

    def __init__(self, user: User) -> None:
        self.user = user
        self._serial = 0
        self._buffer = ""
        self._socket = socket.create_connection((user.server.host, user.server.port), timeout=10)
        self._open("</stream:features>")
        words = base64.b64encode(f"\0{user.name}\0{user.password}".encode()).decode()
        self.say(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{words}</auth>")
        self.hear("<success")
        self._open("</stream:features>")
        self.say("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
        self.full_jid = re.findall(r"<jid>(.*?)</jid>", self.hear("</iq>"))[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.sync()
        self._socket.close()

    def say(self, words: str) -> None:
        """Send XML."""
        self._socket.sendall(words.encode())

    def hear(self, mark: str) -> str:
        """Read until ``mark`` was said, and return what was said up to it."""
        while mark not in self._buffer:
            data = self._socket.recv(65536)
            assert data, f"closed instead of {mark}: {self._buffer}"
            self._buffer += data.decode()
        said, _, self._buffer = self._buffer.partition(mark)
        return said + mark

    def sync(self) -> None:
        """Wait until the server has handled what was said."""
        self._serial += 1
        name = f"sync{self._serial}"
        self.say(f"<iq type='get' id='{name}' to='{self.user.domain}'><ping xmlns='urn:xmpp:ping'/></iq>")
        while not re.search(rf"<iq[^>]*id=['\"]{name}['\"]", self.hear(">")):
            pass

    def message(self, to: str, body: str, kind: str = "chat", more: str = "", name: str = "") -> None:
        """Say something to somebody, or in a room."""
        self._serial += 1
        words = f"<body>{escape(body)}</body>" if body else ""
        name = name or f"{self.user.name}-{self._serial}"
        self.say(f"<message to='{to}' type='{kind}' id='{name}'>{words}{more}</message>")

    def join(self, room: str, nick: str) -> None:
        """Enter a room, which is made if there is none."""
        self.say(f"<presence to='{room}/{nick}'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        self.hear("<subject")

    def _open(self, mark: str) -> None:
        self.say(
            f"<stream:stream to='{self.user.domain}' version='1.0' xmlns='jabber:client' "
            "xmlns:stream='http://etherx.jabber.org/streams'>"
        )
        self.hear(mark)


def prosody_or_skip() -> Prosody:
    """Return a server that is not started yet; skips the test where there is none."""
    if not shutil.which("prosody"):
        pytest.skip("prosody is not installed (Debian: prosody)")
    return Prosody()
