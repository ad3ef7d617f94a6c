"""A route, and one call of it."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal, NamedTuple, cast

from aiohttp import web

from master.api.logins import AuditAction
from master.api.rows import Body
from master.rest.middlewares import SCOPE
from master.services.services import Services
from worker.protocol.texts import Text

PREFIX: Final = "/api/v1"

Scope = Literal["open", "client", "admin"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Call(NamedTuple):
    """One request, decoded."""

    services: Services
    request: web.Request
    body: Any
    """Of the route's type; None where it takes none."""
    query: Any
    """Of the route's type; None where it takes none."""

    @property
    def scope(self) -> Scope:
        """What the caller's token allows."""
        return cast("Scope", self.request[SCOPE])

    def audit(self, action: AuditAction, what: Text, subject: str = "") -> None:
        """Note what was done with this request."""
        self.services.sign_ins.audit.note(action, what, subject=subject)

    def param(self, name: str) -> str:
        """Return a part of the path."""
        return self.request.match_info[name]


Handler = Callable[[Call], Awaitable[Any]]


class Route(NamedTuple):
    """One row of the table: what decodes a request, checks it, answers it, and describes it."""

    method: Method
    path: str
    """Below ``/api/v1``."""
    handler: Handler
    summary: str
    answer: Any = None
    """Type of the answer's ``data``; None: null."""
    body: type[Body] | None = None
    query: type[Body] | None = None
    scope: Scope = "admin"
    """``open``: no token; ``client``: any token; ``admin``: a full one."""
    status: int = 200
    body_optional: bool = False
    """Nothing in the body means all defaults."""
    document: str = ""
    """Media type of an answer without envelope; its handler returns the response."""
    stream: str = ""
    """Media type of a body that the handler reads by itself, in pieces."""


class Nothing(Body, frozen=True, kw_only=True):
    """Body or query of a route that takes none."""
