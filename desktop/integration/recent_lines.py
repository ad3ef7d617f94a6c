"""The newest lines of the window's own log, kept in memory for the support bundle."""

import logging
from collections import deque
from typing import Final

LINES: Final = 300
LONGEST: Final = 2_000
LOGGER: Final = "watchkeeper.desktop"


class RecentLines(logging.Handler):
    """Keeps the last lines; never raises, never blocks."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: deque[str] = deque(maxlen=LINES)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        try:
            self.lines.append(self.format(record)[:LONGEST])
        except (TypeError, ValueError):
            self.handleError(record)


def keep_recent_lines() -> RecentLines:
    """Begin to keep lines, once for a process; return what keeps them."""
    logger = logging.getLogger(LOGGER)
    found = next((one for one in logger.handlers if isinstance(one, RecentLines)), None)
    if found is None:
        found = RecentLines()
        logger.addHandler(found)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.INFO)
    return found
