"""Tokens that end soon are told once, some days before, and over with a new sign-in."""

from types import SimpleNamespace

import pytest

from master.services.expiries import DAY_MS, Expiries
from worker.protocol.certificates import Certificate
from worker.protocol.states import AccountState


class World:
    def __init__(self):
        self.now = 1_000 * DAY_MS
        self.rows = {}
        self.told = []
        self.near = []
        self.settings = SimpleNamespace(current=SimpleNamespace(expiry_warning_days=7))
        self.expiries = Expiries(
            accounts=SimpleNamespace(rows=lambda: self.rows),
            alerts=SimpleNamespace(
                note_expiring=lambda row, days: self.told.append((row.id, days)),
                note_certificates=lambda near, used: self.near.append(([one.name for one in near], sorted(used))),
            ),
            settings=self.settings,
            clock=lambda: self.now,
        )

    def has(self, name, days, has_credentials=True):
        ends = None if days is None else self.now + round(days * DAY_MS)
        self.rows[name] = SimpleNamespace(
            id=name, credentials_expire_at=ends, has_credentials=has_credentials, certificates=[], state=AccountState.OK
        )

    def connects(self, name, *certificates, state=AccountState.OK):
        """``certificates``: name, days that it lives, days that are left."""
        self.has(name, None)
        self.rows[name].state = state
        self.rows[name].certificates = [
            Certificate(
                kind="server",
                name=host,
                begins_at=self.now + round((left - life) * DAY_MS),
                expires_at=self.now + round(left * DAY_MS),
            )
            for host, life, left in certificates
        ]

    def look(self):
        self.told.clear()
        self.now += 10_000
        self.expiries.tick()
        return self.told


@pytest.fixture
def world():
    return World()


def test_what_ends_soon_is_told_with_the_days_that_are_left(world):
    world.has("far", 8)
    world.has("soon", 6.5)
    world.has("over", -1)
    world.has("never", None)
    world.has("out", 1, has_credentials=False)
    assert sorted(world.look()) == [("over", 0), ("soon", 6)]


def test_a_new_sign_in_ends_it_once(world):
    world.has("a", 1)
    assert world.look() == [("a", 0)]
    world.has("a", 90)
    assert world.look() == [("a", None)]
    assert world.look() == []


def test_nobody_who_wants_no_warning_gets_one(world):
    world.has("a", 1)
    assert world.look()
    world.settings.current.expiry_warning_days = 0
    assert world.look() == [("a", None)]


def test_it_looks_every_ten_seconds_and_when_something_changed(world):
    world.has("a", 1)
    world.look()
    world.told.clear()
    world.expiries.tick()
    assert world.told == []
    world.expiries.forget()
    world.expiries.tick()
    assert world.told == [("a", 0)]


@pytest.mark.parametrize(
    ("life", "left", "warned"),
    [
        (365, 7.5, False),
        (365, 6.9, True),
        (90, 25, False),
        (90, 6.9, True),
        (365, -2, True),
        # Renewed by itself every few days, or hours: only where that was forgotten.
        (6.7, 2.3, False),
        (6.7, 1.6, True),
        (0.5, 0.17, False),
        (0.5, 0.12, True),
    ],
)
def test_a_certificate_is_warned_of_by_what_is_left_of_its_life(world, life, left, warned):
    world.connects("a", ("mail.example.org", life, left))
    world.look()
    assert world.near[-1] == (["mail.example.org"] if warned else [], ["mail.example.org"])


def test_one_certificate_of_many_accounts_is_one_and_what_ends_first_counts(world):
    world.connects("a", ("mail.example.org", 365, 300))
    world.connects("b", ("mail.example.org", 365, 3), ("news.example.org", 365, 100))
    world.connects("c", ("old.example.org", 365, 1), state=AccountState.PAUSED)
    world.look()
    assert world.near[-1] == (["mail.example.org"], ["mail.example.org", "news.example.org"])
    world.settings.current.expiry_warning_days = 0
    world.look()
    assert world.near[-1] == ([], ["mail.example.org", "news.example.org"])
