"""What ends a run, and when: the same on every system."""

import pytest

from worker.shim.courses import GIVE_UP_SECONDS, PATIENCE_SECONDS, STRAGGLER_SECONDS, Course


class FakeTree:
    def __init__(self, size=1, stubborn=False):
        self.left, self.stubborn, self.done = size, stubborn, []

    def ask(self):
        self.done.append("ask")
        if not self.stubborn:
            self.left = 0

    def kill(self):
        self.done.append("kill")
        self.left = 0

    def alive(self):
        return self.left > 0

    def size(self):
        return self.left


def course(tree, limit=None, grace=5.0):
    return Course(tree, 100.0, limit, grace)


def test_one_that_ends_by_itself_is_settled_at_once():
    run = course(FakeTree(0), limit=10)
    assert run.due() == 110
    assert not run.turn(101)
    run.ended(3, None)
    assert run.turn(102)
    assert (run.cause, run.code, run.signal, run.stragglers) == ("exited", 3, None, 0)


def test_the_limit_asks_then_kills():
    tree = FakeTree(stubborn=True)
    run = course(tree, limit=10)
    assert not run.turn(109.9)
    assert not run.turn(110)
    assert (tree.done, run.due()) == (["ask"], 115)
    run.turn(115)
    assert tree.done == ["ask", "kill"]
    run.ended(None, 9)
    assert run.turn(115.1)
    assert run.cause == "timeout"


def test_a_second_stop_gives_no_new_grace():
    tree = FakeTree(stubborn=True)
    run = course(tree)
    run.obey("stop", 101)
    run.obey("stop", 104)
    assert (tree.done, run.due()) == (["ask"], 106)


def test_killed_is_stronger_than_stopped_and_weaker_than_a_time_that_is_over():
    run = course(FakeTree(stubborn=True))
    run.obey("stop", 101)
    run.obey("kill", 102)
    run.turn(102)
    assert run.cause == "killed"
    run = course(FakeTree(stubborn=True), limit=1)
    run.turn(101)
    run.obey("stop", 102)
    run.obey("kill", 103)
    assert run.cause == "timeout"


def test_whoever_comes_after_the_end_changes_nothing_of_it():
    run = course(FakeTree(1))
    run.ended(0, None)
    run.obey("stop", 101)
    assert run.cause == "exited"


@pytest.mark.parametrize(("stubborn", "done"), [(False, ["ask"]), (True, ["ask", "kill"])])
def test_what_is_left_behind_gets_little_time(stubborn, done):
    tree = FakeTree(2, stubborn)
    run = course(tree, limit=10)
    run.ended(0, None)
    assert not run.turn(101)
    assert run.due() == 101 + PATIENCE_SECONDS
    assert not run.turn(101 + PATIENCE_SECONDS)
    while not run.turn(now := run.due()):
        assert now <= 101 + 2 * PATIENCE_SECONDS + STRAGGLER_SECONDS
    assert (tree.done, run.stragglers) == (done, 2)


def test_another_limit_counts_from_the_start():
    run = course(FakeTree(stubborn=True), limit=10)
    run.obey("limit 60", 101)
    assert run.due() == 160
    run.obey("limit none", 101)
    assert run.due() is None
    run.obey("limit nonsense", 101)
    run.obey("nonsense", 101)
    assert run.due() is None
    run.obey("limit 0.5", 101)
    run.turn(101)
    assert run.cause == "timeout"


@pytest.mark.parametrize("limit", [float("inf"), float("nan")])
def test_a_limit_that_is_no_number_is_none(limit):
    run = course(FakeTree(), limit=limit)
    assert run.due() is None
    run.obey(f"limit {limit}", 101)
    assert run.due() is None
    run.obey("limit -5", 101)
    assert run.due() == 100


def test_what_cannot_be_ended_holds_nobody_up():
    class Immortal(FakeTree):
        def kill(self):
            self.done.append("kill")

    tree = Immortal(1, stubborn=True)
    run = course(tree)
    run.ended(0, None)
    now = 101.0
    while not run.turn(now):
        now = run.due()
    assert now <= 101 + GIVE_UP_SECONDS + 1
    assert (run.cause, run.code, run.stragglers) == ("exited", 0, 1)
