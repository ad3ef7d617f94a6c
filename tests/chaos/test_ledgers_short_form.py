"""Nothing lost, nothing told twice: kills between found and told, servers that change, restores of an older backup."""

import os
import sqlite3
import sys
from collections import Counter

import pytest

from tests.chaos.ledgers import failures, running, trials
from tests.chaos.truths import Person, audit
from tests.helpers.dovecot import Dovecot, fresh_user

KILLS = 3
USUAL_SEED = 7
"""Others, and all kills, are for ``python -m tests.chaos.ledgers``."""


@pytest.mark.chaos
@pytest.mark.real_server
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux", reason="kills by signals")
async def test_what_is_found_is_told_once_whatever_happens(tmp_path):
    seed = int(os.environ.get("CHAOS_SEED") or USUAL_SEED)
    lines = [f"seed {seed}: CHAOS_SEED={seed} runs it again"]
    if Dovecot.missing() is None:
        with Dovecot() as server:
            found = await run(tmp_path, fresh_user(server), seed, lines)
    else:
        found = await run(tmp_path, None, seed, lines)
    assert not failures(found), "\n".join([*lines, *failures(found)])
    assert found["published"] > 15


async def run(folder, mailbox, seed, lines):
    async with running(folder, mailbox) as run:
        await trials(run, seed, 1, lines.append, kills=KILLS)
        return audit(run.database, run.published, run.person)


def test_the_audit_finds_what_is_lost_doubled_and_unexplained(tmp_path):
    database = tmp_path / "watchkeeper.db"
    with sqlite3.connect(database) as db:
        db.executescript(
            "CREATE TABLE items (id INTEGER, title TEXT);"
            "CREATE TABLE notifications (item_id INTEGER, title TEXT, state TEXT, reason TEXT);"
            "INSERT INTO items VALUES (1, 'a'), (2, 'b'), (3, 'b'), (4, 'c'), (5, 'x'), (6, 'e');"
            "INSERT INTO notifications VALUES (1, '', 'pending', NULL), (2, '', 'pending', NULL),"
            " (3, '', 'suppressed', '{\"code\":\"silent_merged\"}'), (4, '', 'suppressed', NULL);"
        )
    person = Person()
    person.told = Counter({"a": 2, "b": 1})
    found = audit(database, ["a", "b", "c", "d", "e"], person)
    assert found == {
        "published": 5,
        "lost": ["d"],
        "stored twice": ["b"],
        "never published": ["x"],
        "told twice": ["a"],
        "neither told nor explained": ["c", "e"],
        "unexplained": ["", "e", "x"],
    }
