"""Web pages and JSON lists that change now and then; every other one knows what its reader has (304)."""

import json
import time

from aiohttp import web

CHANGE_SECONDS = 120
ROWS = 20


class Pages:
    """``/page/<n>`` and ``/list/<n>``. Each says something new every two minutes, not all at the same time."""

    def __init__(self) -> None:
        self.answered = {200: 0, 304: 0}

    async def page(self, request: web.Request) -> web.Response:
        """Answer with a page of twenty paragraphs."""
        number, version = self._state(request)
        rows = "".join(f"<p>Line {row} of page {number}, version {version}</p>" for row in range(ROWS))
        return self._answer(request, number, version, f"<html><body><main>{rows}</main></body></html>", "text/html")

    async def rows(self, request: web.Request) -> web.Response:
        """Answer with a list of twenty rows, of which the last is new in each version."""
        number, version = self._state(request)
        rows = [{"id": version * 10 + row, "title": f"Row {row} of {number}"} for row in range(ROWS)]
        return self._answer(request, number, version, json.dumps(rows), "application/json")

    @staticmethod
    def _state(request: web.Request) -> tuple[int, int]:
        number = int(request.match_info["number"])
        return number, int(time.time() + number * 7) // CHANGE_SECONDS

    def _answer(self, request: web.Request, number: int, version: int, body: str, kind: str) -> web.Response:
        headers = {"ETag": f'"{version}"'} if number % 2 == 0 else {}
        known = bool(headers) and request.headers.get("If-None-Match") == headers["ETag"]
        status = 304 if known else 200
        self.answered[status] += 1
        return web.Response(status=status, headers=headers, content_type=kind, text=None if known else body)
