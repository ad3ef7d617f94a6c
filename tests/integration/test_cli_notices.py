"""Rules, quiet hours, snoozes and notifications from a shell, against a real master."""

import json

import pytest

from tests.helpers.masters import serving
from tests.helpers.shells import watchkeeper

pytestmark = pytest.mark.real_server


def run(profile, *arguments, code=0):
    done = watchkeeper("--profile", str(profile), *arguments)
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def parsed(profile, *arguments):
    return json.loads(run(profile, *arguments, "--json").stdout)


def test_what_is_told_from_the_shell(profile):
    with serving(profile):
        assert "There are no rules" in run(profile, "rules", "list").stdout
        words = ["--include", "invoice", "--exclude", "draft", "--kind", "mail", "--action", "urgent"]
        bills = parsed(profile, "rules", "add", "--name", "Bills", *words)
        assert (bills["position"], bills["conditions"]["include"], bills["action"]) == (0, ["invoice"], "urgent")
        noise = parsed(profile, "rules", "add", "--name", "Noise", "--regex", r"^\[ci\]", "--action", "ignore")
        wrong = run(profile, "rules", "add", "--name", "Wrong", "--regex", "(", code=1).stderr
        assert "conditions.regex" in wrong
        assert "1. Noise" in run(profile, "rules", "order", noise["id"], bills["id"]).stdout
        edited = parsed(profile, "rules", "edit", bills["id"], "--include", "bill", "--place", "1", "--disable")
        assert (edited["conditions"]["include"], edited["position"], edited["enabled"]) == (["bill"], 0, False)
        assert edited["conditions"]["exclude"] == ["draft"]
        report = parsed(profile, "rules", "test", "--title", "[CI] failed")
        assert [row["action"] for row in report["rows"]] == ["ignore"]
        said = run(profile, "rules", "test", "--title", "[CI] failed").stdout
        assert "ignore (Noise)" in said
        assert "it is switched off" in said
        run(profile, "rules", "remove", noise["id"], "--yes")
        assert [rule["name"] for rule in parsed(profile, "rules", "list")] == ["Bills"]

        hours = parsed(profile, "quiet-hours", "set", "mon-wed,sun 22:00-07:00", "12:00-12:00", "--zone", "UTC")
        assert hours["windows"][0] == {"days": ["mon", "tue", "wed", "sun"], "start": "22:00", "end": "07:00"}
        assert (hours["enabled"], hours["active"], hours["time_zone"]) == (True, True, "UTC")
        assert "there is no time zone" in run(profile, "quiet-hours", "set", "--zone", "Moon", code=1).stderr.lower()
        assert not parsed(profile, "quiet-hours", "off")["active"]

        snooze = parsed(profile, "notifications", "snooze", "--all", "--for", "5")
        assert snooze["scope"] == "all"
        assert "everything" in run(profile, "notifications", "snoozes").stdout
        run(profile, "notifications", "wake", "all")
        assert "Nothing is snoozed" in run(profile, "notifications", "snoozes").stdout
        assert "There is no account" in run(profile, "notifications", "snooze", "--account", "x", code=1).stderr
        assert parsed(profile, "notifications", "counts")["states"]["pending"] == 0
        assert "Nothing was told yet" in run(profile, "notifications", "list", "--state", "held").stdout
        assert parsed(profile, "notifications", "clear") == {"count": 0}
