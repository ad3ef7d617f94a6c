"""What must not be imported along: memory and time of every process, and who resolves names."""

import subprocess
import sys

import pytest

HEAVY = {
    "aiodns", "alembic", "atproto", "cryptography", "feedparser", "imapclient", "jeepney", "jsonpath", "keyring",
    "mastodon", "nio", "qasync", "PySide6", "regex", "requests", "segno", "selectolax", "slixmpp",
    "telethon", "tkinter", "websocket", "xml",
    "worker.sdk.apis", "worker.sdk.fetches", "worker.sdk.loopbacks", "worker.sdk.oauth", "worker.sdk.oauth_tokens",
    "worker.sdk.scaffolds", "worker.sdk.tls",
}  # fmt: skip
"""What only some masters and workers need, and then imports."""

CODE = """
import sys, {module}
import aiohttp.resolver
loaded = sorted({heavy} & sys.modules.keys())
assert not loaded, loaded
assert aiohttp.resolver.DefaultResolver is aiohttp.ThreadedResolver
"""


@pytest.mark.parametrize("module", ["worker.runtime.app", "master.app", "master.api.libraries"])
def test_names_are_resolved_as_the_system_does_and_nothing_is_loaded_in_vain(module):
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(module=module, heavy=HEAVY)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
