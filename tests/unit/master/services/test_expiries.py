"""Tokens that end soon are told once, some days before, and over with a new sign-in."""

from types import SimpleNamespace

import pytest

from master.services.expiries import DAY_MS, Expiries


class World:
    def __init__(self):
        self.now = 1_000 * DAY_MS
        self.rows = {}
        self.told = []
        self.settings = SimpleNamespace(current=SimpleNamespace(expiry_warning_days=7))
        self.expiries = Expiries(
            accounts=SimpleNamespace(rows=lambda: self.rows),
            alerts=SimpleNamespace(note_expiring=lambda row, days: self.told.append((row.id, days))),
            settings=self.settings,
            clock=lambda: self.now,
        )

    def has(self, name, days, has_credentials=True):
        ends = None if days is None else self.now + round(days * DAY_MS)
        self.rows[name] = SimpleNamespace(id=name, credentials_expire_at=ends, has_credentials=has_credentials)

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
