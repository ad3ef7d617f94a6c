"""TLS contexts of a worker: a megabyte each, so one for all connections, and one more for each CA file."""

import ssl
import threading
from pathlib import Path

from worker.protocol.texts import text
from worker.sdk.certificates import NotingObject, NotingSocket
from worker.sdk.errors import InvalidConfig

_contexts: dict[tuple[str, int], ssl.SSLContext] = {}
_lock = threading.Lock()


def client_context(ca_file: str = "") -> ssl.SSLContext:
    """Return the shared context that trusts the system's authorities and those in ``ca_file`` (PEM).

    Reads files: call it on a thread. Raises ``InvalidConfig`` with field ``ca_file`` when that cannot be used.
    """
    try:
        key = (ca_file, Path(ca_file).stat().st_mtime_ns if ca_file else 0)
        with _lock:
            if key not in _contexts:
                context = ssl.create_default_context()
                context.sslobject_class, context.sslsocket_class = NotingObject, NotingSocket
                if ca_file:
                    context.load_verify_locations(cafile=ca_file)
                _contexts[key] = context
            return _contexts[key]
    except (OSError, ValueError) as error:
        # ssl.SSLError is an OSError; ValueError is a path that can be none.
        detail = getattr(error, "strerror", None) or str(error)
        reason = text("ca_file_unusable", path=ca_file, detail=detail)
        raise InvalidConfig(reason, {"ca_file": reason}) from error
