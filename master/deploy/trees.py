"""Which processes belong to one that is to be killed."""

import os
import sys


def same_session(pid: int, leader: int) -> bool:
    """Tell whether ``pid`` is in the session that ``leader`` leads; a session of its own is made to outlive it."""
    if sys.platform == "win32":
        return True
    try:
        return os.getsid(pid) == leader
    except OSError:
        return False
