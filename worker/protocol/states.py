"""The closed vocabularies that master, worker and desktop share."""

from enum import StrEnum


class AccountState(StrEnum):
    """State of an account; the first that applies wins, in the order of this list."""

    PAUSED = "paused"
    LOGIN_NEEDED = "login_needed"
    UNREACHABLE = "unreachable"
    STALE = "stale"
    PENDING = "pending"
    OK = "ok"


class LoginStatus(StrEnum):
    """What is known of an account's sign-in."""

    UNKNOWN = "unknown"
    NOT_LOGGED_IN = "not_logged_in"
    PENDING = "pending"
    LOGGED_IN = "logged_in"
    FAILED = "failed"
    EXPIRED = "expired"


class WorkerState(StrEnum):
    """State of a worker process as its supervisor sees it."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    CRASHED = "crashed"
    """Waits for its restart."""
    ERROR = "error"
    """Gave up."""


class ItemKind(StrEnum):
    """Kind of a detected item."""

    COMMENT = "comment"
    DIRECT_MESSAGE = "direct_message"
    MAIL = "mail"
    MENTION = "mention"
    ENTRY = "entry"
    CHANGE = "change"
    LINE = "line"
    SYSTEM = "system"


class CheckOutcome(StrEnum):
    """How one check of one account ended."""

    OK = "ok"
    AUTH_FAILED = "auth_failed"
    TEMPORARY = "temporary"
    RATE_LIMITED = "rate_limited"
    INVALID_CONFIG = "invalid_config"
    TIMEOUT = "timeout"
    ERROR = "error"
    """The plug-in raised what it never should: a fault of ours, with a traceback in the log."""


class LogLevel(StrEnum):
    """Levels of a log record."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class ErrorCode(StrEnum):
    """Codes of a refused Socket.IO message."""

    AUTH_FAILED = "ERR_AUTH_FAILED"
    INVALID_PAYLOAD = "ERR_INVALID_PAYLOAD"
    UNSUPPORTED_VERSION = "ERR_UNSUPPORTED_VERSION"
    ACCOUNT_NOT_FOUND = "ERR_ACCOUNT_NOT_FOUND"
    STALE_EPOCH = "ERR_STALE_EPOCH"
    WORKER_OFFLINE = "ERR_WORKER_OFFLINE"
    RATE_LIMITED = "ERR_RATE_LIMITED"
    TOO_LARGE = "ERR_TOO_LARGE"
    INTERNAL = "ERR_INTERNAL"
