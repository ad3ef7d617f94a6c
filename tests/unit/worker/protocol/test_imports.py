"""What must not be imported along: memory and time of every process, and who resolves names."""

import subprocess
import sys

import pytest

CODE = """
import sys, {module}
import aiohttp.resolver
assert "aiodns" not in sys.modules and "requests" not in sys.modules
assert aiohttp.resolver.DefaultResolver is aiohttp.ThreadedResolver
"""


@pytest.mark.parametrize("module", ["worker.runtime.app", "master.app", "master.api.client"])
def test_names_are_resolved_as_the_system_does_and_nothing_is_loaded_in_vain(module):
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(module=module)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
