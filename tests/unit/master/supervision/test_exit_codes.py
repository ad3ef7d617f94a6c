"""Exit codes in words."""

import pytest

from master.supervision.exit_codes import NTSTATUS, WORKER_CODES, describe_exit


@pytest.mark.parametrize(
    ("code", "signal", "words"),
    [
        (0, None, "stopped in order"),
        (1, None, "exited with code 1"),
        (2, None, "was started with options that it does not know"),
        (10, None, "was refused: its token is not valid"),
        (11, None, "was refused: it speaks another version of the protocol"),
        (3221225794, None, "exited with 0xC0000142 (STATUS_DLL_INIT_FAILED)"),
        (3221225477, None, "exited with 0xC0000005 (STATUS_ACCESS_VIOLATION)"),
        (-1073741819, None, "exited with 0xC0000005 (STATUS_ACCESS_VIOLATION)"),
        (-1073741510, None, "exited with 0xC000013A (STATUS_CONTROL_C_EXIT)"),
        (None, 9, "killed by signal 9 (SIGKILL) from outside; the system may have run out of memory"),
        (None, 11, "killed by signal 11 (SIGSEGV)"),
        (None, 15, "killed by signal 15 (SIGTERM)"),
        (None, 99, "killed by signal 99 (unknown)"),
        (None, None, "ended; the reason is not known"),
    ],
)
def test_every_end_has_its_words(code: int | None, signal: int | None, words: str) -> None:
    assert describe_exit(code, signal).message == words


@pytest.mark.parametrize("code", NTSTATUS)
def test_a_windows_status_is_known_signed_and_unsigned(code: int) -> None:
    signed = code - (1 << 32)
    assert describe_exit(code, None) == describe_exit(signed, None)
    assert NTSTATUS[code] in describe_exit(code, None).message


@pytest.mark.parametrize("code", WORKER_CODES)
def test_codes_of_our_own_worker_have_their_own_text(code: int) -> None:
    assert describe_exit(code, None).code == WORKER_CODES[code]


def test_our_own_kill_is_not_blamed_on_memory() -> None:
    assert describe_exit(None, 9, ours=True).message == "killed by signal 9 (SIGKILL)"
