"""Letting an adapter go never holds anybody for long, whatever the plug-in does."""

import asyncio
import contextlib

import pytest

from tests.helpers.virtual_time import run_virtually
from worker.runtime import adapters


@pytest.mark.expects_log("could not be closed in order")
@pytest.mark.parametrize("what", ["hangs", "swallows", "raises", "cancels"])
def test_letting_go_ends_in_time(what, caplog):
    async def body():
        released = asyncio.Event()

        class Adapter:
            async def close(self):
                if what == "raises":
                    raise KeyError("x")
                if what == "cancels":
                    raise asyncio.CancelledError
                while not released.is_set():
                    with contextlib.suppress(asyncio.CancelledError if what == "swallows" else KeyError):
                        await released.wait()

        loop = asyncio.get_running_loop()
        began = loop.time()
        closing = asyncio.ensure_future(adapters.close(Adapter()))
        await asyncio.wait([closing], timeout=60)
        in_time = closing.done() and loop.time() - began <= adapters.CLOSE_SECONDS + 0.5
        released.set()
        await asyncio.wait([closing])
        assert in_time
        closing.result()
        assert caplog.text.count("could not be closed in order") == 1

    run_virtually(body())


def test_who_waits_for_it_may_be_cancelled():
    async def body():
        ended = asyncio.Event()

        class Adapter:
            async def close(self):
                try:
                    await asyncio.sleep(3600)
                finally:
                    ended.set()

        closing = asyncio.ensure_future(adapters.close(Adapter()))
        await asyncio.sleep(0.1)
        closing.cancel()
        await asyncio.wait([closing])
        assert closing.cancelled()
        async with asyncio.timeout(1):
            await ended.wait()

    run_virtually(body())
