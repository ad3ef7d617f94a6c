"""A real IMAP server, dovecot, on loopback with its own configuration, users and mailboxes in a temp folder.

Three servers share the users and mailboxes: one without any encryption, one with a certificate that ``ca_path`` vouches
for (STARTTLS and implicit TLS), one with a certificate that nobody vouches for.
"""

import imaplib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import pytest
import trustme

from tests.helpers.deadlines import wait_until
from tests.helpers.dovecot_configs import configuration, mail_owner
from tests.helpers.leaks import SESSION_PIDS
from tests.helpers.maildirs import Maildir
from tests.helpers.mails import mail
from tests.helpers.ports import LOOPBACK, free_ports, listens
from tests.helpers.processes import kill_tree, tree


@dataclass(frozen=True)
class Mailbox:
    """One user of the server. ``maildir`` writes its mails."""

    server: "Dovecot"
    user: str
    password: str
    maildir: Maildir

    def deliver(self, subject: str, body: str = "", folder: str = "INBOX", **mail_options: Any) -> None:
        """Deliver as a mail server does: written aside, then moved into the Maildir at once."""
        self.maildir.deliver(mail(subject, body, **mail_options), folder)

    def deliver_raw(self, content: bytes, folder: str = "INBOX") -> None:
        """Deliver these very bytes."""
        self.maildir.deliver(content, folder)

    def append(self, subject: str, body: str = "", folder: str = "INBOX", **mail_options: Any) -> None:
        """Put a mail there through IMAP's APPEND, which needs the right password."""
        self.server.append(self.user, subject, body, folder, **mail_options)


