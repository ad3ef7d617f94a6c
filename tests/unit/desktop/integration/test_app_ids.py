"""What Windows is told of the program, by what stands for its library."""

import ctypes
import sys
from typing import Any

import pytest

from desktop.integration.app_ids import IDENTIFIER, name_process


class Shell:
    """shell32, as far as it is asked: as the real one, it takes what its types say."""

    def __init__(self, answer: int) -> None:
        self.answer = answer
        self.given: list[str] = []
        prototype = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_wchar_p)
        self.SetCurrentProcessExplicitAppUserModelID: Any = prototype(self._take)

    def _take(self, identifier: str) -> int:
        self.given.append(identifier)
        return self.answer


def test_the_identifier_is_told() -> None:
    shell = Shell(0)
    assert name_process(shell)
    assert shell.given == [IDENTIFIER]
    called = shell.SetCurrentProcessExplicitAppUserModelID
    assert (called.argtypes, called.restype) == ([ctypes.c_wchar_p], ctypes.c_long)


def test_a_refusal_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "watchkeeper.desktop")
    assert not name_process(Shell(ctypes.c_long(-2147024809).value))
    assert "0x80070057" in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="there it is told")
def test_other_systems_have_no_such_thing() -> None:
    assert not name_process()


def test_windows_would_take_it() -> None:
    # 128 characters at most, no spaces (documentation of application user model ids).
    assert len(IDENTIFIER) <= 128
    assert " " not in IDENTIFIER
