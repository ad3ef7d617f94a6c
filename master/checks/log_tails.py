"""The newest lines of the log of a profile, read without a master."""

from pathlib import Path
from typing import Final

import msgspec

from master.api.system import LogRow
from worker.protocol.log_messages import LogRecord

READ_BYTES: Final = 4 * 1024 * 1024

_decoder = msgspec.json.Decoder(LogRow)


def newest_lines(folder: Path, limit: int) -> list[LogRecord]:
    """Return up to ``limit`` records, oldest first; lines that are broken are left out. Blocks."""
    found: list[LogRecord] = []
    for path in sorted(folder.glob("watchkeeper-*.jsonl"), reverse=True):
        try:
            with path.open("rb") as file:
                file.seek(max(0, path.stat().st_size - READ_BYTES))
                lines = file.read().splitlines()
        except OSError:  # dropped meanwhile
            continue
        rows: list[LogRecord] = []
        for line in lines:
            try:
                rows.append(_decoder.decode(line).record)
            except msgspec.MsgspecError:
                continue
        found = rows + found
        if len(found) >= limit:
            break
    return found[-limit:]
