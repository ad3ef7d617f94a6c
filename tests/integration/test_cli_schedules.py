"""Schedules and credentials from a shell, against a real master with real workers."""

import json

import pytest

from tests.helpers.deadlines import wait_until
from tests.helpers.masters import serving
from tests.helpers.shells import watchkeeper, workers_online

pytestmark = pytest.mark.real_server
CANARY = "canary-sch-4Kd"


def run(profile, *arguments, stdin="", code=0):
    done = watchkeeper("--profile", str(profile), *arguments, stdin=stdin)
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def parsed(profile, *arguments, **more):
    """Run with ``--json``, which stands before a command line behind ``--``."""
    place = arguments.index("--") if "--" in arguments else len(arguments)
    return json.loads(run(profile, *arguments[:place], "--json", *arguments[place:], **more).stdout)


def test_schedules_from_the_shell(profile):
    with serving(profile):
        workers_online(profile)
        assert "There are no schedules" in run(profile, "schedules", "list").stdout
        shown = run(profile, "schedules", "preview", "0 9 * * mon-fri", "--zone", "Asia/Shanghai", "-n", "2").stdout
        assert shown.splitlines()[0] == "At 09:00, Monday through Friday"
        assert len(shown.splitlines()) == 3
        assert "cron:" in run(profile, "schedules", "preview", "61 * * * *", code=1).stderr
        plan = ["--cron", "* * * * * *", "--zone", "UTC", "--overlap", "queue", "--notify", "failure"]
        more = ["--time-limit", "2:30", "--env", "A=b", "--disabled"]
        made = parsed(profile, "schedules", "add", "--name", "Tick", *plan, *more, "--", "echo", "-n", "--flag")
        assert made["job"]["spec"] == {"command": "echo", "args": ["-n", "--flag"]}
        assert (made["enabled"], made["overlap"], made["notify"]) == (False, "queue", ["failure"])
        assert made["job"]["env"] == {"A": "b"}
        schedule = made["id"]
        changed = parsed(profile, "schedules", "edit", schedule, "--name", "Tock", "--notify", "nothing", "--long", "9")
        assert (changed["name"], changed["notify"], changed["long_seconds"]) == ("Tock", [], 9)
        assert changed["job"] == made["job"]
        changed = parsed(profile, "schedules", "edit", schedule, "--never-long", "--cpus", "2", "--set", "command=true")
        assert changed["job"]["spec"] == {"command": "true", "args": ["-n", "--flag"]}
        assert (changed["job"]["cpus"], changed["long_seconds"]) == (2, None)
        job = parsed(profile, "schedules", "run", schedule)
        assert job["schedule_id"] == schedule
        run(profile, "schedules", "enable", schedule)
        wait_until(lambda: len(parsed(profile, "schedules", "runs", schedule)) >= 3, what="three runs")
        assert "started" in run(profile, "schedules", "runs", schedule).stdout
        assert "Tock" in run(profile, "schedules", "list").stdout
        assert "Every second" in run(profile, "schedules", "show", schedule).stdout
        assert parsed(profile, "schedules", "disable", schedule)["next_at"] is None
        assert "There is no schedule" in run(profile, "schedules", "show", "nobody", code=1).stderr
        run(profile, "schedules", "add", "--name", "x", "--cron", "* * * * *", code=2)
        run(profile, "schedules", "add", "--name", "x", "--cron", "* * * * *", "--runner", "nobody", code=2)
        run(profile, "schedules", "remove", schedule, code=1)
        assert parsed(profile, "schedules", "remove", schedule, "--yes") == {"id": schedule}


def test_credentials_from_the_shell(profile):
    with serving(profile, "--vault", "passphrase", "--passphrase-file", _passphrase(profile)):
        values = json.dumps({"token": CANARY})
        made = parsed(profile, "credentials", "add", "--name", "deploy", "--values-stdin", stdin=values)
        assert made["fields"] == ["token"]
        changed = parsed(
            profile, "credentials", "edit", made["id"], "--name", "release", "--values-stdin", stdin=values
        )
        assert (changed["name"], changed["version"]) == ("release", 2)
        told = [run(profile, "credentials", verb).stdout for verb in ("list",)]
        told += [run(profile, "credentials", "show", made["id"]).stdout, json.dumps(made)]
        assert CANARY not in "".join(told)
        plan = ["--name", "x", "--cron", "0 0 1 1 *", "--credential", made["id"]]
        schedule = parsed(profile, "schedules", "add", *plan, "--", "true")
        assert "needs it" in run(profile, "credentials", "remove", made["id"], "--yes", code=1).stderr
        without = parsed(profile, "schedules", "edit", schedule["id"], "--credential", "")
        assert without["job"]["credential_id"] is None
        assert parsed(profile, "credentials", "remove", made["id"], "--yes") == {"id": made["id"]}
        for wrong in ("x", "[]", '{"a": 1}'):
            refusal = run(profile, "credentials", "add", "--name", "y", "--values-stdin", stdin=wrong, code=2)
            assert "--values-stdin" in refusal.stderr
        assert (
            "there is no terminal" in run(profile, "credentials", "add", "--name", "y", "--field", "a", code=2).stderr
        )
        run(profile, "credentials", "add", "--name", "y", code=2)


def _passphrase(profile):
    file = profile.parent / "passphrase"
    file.write_text("correct horse battery staple\n")
    file.chmod(0o600)
    return str(file)