class Dovecot:
    """The servers; a context manager. Ports stay the same over ``stop`` and ``start``."""

    host = LOOPBACK

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="wk-dovecot-"))
        self.plain_port, self.starttls_port, self.tls_port, *more = free_ports(5)
        self.untrusted_starttls_port, self.untrusted_tls_port = more
        self.ca_path = self.root / "ca.pem"
        self._mailboxes: dict[str, Mailbox] = {}
        self._passwords: dict[str, str] = {}
        self._running: list[subprocess.Popen[bytes]] = []
        self._configs: list[Path] = []
        self._owner = mail_owner()
        self._paused = False

    @staticmethod
    def missing() -> str | None:
        """Return why no server can be had here, ``None`` when it can."""
        return None if shutil.which("dovecot") else "dovecot is not installed (Debian: dovecot-imapd)"

    def __enter__(self) -> Self:
        self.root.chmod(0o711)
        for name in ("users", "mail"):
            (self.root / name).mkdir(mode=0o711)
        os.chown(self.root / "mail", *self._owner)
        self._write_certificates()
        self._configure("plain", self.plain_port, 0, None)
        self._configure("tls", self.starttls_port, self.tls_port, "server")
        self._configure("untrusted", self.untrusted_starttls_port, self.untrusted_tls_port, "untrusted")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    # the servers

    def start(self) -> None:
        """Start all three and wait until they accept connections. Does nothing when they run."""
        if self._running:
            return
        for config in self._configs:
            server = subprocess.Popen(
                ["dovecot", "-F", "-c", str(config)], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            SESSION_PIDS.add(server.pid)
            self._running.append(server)
        for port in (self.plain_port, self.tls_port, self.untrusted_tls_port):
            wait_until(lambda port=port: listens(port), what=f"dovecot on port {port}\n{self.log()}")

    def stop(self) -> None:
        """Stop all: connections end, the ports refuse."""
        for server in self._running:
            kill_tree(server.pid)  # frozen or not; a stop in order takes it a second
            server.wait(60)
            SESSION_PIDS.discard(server.pid)
        for config in self._configs:  # a child that outlived the kill for a moment still listens on sockets there
            shutil.rmtree(config.parent / "run", ignore_errors=True)
        self._running.clear()
        self._paused = False

    def pause(self) -> None:
        """Freeze all (SIGSTOP): connections stay, new ones are accepted by the kernel, nobody answers."""
        self._signal(signal.SIGSTOP)
        self._paused = True

    def resume(self) -> None:
        """Go on after :meth:`pause`; does nothing without one."""
        if self._paused:
            self._signal(signal.SIGCONT)
            self._paused = False

    def _signal(self, number: signal.Signals) -> None:
        for server in self._running:
            for process in tree(server.pid):
                try:
                    process.send_signal(number)
                except psutil.NoSuchProcess:
                    continue

    def connection_count(self) -> int:
        """Return how many connections are open, all servers together."""
        ports = {self.plain_port, self.starttls_port, self.tls_port}
        ports |= {self.untrusted_starttls_port, self.untrusted_tls_port}
        return sum(
            connection.status == psutil.CONN_ESTABLISHED and connection.laddr.port in ports
            for connection in psutil.net_connections("tcp4")
            if connection.laddr
        )

    def drop_connections(self, user: str | None = None) -> None:
        """End the signed-in connections of ``user`` (all users without one), as a server that restarts does."""
        for config in self._configs:
            subprocess.run(
                ["doveadm", "-c", str(config), "kick", user or "*"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def log(self) -> str:
        """Return what the servers wrote to their logs."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.root.glob("*/dovecot.log")))

    # users and mails

    def add_user(self, user: str, password: str = "correct horse") -> Mailbox:
        """Create a user with an empty mailbox. The name may not be taken."""
        if user in self._mailboxes:
            raise ValueError(f"there is a user {user}")
        self._write_password(user, password)
        home = self.root / "mail" / user
        home.mkdir(mode=0o700)
        os.chown(home, *self._owner)
        self._mailboxes[user] = Mailbox(self, user, password, Maildir(home / "Maildir", *self._owner))
        return self._mailboxes[user]

    def change_password(self, user: str, password: str) -> None:
        """Change the password and wait until every running server has noticed (at most about a second)."""
        self._write_password(user, password)
        if self._running:
            wait_until(lambda: self._all_know(user, password), what="the new password")

    def deliver(self, user: str, subject: str, body: str = "", folder: str = "INBOX", **mail_options: Any) -> None:
        """Deliver a mail by writing it into the Maildir; ``mail_options`` as in :func:`tests.helpers.mails.mail`."""
        self._mailboxes[user].deliver(subject, body, folder, **mail_options)

    def append(self, user: str, subject: str, body: str = "", folder: str = "INBOX", **mail_options: Any) -> None:
        """Put a mail there through IMAP's APPEND; the folder is created if there is none."""
        connection = self.connect(user)
        try:
            connection.create(_quoted(folder))
            status, answer = connection.append(_quoted(folder), "", "", mail(subject, body, **mail_options))
            assert status == "OK", answer
        finally:
            connection.logout()

    def connect(self, user: str) -> imaplib.IMAP4:
        """Return a signed-in plain connection (``imaplib``), to be closed with ``logout()``."""
        connection = imaplib.IMAP4(self.host, self.plain_port, timeout=10)
        connection.login(user, self._passwords[user])
        return connection

    def reset_uidvalidity(self, user: str, folder: str = "INBOX") -> None:
        """Forget the folder's UIDs, as a restored server does: mails stay, UIDVALIDITY and UIDs are new."""
        self.drop_connections(user)
        self._mailboxes[user].maildir.forget_uids(folder)

    # files

    def _all_know(self, user: str, password: str) -> bool:
        return all(
            subprocess.run(
                ["doveadm", "-c", str(config), "auth", "test", user, password],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ).returncode
            == 0
            for config in self._configs
        )

    def _write_password(self, user: str, password: str) -> None:
        # A file of its own for each user: the server looks at one file only once a second, so that in a shared file
        # a user added right after somebody's sign-in would not be known.
        path = self.root / "users" / user
        stamp = path.stat().st_mtime_ns + 2_000_000_000 if path.exists() else None
        aside = path.with_suffix(".new")
        aside.write_text(f"{user}:{password}\n")
        aside.chmod(0o644)
        if stamp is not None:  # it notices a change by size and whole seconds
            os.utime(aside, ns=(stamp, stamp))
        aside.rename(path)
        self._passwords[user] = password

    def _write_certificates(self) -> None:
        ca = trustme.CA()
        ca.cert_pem.write_to_path(self.ca_path)
        for name, issuer in (("server", ca), ("untrusted", trustme.CA())):
            certificate = issuer.issue_cert("localhost", LOOPBACK)
            certificate.private_key_and_cert_chain_pem.write_to_path(self.root / f"{name}.pem")
            (self.root / f"{name}.pem").chmod(0o600)

    def certify(self, pair: tuple[bytes, bytes]) -> None:
        """Show this key and certificate (PEM) from now on, for which ``ca_path`` vouches; all begin anew."""
        self.stop()
        (self.root / "server.pem").write_bytes(b"".join(pair))
        self.ca_path.write_bytes(pair[1])
        self.start()

    def _configure(self, name: str, imap_port: int, imaps_port: int, certificate: str | None) -> None:
        folder = self.root / name
        folder.mkdir(mode=0o755)
        pem = self.root / f"{certificate}.pem"
        path = folder / "dovecot.conf"
        path.write_text(configuration(folder, self.host, imap_port, imaps_port, pem if certificate else None))
        self._configs.append(path)


def _quoted(folder: str) -> str:
    return f'"{folder}"'


_serial = iter(range(1, 1_000_000))
_serial_lock = threading.Lock()


def fresh_user(server: Dovecot) -> Mailbox:
    """Add a user whose name nobody had before."""
    with _serial_lock:
        return server.add_user(f"user{next(_serial)}")


def dovecot_or_skip() -> Dovecot:
    """Return a server that is not started yet; skips the test where there is none."""
    why = Dovecot.missing()
    if why is not None:
        pytest.skip(why)
    return Dovecot()
