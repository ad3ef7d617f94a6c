"""What a worker prints, in two files that stay small whatever it prints.

A worker writes to its files itself, so nothing that it prints waits for the master. They are opened for appending: when
one is cut, what is printed next begins at its new end. Of a flood, what is printed in the moment of a cut may be lost.
"""

import logging
from pathlib import Path
from typing import IO, Final

logger = logging.getLogger(__name__)

LOG_LIMIT_BYTES: Final = 5 * 1024 * 1024
"""A file larger than this is cut; as much of its end is kept beside it, one generation."""
WATCH_SECONDS: Final = 1.0
"""What a worker prints within this time may be too much for a moment."""

NAMES: Final = ("stdout.log", "stderr.log")


def open_outputs(folder: Path) -> tuple[IO[bytes], IO[bytes]]:
    """Open both files of a worker's folder, which is made when there is none. Raises ``OSError``. Blocks."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    bound_outputs(folder)
    stdout, stderr = (folder / name for name in NAMES)
    return stdout.open("ab"), stderr.open("ab")


def bound_outputs(folder: Path) -> None:
    """Cut what has grown too large, also while it is being written to. Blocks."""
    for name in NAMES:
        path = folder / name
        try:
            if path.stat().st_size > LOG_LIMIT_BYTES:
                _cut(path)
        except FileNotFoundError:
            # Nothing was printed yet, or the folder was deleted.
            continue
        except OSError as error:
            logger.warning("%s cannot be cut: %s", path, error)


def _cut(path: Path) -> None:
    """Keep the end of a file beside it, from the beginning of a line on, and empty it."""
    kept = path.with_suffix(".1.log")
    with path.open("r+b") as file:
        late = b""
        try:
            file.seek(-LOG_LIMIT_BYTES, 2)
            end = file.read(LOG_LIMIT_BYTES)
            _, newline, lines = end.partition(b"\n")
            end = lines if newline and lines else end
            kept.write_bytes(end)
            # What was printed while that was written; a line that is being written between here and the cut is lost.
            late = file.read(LOG_LIMIT_BYTES)
        finally:
            # Room goes before history: also on a full disk.
            file.truncate(0)
    if late:
        kept.write_bytes((end + late)[-LOG_LIMIT_BYTES:])
