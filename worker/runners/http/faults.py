"""What went wrong on the way to an answer, in words."""

from urllib.parse import urlsplit

import aiohttp

from worker.sdk.runner import JobReason, RunnerError, Text, text

from .asks import origin


def meaning(error: BaseException, url: str) -> RunnerError:
    """Return what an error of the network or of the server's speech means; special ones before general ones."""
    if isinstance(error, aiohttp.InvalidURL):
        return RunnerError(JobReason.BAD_SPEC, text("http_url_wrong"), {"url": text("http_url_wrong")})
    return RunnerError(JobReason.UNAVAILABLE, _words(error, url))


def slow(url: str, seconds: float, *, answered: bool) -> RunnerError:
    """Return that the answer did not come, or not to its end."""
    _, host, port = origin(url)
    if answered:
        return RunnerError(JobReason.UNAVAILABLE, text("http_slow", host=host, seconds=_short(seconds)))
    words = text("connect_timeout", host=host, port=port, seconds=_short(seconds))
    return RunnerError(JobReason.UNAVAILABLE, words)


def _words(error: BaseException, url: str) -> Text:
    _, host, port = origin(url)
    detail = str(error) or type(error).__name__
    match error:
        case aiohttp.ClientConnectorCertificateError():
            why = getattr(error.certificate_error, "verify_message", "") or str(error.certificate_error)
            return text("tls_untrusted", host=host, detail=why)
        case aiohttp.ClientConnectorDNSError():
            return text("dns_failed", host=host)
        case aiohttp.ClientSSLError():
            return text("tls_failed", host=host, detail=str(error.os_error))
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, ConnectionRefusedError):
            return text("connect_refused", host=host, port=port)
        case aiohttp.ClientConnectorError():
            return text("network_unreachable", host=host, detail=str(error.os_error))
        case aiohttp.ClientResponseError():
            return text("protocol_garbage", host=host, port=port, protocol="HTTP")
    return text("connection_lost", host=host, detail=detail)


def host_of(url: str) -> str:
    """Return the host of an address."""
    return urlsplit(url).hostname or ""


def _short(seconds: float) -> float | int:
    return int(seconds) if seconds == int(seconds) else round(seconds, 3)
