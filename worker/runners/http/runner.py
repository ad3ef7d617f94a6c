"""Calls an address of the web and checks the answer."""

import asyncio
import ssl
import traceback
from typing import Any, Final

from worker.sdk import runner
from worker.sdk.errors import InvalidConfig
from worker.sdk.runner import Command, Execution, JobReason, Outcome, Request, RunnerError, Text, text
from worker.sdk.tasks import Stopped, unless
from worker.sdk.tls import client_context

from .asks import MEGABYTE, Ask, read_ask
from .checks import check
from .credentials import secret_headers, secret_texts
from .exchanges import Exchange
from .faults import host_of
from .redactions import Blotter

MAX_DETAIL: Final = 500
"""Characters that are told of what nobody expected."""


class Runner(runner.Runner):
    """One request, with its redirects: a success when status and JSON are what was expected."""

    def parse(self, request: Request) -> Command:
        read_ask(request.spec)
        return Command(python=True)

    async def execute(self, execution: Execution) -> Outcome:
        try:
            return await self._ask(execution)
        except RunnerError:
            raise
        except Exception as error:  # noqa: BLE001 (a named guard)
            # What a library says of its fault may quote what was sent: nobody further out knows the secrets.
            blotter = Blotter(secret_texts(execution.secret.reveal()))
            execution.write(blotter.text(traceback.format_exc()).encode("utf-8", "replace"), "stderr")
            detail = blotter.text(f"{type(error).__name__}: {error}")[:MAX_DETAIL]
        raise RunnerError(JobReason.SCRIPT_ERROR, text("runner_failed", runner=self.manifest.id, detail=detail))

    async def _ask(self, execution: Execution) -> Outcome:
        ask = read_ask(execution.request.spec)
        secret = secret_headers(execution.secret.reveal())
        blotter = Blotter(secret.values)
        exchange = Exchange(ask, secret, await _tls(ask), execution)
        try:
            await unless(execution.stopping, exchange.run())
            fault = _fault(ask, exchange, blotter)
        except Stopped:
            return Outcome(success=False, reason=JobReason.CANCELLED, result=_result(exchange, blotter))
        except RunnerError as error:
            words = _blotted(error.text, blotter)
            return Outcome(success=False, reason=error.reason, error=words, result=_result(exchange, blotter))
        if fault is not None:
            fault = _blotted(fault, blotter)
        return Outcome(success=fault is None, error=fault, result=_result(exchange, blotter))


async def _tls(ask: Ask) -> ssl.SSLContext | bool:
    if not ask.verify_tls:
        return False
    if not ask.ca_file:
        return True
    try:
        return await asyncio.to_thread(client_context, ask.ca_file)
    except InvalidConfig as error:
        raise RunnerError(JobReason.BAD_SPEC, error.reason, error.fields) from error


def _fault(ask: Ask, exchange: Exchange, blotter: Blotter) -> Text | None:
    """Return why the answer is no success."""
    answer = exchange.answer
    status = answer.status or 0
    if not (200 <= status <= 299 if ask.expected_status is None else status == ask.expected_status):
        expected = "200 … 299" if ask.expected_status is None else str(ask.expected_status)
        return text("http_status_unexpected", host=host_of(answer.url), status=status, expected=expected)
    if answer.cut:
        return text("too_large", limit_mb=round(ask.max_bytes / MEGABYTE, 3))
    return check(bytes(answer.body), ask.json_path, ask.json_value, blotter.text) if ask.json_path else None


def _result(exchange: Exchange, blotter: Blotter) -> dict[str, Any]:
    answer = exchange.answer
    return {
        "status": answer.status,
        "duration_ms": answer.duration_ms,
        "bytes": answer.bytes,
        "url": blotter.text(answer.url),
    }


def _blotted(words: Text, blotter: Blotter) -> Text:
    """Return a text without secrets: servers put into their answers what they were sent."""
    params = {name: blotter.text(value) if isinstance(value, str) else value for name, value in words.params.items()}
    return text(words.code, **params)
