"""The last door before a check: what waited too long behind the lease's test does not begin any more."""

from collections.abc import Callable


class LeaseEndedError(Exception):
    """The lease ended before the check had asked anybody anything: it is made again once the lease holds."""


class Gate:
    """Around each check, ``with gate:``. Its first request needs the lease; a check that has begun may end.

    Between the moment a check is due and its first request it may wait for the disk, for its credentials, for a place
    at its host: long enough for the account to have gone to another worker.
    """

    def __init__(self, holds: Callable[[], bool]) -> None:
        """``holds()``: a check may begin."""
        self._holds = holds
        self._shut = False

    def __enter__(self) -> None:
        self._shut = True

    def __exit__(self, *_error: object) -> None:
        # What is asked outside of a check is not held up here.
        self._shut = False

    def look(self) -> None:
        """Raise :class:`LeaseEndedError` where the check has not begun and must not."""
        if self._shut and not self._holds():
            raise LeaseEndedError("the lease ended while the check waited to begin")

    def ask(self) -> None:
        """A request is about to go out: the check begins. Raises as :meth:`look`."""
        self.look()
        self._shut = False
