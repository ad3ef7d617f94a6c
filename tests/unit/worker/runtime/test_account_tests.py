"""Test connections."""

import asyncio

import pytest

from tests.helpers.scripted.adapter import SCRIPTS, Script
from tests.helpers.virtual_time import run_virtually
from tests.helpers.worker_parts import Parts
from worker.protocol.account_messages import TestAccount
from worker.protocol.texts import text
from worker.runtime.account_tests import AccountTests
from worker.sdk.errors import AuthFailed


def run(tmp_path, command, script, **capabilities):
    async def body():
        async with Parts(tmp_path, **capabilities) as parts:
            SCRIPTS[""] = script
            parts.master.documents["t1"] = {"password": "hunter22"}
            shared = parts.shared
            tests = AccountTests(
                parts.registry, parts.link, parts.threads, parts.redactor, parts.tasks, shared.renewals
            )
            answer = await tests.run(command)
            assert parts.redactor.redact("hunter22") == "hunter22"
            return answer

    return run_virtually(body())


def command(platform="scripted", **fields):
    return TestAccount(**({"ticket": "t1", "platform": platform, "settings": {}, "has_credentials": True} | fields))


def test_a_good_one_tells_who_we_are_and_its_steps(tmp_path):
    script = Script()
    script.ask_secret = True
    answer = run(tmp_path, command(), script)
    assert (answer.success, answer.identity, answer.error) == (True, "me", None)
    assert [(step.name.code, step.error) for step in answer.steps] == [("step_sign_in", None)]
    assert script.secrets == [{"password": "hunter22"}]
    assert script.closed == 1


def test_a_refused_one_says_why_and_at_which_field_without_the_secret(tmp_path):
    script = Script()
    script.ask_secret = True
    reason = text("auth_refused_detail", detail="no such password: hunter22")
    script.probe = AuthFailed(reason, {"password": reason})
    answer = run(tmp_path, command(), script)
    assert not answer.success
    assert answer.error.code == "auth_refused_detail"
    assert list(answer.fields) == ["password"]
    assert answer.steps[0].error.code == "auth_refused_detail"
    assert "hunter22" not in repr(answer)


def test_wrong_settings_are_told_by_field_before_anything_connects(tmp_path):
    script = Script()
    answer = run(tmp_path, command(settings={"limit": "many"}), script)
    assert (answer.error.code, answer.fields["limit"].code) == ("invalid_fields", "field_type")
    assert script.made == 0


def test_missing_credentials_are_told_at_their_field(tmp_path):
    answer = run(tmp_path, command(has_credentials=False), Script(), credentials="required")
    assert (answer.error.code, answer.fields["password"].code) == ("state_credentials_missing", "field_required")


def test_an_unknown_platform(tmp_path):
    assert run(tmp_path, command("nothing"), Script()).error.code == "unassigned_no_platform"


def test_a_hanging_one_is_cut_off(tmp_path, monkeypatch):
    from tests.helpers.scripted import adapter

    async def hang(_self):
        await asyncio.sleep(10_000)

    monkeypatch.setattr(adapter.Adapter, "probe", hang)
    script = Script()
    assert run(tmp_path, command(), script).error.code == "check_timeout"
    assert script.closed == 1


@pytest.mark.expects_log("never should")
def test_a_fault_of_the_plug_in_is_an_answer_too(tmp_path):
    script = Script()
    script.probe = ZeroDivisionError("x")
    assert run(tmp_path, command(), script).error.code == "check_failed"
