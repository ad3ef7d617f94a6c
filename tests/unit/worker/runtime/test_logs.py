"""The worker's log: lines, batches, and what happens when nobody listens."""

import asyncio
import io
import json
import logging

import pytest

from tests.helpers.virtual_time import run_virtually
from tests.helpers.worker_parts import FakeLink
from worker.protocol.codec import encode
from worker.protocol.log_messages import LogsWritten
from worker.protocol.states import ErrorCode, LogLevel
from worker.runtime import logs
from worker.runtime.redactions import Redactor
from worker.runtime.requests import account_id, request_id


@pytest.fixture
def stream():
    return io.StringIO()


@pytest.fixture
def redactor():
    return Redactor()


@pytest.fixture
def handler(stream, redactor):
    return logs.LogHandler("w1", redactor, stream)


@pytest.fixture
def logger(handler):
    it = logging.Logger("test.logger")
    it.addHandler(handler)
    return it


def test_a_record_is_one_line_of_json_and_one_record_to_ship(handler, logger, stream):
    request_id.set("r1")
    account_id.set("a1")
    logger.warning("found %d", 3)
    line = json.loads(stream.getvalue())
    assert (line["message"], line["level"], line["logger"], line["source"]) == (
        "found 3",
        "warning",
        "test.logger",
        "w1",
    )
    (record,) = handler.take().records
    assert (record.request_id, record.account_id, record.level) == ("r1", "a1", LogLevel.WARNING)
    assert handler.take() is None


def test_secrets_stand_neither_in_messages_nor_in_tracebacks(handler, logger, stream, redactor):
    redactor.hold({"password": "hunter22"})
    try:
        raise ValueError("hunter22")
    except ValueError:
        logger.exception("it was %s", "hunter22")
    (record,) = handler.take().records
    assert "‹secret›" in record.message
    assert "ValueError: ‹secret›" in record.traceback
    assert "hunter22" not in stream.getvalue()


def test_arguments_that_do_not_fit_are_no_reason_to_lose_a_record(handler, logger):
    template = "%d %d"
    logger.info(template, "x")
    assert "do not fit" in handler.take().records[0].message


def test_the_oldest_go_first_and_are_counted(handler, logger, monkeypatch):
    monkeypatch.setattr(logs, "QUEUE", 10)
    for number in range(15):
        logger.info("%d", number)
    batch = handler.take()
    assert (batch.records[0].message, batch.dropped) == ("5", 5)


def test_batches_fit_a_message(handler, logger):
    for _ in range(300):
        logger.error("x" * 100_000)
    sizes = []
    while (batch := handler.take()) is not None:
        encode(batch)
        sizes.append(len(batch.records))
    assert sum(sizes) == 300
    assert max(sizes) <= logs.BATCH


def test_a_closed_stderr_is_survived(handler, logger, stream):
    stream.close()
    logger.info("one")
    logger.info("two")
    assert len(handler.take().records) == 2


async def test_records_are_shipped_and_kept_while_the_master_is_away(handler, logger):
    link = FakeLink()
    shipper = logs.LogShipper(handler, link)
    logger.info("one")
    await shipper.flush()
    assert [record.message for record in link.master.of(LogsWritten)[0].records] == ["one"]
    logger.info("two")
    link.master.silent.add(LogsWritten)
    await shipper.flush()
    logger.info("three")
    link.cut()
    await shipper.flush()
    link.mend()
    link.master.silent.clear()
    await shipper.flush()
    assert [record.message for record in link.master.of(LogsWritten)[-1].records] == ["two", "three"]


async def test_a_refused_batch_is_counted_and_does_not_feed_itself(handler, logger, capsys):
    link = FakeLink()
    link.master.refusals[LogsWritten] = lambda _: (ErrorCode.INVALID_PAYLOAD, "no")
    logger.info("one")
    await logs.LogShipper(handler, link).flush()
    assert "refused a batch" in capsys.readouterr().err
    link.master.refusals.clear()
    await logs.LogShipper(handler, link).flush()
    assert link.master.of(LogsWritten)[0].dropped == 1


@pytest.mark.expects_log("the log could not be shipped")
def test_a_batch_that_fails_is_counted_and_shipping_goes_on(handler, logger, caplog):
    async def body():
        link = FakeLink()
        real, faults = link.request, [OSError("no descriptor"), ValueError("x")]

        async def request(message, kind, timeout=10.0):
            if faults:
                raise faults.pop()
            return await real(message, kind, timeout)

        link.request = request
        shipping = asyncio.ensure_future(logs.LogShipper(handler, link).run())
        await asyncio.sleep(logs.SHIP_SECONDS / 2)  # virtual: between two looks of the shipper
        for _ in range(3):
            logger.info("one")
            await asyncio.sleep(logs.SHIP_SECONDS)
        assert not shipping.done()
        shipping.cancel()
        await asyncio.wait([shipping])
        written = link.master.of(LogsWritten)
        assert (sum(batch.dropped for batch in written), sum(len(batch.records) for batch in written)) == (2, 1)
        assert caplog.text.count("the log could not be shipped") == 1

    run_virtually(body())


def test_libraries_that_print_payloads_are_quiet(monkeypatch):
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    level, levels = root.level, {name: logging.getLogger(name).level for name in logs._NOISY}
    try:
        logs.set_up("w1", "debug", Redactor())
        for name in ("socketio.client", "engineio.client"):
            assert not logging.getLogger(name).isEnabledFor(logging.INFO)
        assert logging.getLogger("worker").isEnabledFor(logging.DEBUG)
    finally:
        root.setLevel(level)
        logging.captureWarnings(False)
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)
