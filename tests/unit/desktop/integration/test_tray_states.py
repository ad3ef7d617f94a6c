"""The sentence of the tray names what is wrong."""

from collections import Counter

from desktop.integration.tray_states import TrayStates
from tests.unit.desktop.fakes import make_worker
from worker.protocol.states import AccountState, WorkerState


def test_a_worker_that_gave_up_is_named(qapp: object) -> None:
    tell = TrayStates().tell
    fine = Counter({AccountState.OK: 2})
    gone = make_worker("local-2", status=WorkerState.ERROR)
    assert tell(True, fine, [make_worker(), gone]) == ("bad", "Given up: local-2")
    level, sentence = tell(True, Counter({AccountState.UNREACHABLE: 2}), [gone])
    assert level == "bad"
    assert sentence.startswith("Given up: local-2 · 2 ")
    assert tell(True, fine, [make_worker()])[0] == "ok"
    assert tell(True, Counter({AccountState.STALE: 1}), [])[0] == "warn"
    assert tell(False, fine, [gone])[0] == "warn"
