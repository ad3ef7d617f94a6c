"""How a worker says goodbye."""

from worker.protocol.bases import Message


class WorkerLeft(Message, frozen=True, kw_only=True):
    """It ends in order: it begins no check any more, none runs, and what was found was delivered or is on its disk."""
