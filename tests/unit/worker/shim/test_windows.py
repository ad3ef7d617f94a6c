"""What of the Windows keeper can be proved anywhere: its structures, and its job object as the tree of a course."""

import ctypes

import pytest

from master.deploy.jobs import ExtendedLimits
from worker.protocol import job_folders
from worker.shim import records
from worker.shim.courses import Course
from worker.shim.windows import JobTree, Limits, native


class FakeSystem:
    def __init__(self):
        self.done, self.count = [], 3

    def active(self, job):
        return self.count

    def end(self, job):
        self.done.append(("end", job))
        self.count = 0

    def interrupt(self, pid):
        self.done.append(("interrupt", pid))


def test_the_structure_is_that_of_the_system():
    assert ctypes.sizeof(Limits) == ctypes.sizeof(ExtendedLimits)
    for name in ("ProcessMemoryLimit", "JobMemoryLimit", "PeakProcessMemoryUsed", "PeakJobMemoryUsed"):
        assert getattr(Limits, name).offset == getattr(ExtendedLimits, name).offset
    assert Limits.LimitFlags.offset == 16


def test_a_job_object_is_the_tree_of_a_course():
    system = FakeSystem()
    run = Course(JobTree(system, 7, 4711), 0.0, None, 5.0)
    run.obey("stop", 1.0)
    run.turn(6.0)
    assert system.done == [("interrupt", 4711), ("end", 7)]
    run.ended(1, None)
    assert run.turn(6.1)


def test_elsewhere_there_is_none():
    with pytest.raises(OSError, match="no Windows"):
        native()


def test_keeper_and_reader_use_the_same_names():
    for name in ("JOB", "KEEPER", "PROCESS", "EXIT", "CONTROL"):
        assert getattr(records, name) == getattr(job_folders, name)
