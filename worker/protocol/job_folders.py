"""The folder of one run of a job: what its keeper writes there, and how it is read.

Its keeper (``worker/shim.py``, which imports nothing of ours and has these names a second time; a test compares them)
outlives worker and master; what stands in the folder is what counts.

- ``job.json``: what is to run; references to secrets only. Written by the worker before the keeper is started.
- ``keeper.json``: who keeps it, made only if it was not there. Whoever made it decided whether the run ever begins.
- ``process.json``: the process that was started.
- ``stdout``, ``stderr``: the first half of what is kept. ``stdout.<offset>``: later pieces, each from that byte of the
  whole stream on; the oldest go when there are too many.
- ``exit.json``: how it ended, whole or not there at all. ``result.json``: what a Python runner found out.
"""

from pathlib import Path
from typing import Final, Literal

import msgspec

JOB: Final = "job.json"
KEEPER: Final = "keeper.json"
PROCESS: Final = "process.json"
EXIT: Final = "exit.json"
RESULT: Final = "result.json"
CONTROL: Final = "control"
STREAMS: Final = ("stdout", "stderr")
JOB_VARIABLE: Final = "WATCHKEEPER_JOB"
"""In the environment of all processes of a job: ``<job id>/<run>/<nonce>``."""

Stream = Literal["stdout", "stderr"]
Encoding = Literal["utf-8", "latin-1"]
"""``latin-1``: each character stands for one byte, so that the very bytes come through."""
End = Literal["exited", "timeout", "stopped", "killed", "failed"]
"""``stopped`` and ``killed``: as told; ``failed``: could not be started."""


class KeeperRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Who keeps a run: a process by pid, creation time, boot and nonce. ``pid`` 0: nobody, and nobody ever will."""

    pid: int
    created: str
    """When it was made, in the system's own words: comparable with the same of another moment, on the same boot."""
    boot_id: str
    nonce: str
    at: int


class ProcessRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The process of a run; ``created`` as for its keeper."""

    pid: int
    created: str
    started_at: int


class ExitRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended."""

    end: End
    code: int | None = None
    signal: int | None = None
    error: str = ""
    """Why it could not be started: ``not_found``, ``permission``, ``directory`` or ``system``."""
    detail: str = ""
    started_at: int | None = None
    ended_at: int
    peak_memory_bytes: int | None = None
    stdout_bytes: int = 0
    stderr_bytes: int = 0
    left_bytes: int = 0
    stragglers: int = 0


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a stream. ``skipped`` bytes between where it was asked for and where it begins are not kept."""

    text: str
    next_offset: int
    skipped: int
    complete: bool


def run_folder(root: Path, job_id: str, run: int) -> Path:
    """Return the folder of a run: of the first that of the job itself, of later ones a folder in it."""
    return root / job_id if run <= 1 else root / job_id / f"run-{run}"


def read_exit(folder: Path) -> ExitRecord | None:
    """Return how a run ended, None while it has not (or is lost). Raises ``OSError``, ``msgspec.MsgspecError``."""
    try:
        return msgspec.json.decode((folder / EXIT).read_bytes(), type=ExitRecord)
    except FileNotFoundError:
        return None


def read_output(folder: Path, stream: Stream, offset: int, limit: int, encoding: Encoding = "utf-8") -> Output:
    """Return up to ``limit`` bytes of a stream from byte ``offset`` on, decoded; blocks.

    A character that is not complete yet waits for the next piece; what is none is replaced. Raises ``OSError``.
    """
    # Asked first: what is there once it has ended is all there is.
    ended = read_exit(folder)
    total = 0 if ended is None else (ended.stdout_bytes if stream == "stdout" else ended.stderr_bytes)
    raw, begin, cut_off = _read(folder, stream, offset, limit)
    if not raw:
        if ended is not None:
            return Output(text="", next_offset=max(total, offset), skipped=max(0, total - offset), complete=True)
        return Output(text="", next_offset=offset, skipped=0, complete=False)
    done = ended is not None and begin + len(raw) >= total
    cut = raw if done or cut_off or encoding == "latin-1" else raw[: len(raw) - _incomplete(raw)]
    return Output(
        text=cut.decode(encoding, "replace"),
        next_offset=begin + len(cut),
        skipped=begin - offset,
        complete=done,
    )


def printed(folder: Path, stream: Stream) -> int:
    """Return where the last byte of a stream that is on disk stands; blocks. Raises ``OSError``."""
    start, path = _pieces(folder, stream)[-1]
    try:
        return start + path.stat().st_size
    except FileNotFoundError:
        return start


def _read(folder: Path, stream: str, offset: int, limit: int) -> tuple[bytes, int, bool]:
    """Return bytes, where they begin (at ``offset``, or where the first piece after it does), and if a gap follows."""
    raw, begin = b"", offset
    for start, path in _pieces(folder, stream):
        try:
            with path.open("rb") as file:
                at = begin + len(raw)
                if start > at:
                    if raw:
                        return raw, begin, True
                    at = begin = start
                file.seek(at - start)
                raw += file.read(limit - len(raw))
        except FileNotFoundError:
            continue  # cleared away meanwhile
        if len(raw) >= limit:
            break
    return raw, begin, False


def _pieces(folder: Path, stream: str) -> list[tuple[int, Path]]:
    found = [(0, folder / stream)]
    for path in folder.glob(f"{stream}.*"):
        number = path.name.removeprefix(f"{stream}.")
        if number.isascii() and number.isdecimal():
            found.append((int(number), path))
    return sorted(found)


def _incomplete(raw: bytes) -> int:
    """Return how many bytes at the end begin a character that is not complete."""
    for back in range(1, min(4, len(raw) + 1)):
        byte = raw[-back]
        if byte & 0xC0 == 0x80:
            continue
        needed = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
        return back if needed > back else 0
    return 0
