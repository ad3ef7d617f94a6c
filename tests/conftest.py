"""Fixtures and guards of all tests.

A test fails when it leaves a thread, an asyncio task or a child process behind, or logs a warning that it does not
announce: ``@pytest.mark.expects_log("regular expression")`` (searched in ``LEVEL logger message``).
"""

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.leaks import Baseline, LogGuard, TaskGuard
from worker.protocol.imports import without

# As in every process of the product, whichever test file comes first: its resolver would leave a thread behind.
with without("aiodns"):
    import aiohttp  # noqa: F401

# Before anything imports Qt. A run that wants a real display sets the variable itself.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

BASELINE = pytest.StashKey[Baseline]()
LOGS = pytest.StashKey[LogGuard]()
TASKS = pytest.StashKey[TaskGuard]()

PROCESSES = 3
"""Tests wait for other processes a third of their time: three of them keep two cores busy."""
GROUPS = {
    "tests/chaos/test_short_form.py": "chaos",  # starves the machine at times
    "tests/chaos/": "chaos",
    "tests/architecture/": "architecture",
    "tests/contract/test_platform_faults.py": "synapse",
    "tests/contract/test_platform_quality.py": "synapse",
    "tests/contract/test_platforms.py": "synapse",
    "tests/integration/test_log_outs.py": "synapse",
    "tests/integration/test_matrix_messages.py": "synapse",
}
"""What one process has to itself beside whole files: rules that read all sources, files that want a server which is
slow to start. They begin first, in this order: what starves the machine beside what only reads."""


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers and set the guards up."""
    config.addinivalue_line("markers", "expects_log(*patterns): log records from WARNING on that the test may make")
    # What the offscreen display cannot do; real displays can.
    config.addinivalue_line("qt_log_ignore", r"^This plugin does not support (raise|propagateSizeHints|grabbing)")
    for name in [name for name in os.environ if name.startswith("WATCHKEEPER_")]:
        del os.environ[name]
    config.stash[LOGS], config.stash[TASKS] = LogGuard(), TaskGuard()
    config.stash[TASKS].install()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the guards down."""
    config.stash[TASKS].uninstall()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many processes run the tests: a few that are named need no second one."""
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    return 0 if named or sys.platform == "win32" else PROCESSES


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Keep a file in one process, and with it what its fixtures make."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduler(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    config.option.loadscopereorder = False
    return Scheduler(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the tests some begin first."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: [item.nodeid.startswith(start) for start in GROUPS], reverse=True)


def group_of(nodeid: str) -> str:
    """Return what all tests have in common that one process passes, as it does ``nodeid``."""
    file = nodeid.partition("::")[0]
    return next((group for start, group in GROUPS.items() if file.startswith(start)), file)


@pytest.fixture(autouse=True)
def _baseline(request: pytest.FixtureRequest) -> None:
    # Autouse fixtures come first within a scope and after all larger scopes: servers of the session are not leaks.
    request.node.stash[BASELINE] = Baseline()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Listen to the log for the length of the test and its fixtures."""
    guard = item.config.stash[LOGS]
    logging.getLogger().addHandler(guard)
    try:
        return (yield)
    finally:
        logging.getLogger().removeHandler(guard)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Look for leaks after the last fixture of the test is down."""
    result = yield
    faults = []
    baseline = item.stash.get(BASELINE, None)
    if baseline is not None:
        faults += [f"left behind: {leak}" for leak in baseline.leaks()]
    faults += [f"left behind: task {task}" for task in item.config.stash[TASKS].take()]
    expected = [pattern for marker in item.iter_markers("expects_log") for pattern in marker.args]
    faults += [f"unexpected log: {text}" for text in item.config.stash[LOGS].take(expected)]
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)
    return result


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """An empty profile folder of its owner alone."""
    folder = tmp_path / "profile"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> object:
    """As pytest-qt's, with more patience."""
    from tests.helpers.patient_bots import PatientBot

    return PatientBot(request)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[object]:
    """A real IMAP server for the session; skips where there is none."""
    if sys.platform == "win32":
        pytest.skip("dovecot does not run on Windows")
    from tests.helpers.dovecot import dovecot_or_skip

    with dovecot_or_skip() as server:
        yield server


@pytest.fixture
def mailbox(dovecot: object) -> Iterator[object]:
    """A fresh user of the IMAP server; whatever the test did to the server is undone."""
    from tests.helpers.dovecot import Dovecot, fresh_user

    assert isinstance(dovecot, Dovecot)
    yield fresh_user(dovecot)
    dovecot.resume()
    dovecot.start()


@pytest.fixture(scope="session")
def _feed_server() -> Iterator[object]:
    from tests.helpers.feed_server import FeedServer

    with FeedServer() as server:
        yield server


@pytest.fixture
def feed_server(_feed_server: object) -> Iterator[object]:
    """A real HTTP server of feeds, without any feed at first."""
    from tests.helpers.feed_server import FeedServer

    assert isinstance(_feed_server, FeedServer)
    yield _feed_server
    _feed_server.clear()


@pytest.fixture
def github_server() -> Iterator[object]:
    """A stand-in for GitHub's API, with an empty inbox at first."""
    from tests.helpers.github_server import GithubServer

    with GithubServer() as server:
        yield server


@pytest.fixture(scope="session")
def _prosody() -> Iterator[object]:
    if sys.platform == "win32":
        pytest.skip("prosody does not run on Windows")
    from tests.helpers.prosody import prosody_or_skip

    with prosody_or_skip() as server:
        yield server


@pytest.fixture
def prosody(_prosody: object) -> Iterator[object]:
    """A real XMPP server; whatever the test did to it is undone."""
    from tests.helpers.prosody import Prosody

    assert isinstance(_prosody, Prosody)
    yield _prosody
    _prosody.resume()
    _prosody.start()


@pytest.fixture
def mastodon_server() -> Iterator[object]:
    """A stand-in for a Mastodon server, without any notification at first."""
    from tests.helpers.mastodon_server import MastodonServer

    with MastodonServer() as server:
        yield server


@pytest.fixture
def bluesky_server() -> Iterator[object]:
    """A stand-in for a Bluesky account's server, without any notification or chat at first."""
    from tests.helpers.bluesky_server import BlueskyServer

    with BlueskyServer() as server:
        yield server


@pytest.fixture
def telegram_server() -> Iterator[object]:
    """A stand-in for Telegram with one account, to which nothing was said yet."""
    from tests.helpers.telegram_server import TelegramServer

    with TelegramServer() as server:
        yield server


@pytest.fixture(scope="session")
def _synapse() -> Iterator[object]:
    if sys.platform == "win32":
        pytest.skip("matrix-synapse does not run on Windows")
    from tests.helpers.synapse import Synapse

    with Synapse() as server:
        yield server


@pytest.fixture
def synapse(_synapse: object) -> Iterator[object]:
    """A real Matrix homeserver; whatever the test did to it is undone."""
    from tests.helpers.synapse import Synapse

    assert isinstance(_synapse, Synapse)
    yield _synapse
    _synapse.resume()
