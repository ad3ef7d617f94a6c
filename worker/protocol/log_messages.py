"""Lines of logs, as they travel and are kept."""

from worker.protocol.bases import Message
from worker.protocol.states import LogLevel


class LogRecord(Message, frozen=True, kw_only=True):
    """One line of a log; redacted before it leaves its process."""

    at: int
    level: LogLevel
    source: str
    """``master``, a worker's id, or ``desktop``."""
    logger: str
    message: str
    request_id: str = ""
    account_id: str = ""
    traceback: str = ""


class LogsWritten(Message, frozen=True, kw_only=True):
    """A batch of records; ``dropped`` counts those that the full queue could not keep."""

    records: list[LogRecord]
    dropped: int = 0
