"""Tickets: each opens one set of credentials to one worker, for the time of one piece of work."""

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

TICKET_SECONDS: Final = 300.0


class Ticket:
    """One ticket. ``account_id`` and ``version``: whose stored credentials it opens; empty for typed ones."""

    __slots__ = ("_document", "_ends", "account_id", "purpose", "version", "worker_id")

    def __init__(
        self,
        worker_id: str,
        document: Mapping[str, Any],
        ends: float,
        account_id: str = "",
        version: int = 0,
        purpose: str = "audit_granted_test",
    ) -> None:
        self.worker_id = worker_id
        self.purpose = purpose
        """Code of the text that says what it is for."""
        self.account_id = account_id
        self.version = version
        self._document = dict(document)
        self._ends = ends

    def document(self, now: float) -> dict[str, Any] | None:
        """Return the credentials, None once it has expired."""
        return dict(self._document) if now < self._ends else None

    def replace(self, document: Mapping[str, Any], version: int) -> None:
        """Open these from now on: the stored ones were renewed."""
        self._document, self.version = dict(document), version

    def tear(self) -> None:
        """Forget the credentials."""
        self._document.clear()
        self._ends = 0.0

    def __repr__(self) -> str:
        return f"Ticket({self.worker_id})"


class Tickets:
    """All tickets of this master; none outlives it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tickets: dict[str, Ticket] = {}

    def issue(
        self,
        worker_id: str,
        document: Mapping[str, Any],
        *,
        seconds: float = TICKET_SECONDS,
        account_id: str = "",
        version: int = 0,
        purpose: str = "audit_granted_test",
    ) -> str:
        """Return a new ticket. ``purpose``: code of the text for the audit."""
        value = secrets.token_urlsafe(32)
        self._tickets[value] = Ticket(worker_id, document, self._clock() + seconds, account_id, version, purpose)
        return value

    def of(self, value: str, worker_id: str) -> Ticket | None:
        """Return a ticket to the worker that it was issued to; None to anybody else, and after its end."""
        found = self._tickets.get(value)
        if found is None or found.worker_id != worker_id or found.document(self._clock()) is None:
            return None
        return found

    def document(self, ticket: Ticket) -> dict[str, Any]:
        """Return what a ticket opens now."""
        return ticket.document(self._clock()) or {}

    def tear(self, value: str) -> None:
        """End a ticket. Twice is no fault."""
        found = self._tickets.pop(value, None)
        if found is not None:
            found.tear()
