"""The IMAP server of the tests is one, and does what tests ask of it."""

import imaplib
import ssl

import imapclient
import pytest

from tests.helpers.deadlines import wait_until

pytestmark = pytest.mark.real_server


def _status(connection, folder="INBOX"):
    _, (answer,) = connection.status(folder, "(MESSAGES UIDNEXT UIDVALIDITY)")
    words = answer.decode().split("(")[1].rstrip(")").split()
    return dict(zip(words[::2], map(int, words[1::2]), strict=True))


@pytest.fixture
def connection(dovecot, mailbox):
    connection = dovecot.connect(mailbox.user)
    yield connection
    try:
        connection.logout()
    except (imaplib.IMAP4.abort, OSError):
        connection.shutdown()


def test_delivered_and_appended_mails_are_there(dovecot, mailbox, connection):
    mailbox.deliver("Grüße", "a body")
    dovecot.deliver(mailbox.user, "In a folder", folder="Archive")
    mailbox.append("Through IMAP", folder="Archive")
    assert _status(connection)["MESSAGES"] == 1
    assert _status(connection, "Archive")["MESSAGES"] == 2
    assert (mailbox.maildir.count(), mailbox.maildir.count("Archive")) == (1, 2)


def test_a_changed_password_is_known_at_once(dovecot, mailbox):
    dovecot.connect(mailbox.user).logout()
    dovecot.change_password(mailbox.user, "another one")
    dovecot.connect(mailbox.user).logout()
    old = imaplib.IMAP4(dovecot.host, dovecot.plain_port, timeout=5)
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        old.login(mailbox.user, mailbox.password)
    old.logout()


def test_a_reset_folder_has_its_mails_under_a_new_uidvalidity(dovecot, mailbox, connection):
    mailbox.deliver("One")
    mailbox.deliver("Two")
    before = _status(connection)
    dovecot.reset_uidvalidity(mailbox.user)
    again = dovecot.connect(mailbox.user)
    after = _status(again)
    again.logout()
    assert (after["MESSAGES"], after["UIDNEXT"]) == (2, 3)
    assert after["UIDVALIDITY"] != before["UIDVALIDITY"]


def test_encrypted_connections(dovecot, mailbox):
    trusting = ssl.create_default_context(cafile=str(dovecot.ca_path))
    implicit = imaplib.IMAP4_SSL(dovecot.host, dovecot.tls_port, ssl_context=trusting, timeout=5)
    implicit.login(mailbox.user, mailbox.password)
    implicit.logout()
    upgraded = imaplib.IMAP4(dovecot.host, dovecot.starttls_port, timeout=5)
    assert "STARTTLS" in upgraded.capabilities
    upgraded.starttls(trusting)
    upgraded.login(mailbox.user, mailbox.password)
    upgraded.logout()
    with pytest.raises(ssl.SSLCertVerificationError):
        imaplib.IMAP4_SSL(dovecot.host, dovecot.untrusted_tls_port, ssl_context=trusting, timeout=5)
    plain = imaplib.IMAP4(dovecot.host, dovecot.plain_port, timeout=5)
    assert "STARTTLS" not in plain.capabilities
    plain.logout()


def test_dropped_connections_end(dovecot, mailbox, connection):
    open_before = dovecot.connection_count()
    assert open_before >= 1
    dovecot.drop_connections(mailbox.user)
    wait_until(lambda: dovecot.connection_count() < open_before, what="the connection's end")
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        connection.noop()


def test_a_frozen_server_goes_on_later(dovecot, mailbox):
    dovecot.pause()
    with pytest.raises(TimeoutError):
        imaplib.IMAP4(dovecot.host, dovecot.plain_port, timeout=0.2)
    dovecot.resume()
    dovecot.connect(mailbox.user).logout()


def test_a_stopped_server_refuses_and_starts_again(dovecot, mailbox):
    mailbox.deliver("Kept")
    dovecot.stop()
    with pytest.raises(ConnectionRefusedError):
        imaplib.IMAP4(dovecot.host, dovecot.plain_port, timeout=5)
    dovecot.start()
    again = dovecot.connect(mailbox.user)
    assert _status(again)["MESSAGES"] == 1
    again.logout()


def test_a_waiting_connection_is_told_of_a_new_mail(dovecot, mailbox):
    client = imapclient.IMAPClient(dovecot.host, dovecot.plain_port, ssl=False, timeout=5)
    client.login(mailbox.user, mailbox.password)
    client.select_folder("INBOX")
    client.idle()
    mailbox.deliver("Push")
    told = wait_until(lambda: client.idle_check(timeout=2), 2)
    client.idle_done()
    client.logout()
    assert (1, b"EXISTS") in told
