"""Names of servers, as the system resolves them."""

import socket
from typing import Final

from worker.sdk.errors import TemporaryFailure
from worker.sdk.platform import Context, text

RESOLVE_SECONDS: Final = 10.0


async def resolve(context: Context, host: str, port: int, field: str = "url") -> None:
    """See that a name resolves. Raises ``TemporaryFailure`` for the manifest's ``field`` when it does not.

    Behind a proxy it is the proxy that resolves it: asking anybody else would tell them what is watched.
    """
    if context.proxy is not None:
        return
    try:
        await context.run_blocking(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), RESOLVE_SECONDS)
    except (OSError, UnicodeError) as error:
        # TimeoutError is an OSError.
        reason = text("dns_failed", host=host)
        raise TemporaryFailure(reason, {field: reason}) from error
