"""Something that runs elsewhere waits for the test, however long that takes: no second too early, none too late."""

import shlex
from pathlib import Path


class Gate:
    """Closed until it is opened: ``f"echo before; {gate.wait}; echo after"`` is for a POSIX shell."""

    def __init__(self, folder: Path, name: str = "gate") -> None:
        self._file = folder / name
        self.wait = f"until [ -e {shlex.quote(str(self._file))} ]; do sleep 0.02; done"

    def open(self) -> None:
        """Let all go on who wait, and who come later."""
        self._file.touch()
