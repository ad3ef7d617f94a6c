"""Every text code stands in both languages, is used, and is called with its parameters."""

import tomllib

from master.vault.errors import REASONS
from tests.architecture import codes
from tests.architecture.rules import ROOT
from worker.protocol.texts import TEMPLATES

CHINESE = ROOT / "resources" / "translations" / "codes_zh_CN.toml"


def test_both_languages_say_the_same():
    vault = {name: f"{reason.message} {reason.advice}" for name, reason in REASONS.items()}
    assert codes.translations(TEMPLATES | vault, tomllib.loads(CHINESE.read_text(encoding="utf-8"))) == []


def test_every_code_is_used():
    assert codes.unused(ROOT, TEMPLATES) == []


def test_every_call_names_a_code_and_its_parameters():
    assert codes.calls(ROOT, TEMPLATES) == []


def test_differences_between_the_languages_are_found():
    english = {"same": "{a}", "missing": "x", "params": "{a} {b}", "empty": "x"}
    other = {"same": "{a}!", "extra": "x", "params": "{a}", "empty": ""}
    faults = codes.translations(english, other)
    assert [fault.split()[0] for fault in faults] == ["missing", "extra", "empty", "params"]


def _plant(root, text):
    (root / "master").mkdir()
    (root / "master" / "a.py").write_text(text)


def test_unused_codes_are_found(tmp_path):
    _plant(tmp_path, 'x = ["code_one", f"state_{name}", f"{name}_waits", f"{any}"]')
    english = dict.fromkeys(["code_one", "code_two", "state_paused", "worker_waits"], "")
    assert codes.unused(tmp_path, english) == ["code_two is used nowhere"]


def test_wrong_calls_are_found(tmp_path):
    lines = ['text("known", a=1)', 'text("known")', 'text("known", a=1, b=2)', 'text("other")', 'text("known", **rest)']
    lines += ["text(variable)", 'sdk.text("other")', 'context.step("other")', 'painter.text(1, "other")']
    _plant(tmp_path, "\n".join(lines))
    found = [fault.split()[0] for fault in codes.calls(tmp_path, {"known": "{a}"})]
    assert found == [f"master/a.py:{line}" for line in (2, 3, 4, 7, 8)]
