"""What a job prints, on disk."""

import os
from typing import Final

LEAST_PIECE: Final = 4096
PIECES: Final = 8
"""The kept end of a stream is in so many files, of which the oldest goes when one more is begun."""
FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)


class Sink:
    """One stream on disk: the first half of ``limit`` bytes and the last; what cannot be written is counted as lost."""

    def __init__(self, name: str, limit: int) -> None:
        self._name = name
        self._head = limit // 2
        self._piece = max(LEAST_PIECE, limit // 2 // PIECES)
        self._file = -1
        self._start = 0
        self._size = 0
        self._pieces: list[tuple[str, int]] = []
        self.total = 0
        self.kept = 0

    def open(self) -> None:
        """Make the file, so that it is there even if nothing is printed. Raises ``OSError``."""
        self._file = os.open(self._name, FLAGS, 0o600)

    def write(self, data: bytes) -> None:
        """Keep ``data`` as far as there is room."""
        view = memoryview(data)
        while view:
            room = self._room()
            count = min(room, len(view))
            written = self._put(view[:count])
            self.total += count
            self.kept += written
            if written < count:
                self._close()
            view = view[count:]

    def sync(self) -> None:
        """Have the disk keep what was written last."""
        self._close(sync=True)

    def _room(self) -> int:
        """Return how much the open piece still takes; begin one where none is open."""
        if self.total < self._head:
            room = self._head - self.total
        else:
            room = self._piece - (self.total - self._head) % self._piece
            if room == self._piece and self._start != self.total:
                self._close()
        if self._file < 0:
            self._begin()
        return room

    def _begin(self) -> None:
        self._start, self._size = self.total, 0
        name = f"{self._name}.{self._start}" if self._start else self._name
        try:
            self._file = os.open(name, FLAGS, 0o600)
        except OSError:
            return

    def _put(self, data: memoryview) -> int:
        done = 0
        try:
            while self._file >= 0 and done < len(data):
                done += os.write(self._file, data[done:])
        except OSError:
            # No room, or no disk any more: counted as lost, and tried again with what comes next.
            return self._note(done)
        return self._note(done)

    def _note(self, done: int) -> int:
        self._size += done
        return done

    def _close(self, *, sync: bool = False) -> None:
        if self._file < 0:
            return
        try:
            if sync and self._size:
                os.fsync(self._file)
            os.close(self._file)
        except OSError:
            self._file = -1  # nothing more can be done for it
        self._file = -1
        if not self._size and self._start:
            self._remove(f"{self._name}.{self._start}")
        elif self._start >= self._head:
            self._pieces.append((f"{self._name}.{self._start}" if self._start else self._name, self._size))
            self._prune()

    def _prune(self) -> None:
        while len(self._pieces) > PIECES:
            name, size = self._pieces.pop(0)
            if self._remove(name):
                self.kept -= size

    def _remove(self, name: str) -> bool:
        try:
            os.unlink(name)
        except OSError:
            return False
        return True
