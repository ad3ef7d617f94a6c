"""The job object of Windows, over a kernel that only notes what is asked of it."""

import ctypes
from typing import Any

import pytest

from master.deploy.jobs import BREAKAWAY_OK, KILL_ON_JOB_CLOSE, ExtendedLimits, SessionJob, WindowsJob, make_job

JOB, PROCESS = 0x1_0000_0010, 0x1_0000_0020


class FakeKernel32:
    def __init__(self, refuses: str = "") -> None:
        self.refuses = refuses
        self.flags = 0
        self.size = 0
        self.members: list[tuple[int, int]] = []
        self.opened: list[int] = []
        self.closed: list[int] = []

    def CreateJobObjectW(self, attributes: None, name: None) -> int | None:  # noqa: N802
        return None if self.refuses == "create" else JOB

    def SetInformationJobObject(self, job: int, kind: int, limits: Any, size: int) -> int:  # noqa: N802
        assert (job, kind) == (JOB, 9)
        self.size = size
        self.flags = limits._obj.BasicLimitInformation.LimitFlags
        return int(self.refuses != "limits")

    def OpenProcess(self, access: int, inherit: bool, pid: int) -> int | None:  # noqa: N802
        assert access == 0x0101
        assert not inherit
        self.opened.append(pid)
        return None if self.refuses == "open" else PROCESS

    def AssignProcessToJobObject(self, job: int, process: int) -> int:  # noqa: N802
        self.members.append((job, process))
        return int(self.refuses != "assign")

    def CloseHandle(self, handle: int) -> int:  # noqa: N802
        self.closed.append(handle)
        return 1


def test_a_process_is_held_and_may_break_away() -> None:
    kernel32 = FakeKernel32()
    job = WindowsJob(kernel32)
    assert kernel32.flags == KILL_ON_JOB_CLOSE | BREAKAWAY_OK == 0x2800
    assert job.adopt(42)
    assert job.adopt(43)
    assert (kernel32.opened, kernel32.members) == ([42, 43], [(JOB, PROCESS)] * 2)
    assert kernel32.closed == [PROCESS, PROCESS], "the job's own handle ends only with this process"


def test_the_limits_have_the_size_that_windows_knows() -> None:
    assert ctypes.sizeof(ExtendedLimits) == (144 if ctypes.sizeof(ctypes.c_void_p) == 8 else 112)
    kernel32 = FakeKernel32()
    WindowsJob(kernel32)
    assert kernel32.size == ctypes.sizeof(ExtendedLimits)


@pytest.mark.expects_log(r"WARNING master.deploy.jobs")
@pytest.mark.parametrize(
    ("refuses", "closed"), [("create", []), ("limits", [JOB]), ("open", []), ("assign", [PROCESS])]
)
def test_a_refusal_is_told_and_leaks_nothing(refuses: str, closed: list[int]) -> None:
    kernel32 = FakeKernel32(refuses)
    assert not WindowsJob(kernel32).adopt(42)
    assert kernel32.closed == closed


def test_other_systems_hold_nothing() -> None:
    assert isinstance(make_job(), SessionJob)
    assert not make_job().adopt(1)
