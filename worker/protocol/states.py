"""The closed vocabularies that master, worker and desktop share."""

from enum import StrEnum
from typing import Final


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
    PARSE = "parse"
    """The service answered what nobody can read."""
    ERROR = "error"
    """The plug-in raised what it never should: a fault of ours, with a traceback in the log."""


class LogLevel(StrEnum):
    """Levels of a log record."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class JobState(StrEnum):
    """State of a job. It goes forward only, and the last three are final."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class JobReason(StrEnum):
    """Why a job ended as it did."""

    OK = "ok"
    SCRIPT_ERROR = "script_error"
    """It ended with another exit code than 0."""
    SIGNAL = "signal"
    """Something else than Watchkeeper killed it."""
    TIMEOUT = "timeout"
    BAD_SPEC = "bad_spec"
    """Its runner does not take these values, or there is no such runner."""
    BAD_COMMAND = "bad_command"
    """The command was not found, or cannot be executed."""
    PERMISSION = "permission"
    """The system allows no execution."""
    BAD_DIRECTORY = "bad_directory"
    """The working directory is missing."""
    NOT_ALLOWED = "not_allowed"
    """The settings do not allow this command, shell or mount."""
    CREDENTIAL = "credential"
    """Its credential is gone or cannot be read."""
    START_FAILED = "start_failed"
    """No process could be made, or its folder could not be written."""
    UNAVAILABLE = "unavailable"
    """What its runner needs is not there: a container service, an interpreter, a server."""
    LOST = "lost"
    """Neither its keeper nor an exit record is there."""
    HOST_RESTART = "host_restart"
    CANCELLED = "cancelled"
    KILLED = "killed"
    """Cancelled by force."""
    REPLACED = "replaced"
    """A later run of its schedule took its place."""


class ReservationState(StrEnum):
    """State of the slots that a job holds on a worker."""

    RESERVED = "reserved"
    """It was given to the worker and does not run yet."""
    ALLOCATED = "allocated"
    RELEASED = "released"


class ErrorCode(StrEnum):
    """Codes of a refused Socket.IO message."""

    AUTH_FAILED = "ERR_AUTH_FAILED"
    INVALID_PAYLOAD = "ERR_INVALID_PAYLOAD"
    UNSUPPORTED_VERSION = "ERR_UNSUPPORTED_VERSION"
    ACCOUNT_NOT_FOUND = "ERR_ACCOUNT_NOT_FOUND"
    JOB_NOT_FOUND = "ERR_JOB_NOT_FOUND"
    STALE_EPOCH = "ERR_STALE_EPOCH"
    WORKER_OFFLINE = "ERR_WORKER_OFFLINE"
    WORKER_IN_USE = "ERR_WORKER_IN_USE"
    """Another process has joined as this worker; it may end, so it is worth asking again."""
    WORKER_DISABLED = "ERR_WORKER_DISABLED"
    """The worker is switched off, or being stopped; worth asking again."""
    RATE_LIMITED = "ERR_RATE_LIMITED"
    TOO_LARGE = "ERR_TOO_LARGE"
    INTERNAL = "ERR_INTERNAL"


NOT_LET_IN: Final = frozenset(
    {ErrorCode.AUTH_FAILED, ErrorCode.UNSUPPORTED_VERSION, ErrorCode.WORKER_IN_USE, ErrorCode.WORKER_DISABLED}
)
"""Codes by which a master says that it will not have a worker now."""
