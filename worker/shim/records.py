"""The files of a run that are whole, or not there."""

import json
import os
from typing import Any, Final

JOB: Final = "job.json"
KEEPER: Final = "keeper.json"
PROCESS: Final = "process.json"
EXIT: Final = "exit.json"
CONTROL: Final = "control"
FAULT: Final = "keeper.log"
RECORD_BYTES: Final = 4096
"""Reserved for the exit record from the start: a disk that is full by then takes it all the same."""


def write_new(name: str, document: dict[str, Any], *, sync: bool) -> bool:
    """Write a file whole, unless it is there: False then; ``sync``: a loss of power leaves it. Raises ``OSError``."""
    temporary = f"{name}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(document, file)
        file.flush()
        if sync:
            os.fsync(file.fileno())
    try:
        if os.name == "posix":
            os.link(temporary, name)
        else:
            os.rename(temporary, name)
    except FileExistsError:
        return False
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)
    if sync:
        sync_folder()
    return True


def sync_folder() -> None:
    """Have the disk keep which files are in the working directory. Raises ``OSError``."""
    if os.name == "posix":
        folder = os.open(".", os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class ExitFile:
    """Room for the exit record, taken while there is some."""

    def __init__(self) -> None:
        self._name = f"{EXIT}.new"

    def reserve(self) -> None:
        """Take it. Raises ``OSError``."""
        with open(self._name, "wb") as file:
            file.write(b" " * RECORD_BYTES)

    def write(self, document: dict[str, Any]) -> None:
        """Let the record be there, whole. Raises ``OSError``."""
        raw = json.dumps(document).encode()
        with open(self._name, "r+b" if os.path.exists(self._name) else "wb") as file:
            file.write(raw.ljust(RECORD_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.replace(self._name, EXIT)
        sync_folder()
