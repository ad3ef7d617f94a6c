"""When the next check is due: pure arithmetic, no clock."""

import random
from typing import Final

from worker.protocol.account_messages import Assignment
from worker.protocol.states import CheckOutcome

JITTER: Final = 0.1
"""Fixed intervals vary by this share, so that accounts of one service do not march in step."""
LONGEST_BACKOFF_SECONDS: Final = 300.0
LIMITED_SECONDS: Final = 60.0
"""A service that asks to be called less often, and not for how long, is tried again after so much at most, or after
twice the interval; so long after it asked, checks come half as often."""
DAY_SECONDS: Final = 24 * 3600.0
LONGEST_PATIENCE_SECONDS: Final = DAY_SECONDS
"""A service that asks for more than a day of patience is asked again after a day."""
SAFETY_NET_SECONDS: Final = 300.0
SHORTEST_DEADLINE_SECONDS: Final = 60.0
LONGEST_DEADLINE_SECONDS: Final = 300.0


class Schedule:
    """The intervals of one account. All results are seconds from now."""

    def __init__(self, assignment: Assignment, rng: random.Random) -> None:
        self._low = float(max(1, assignment.interval_seconds))
        high = assignment.interval_max_seconds
        self._high = float(high) if high is not None and high > self._low else None
        self._rng = rng

    def regular(self, limited_seconds: float | None = None) -> float:
        """Return the delay after a check that went well; ``limited_seconds``: since the service asked for patience."""
        usual = self._rng.uniform(self._low, self._high) if self._high is not None else self._jittered(self._low)
        recently = limited_seconds is not None and limited_seconds < LIMITED_SECONDS
        return 2 * usual if recently else usual

    def safety_net(self) -> float:
        """Return the delay of the poll that backs a standing push connection."""
        return max(_tenfold(self._high or self._low), SAFETY_NET_SECONDS)

    def deadline(self) -> float:
        """Return the longest that one check may take."""
        return min(max(SHORTEST_DEADLINE_SECONDS, 2 * self._low), LONGEST_DEADLINE_SECONDS)

    def after(self, outcome: CheckOutcome, failures: int, retry_after: float | None = None) -> float | None:
        """Return the delay after a check that ended so, None when only a person can help.

        ``failures`` counts consecutive ones, this one included; ``retry_after`` is what the service asked for.
        """
        if outcome is CheckOutcome.OK:
            return self.regular()
        if outcome is CheckOutcome.AUTH_FAILED:
            return None
        if outcome is CheckOutcome.INVALID_CONFIG:
            return self._jittered(_tenfold(self._low))
        if outcome is CheckOutcome.RATE_LIMITED:
            asked = min(retry_after or 0.0, LONGEST_PATIENCE_SECONDS)
            own = min(self._backoff(failures + 1), max(LIMITED_SECONDS, 2 * self._low))
            # Never before the service allows it; a little later by chance, so that not all come back at once.
            return max(asked, own) * self._rng.uniform(1.0, 1.0 + JITTER)
        if outcome is CheckOutcome.PARSE:
            # The server is well; asking it again at once brings the same.
            failures += 1
        return max(self._low, self._jittered(self._backoff(failures)))

    def push_again(self, failures: int) -> float:
        """Return how long push rests after ``failures`` consecutive losses of its connection."""
        if failures <= 1:
            return 0.0
        return self._jittered(min(5.0 * 2.0 ** min(failures - 2, 10), LONGEST_BACKOFF_SECONDS))

    def _backoff(self, failures: int) -> float:
        ceiling = max(_tenfold(self._low), LONGEST_BACKOFF_SECONDS)
        return min(self._low * 2.0 ** min(max(failures - 1, 0), 20), ceiling)

    def _jittered(self, seconds: float) -> float:
        return seconds * self._rng.uniform(1.0 - JITTER, 1.0 + JITTER)


def _tenfold(seconds: float) -> float:
    """Return ten times as much, but no more than a day: what is looked at once a day must not wait for ten."""
    return max(seconds, min(10 * seconds, DAY_SECONDS))
