"""What a service refuses, and why: REST and sockets turn these into answers."""

from collections.abc import Mapping

from worker.protocol.texts import Text, text


class ServiceError(Exception):
    """Base. ``text`` is shown to people; ``fields`` maps fields of the request to what is wrong with each."""

    status = 500
    code = "ERR_INTERNAL"

    def __init__(self, reason: Text, *, fields: Mapping[str, Text] | None = None, code: str | None = None) -> None:
        super().__init__(reason.message)
        self.text = reason
        self.fields: dict[str, Text] = dict(fields or {})
        if code is not None:
            self.code = code


class NotFound(ServiceError):
    """There is no such thing."""

    status = 404
    code = "ERR_NOT_FOUND"


class Conflict(ServiceError):
    """Its state does not allow it now (a stale version, a taken name)."""

    status = 409
    code = "ERR_CONFLICT"


class Invalid(ServiceError):
    """The request is wrong; ``fields`` says where."""

    status = 400
    code = "ERR_INVALID"

    def __init__(self, reason: Text | None = None, *, fields: Mapping[str, Text] | None = None) -> None:
        super().__init__(reason or text("invalid_fields"), fields=fields)


class TooLarge(ServiceError):
    """More than is taken at once."""

    status = 413
    code = "ERR_TOO_LARGE"


class Forbidden(ServiceError):
    """This caller may not do that."""

    status = 403
    code = "ERR_FORBIDDEN"


class Unavailable(ServiceError):
    """Something that is needed is away now: a worker, the keyring. ``code`` says which."""

    status = 503
    code = "ERR_UNAVAILABLE"


class TooBusy(ServiceError):
    """Ask again after ``retry_after`` seconds."""

    status = 429
    code = "ERR_TOO_BUSY"

    def __init__(self, reason: Text, *, retry_after: float) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class StartError(Exception):
    """The master cannot start. ``exit_code``: 3 port taken, 5 profile in use, damaged or not writable."""

    def __init__(self, exit_code: int, reason: Text) -> None:
        super().__init__(reason.message)
        self.exit_code = exit_code
        self.text = reason
