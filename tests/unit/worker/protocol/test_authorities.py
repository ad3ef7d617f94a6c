import asyncio
import socket
import ssl
import subprocess
import sys

import pytest

from worker.protocol.authorities import LateContext, late_authorities

FIRST_IMPORT = """
import {module}
import ssl
import aiohttp.connector
verified = aiohttp.connector._SSL_CONTEXT_VERIFIED
assert verified.cert_store_stats()["x509"] == 0
usual = ssl.create_default_context()
assert type(usual) is ssl.SSLContext
assert verified.verify_mode is ssl.CERT_REQUIRED and verified.check_hostname
assert verified.options == usual.options and verified.verify_flags == usual.verify_flags
verified.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="example.org")
assert verified.cert_store_stats() == usual.cert_store_stats()
"""


@pytest.mark.parametrize("module", ["worker.runtime.app", "master.app", "master.api.libraries"])
def test_authorities_are_read_at_the_first_connection(module):
    done = subprocess.run(
        [sys.executable, "-c", FIRST_IMPORT.format(module=module)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_what_others_make_meanwhile_is_what_it_always_is():
    async def elsewhere():
        return await asyncio.to_thread(ssl.create_default_context)

    usual = ssl.create_default_context().cert_store_stats()
    with late_authorities():
        late = ssl.create_default_context()
        other = asyncio.run(elsewhere())
        server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    assert (type(late), late.cert_store_stats()["x509"]) == (LateContext, 0)
    assert (type(other), other.cert_store_stats()) == (ssl.SSLContext, usual)
    assert type(server) is ssl.SSLContext
    assert ssl.create_default_context().cert_store_stats() == usual


def test_a_socket_is_wrapped_with_the_authorities_too():
    with late_authorities():
        late = ssl.create_default_context()

    left, right = socket.socketpair()
    with left, right, late.wrap_socket(left, server_hostname="example.org", do_handshake_on_connect=False):
        assert late.cert_store_stats() == ssl.create_default_context().cert_store_stats()


def test_all_is_put_back_after_a_fault():
    with pytest.raises(RuntimeError), late_authorities():
        raise RuntimeError
    assert "set_default_verify_paths" not in ssl.SSLContext.__dict__
    assert type(ssl.create_default_context()) is ssl.SSLContext
