"""A program with its arguments; a shell only where it is asked for."""

import sys

from worker.sdk.runner import Command, JobReason, Request, RunnerError, text
from worker.sdk.runner import Runner as Base


class Runner(Base):
    """``{command, args: [], shell}``."""

    def parse(self, request: Request) -> Command:
        """Return the argument list."""
        spec = request.spec
        command, arguments = str(spec["command"]).strip(), list(spec.get("args", []))
        if any("\x00" in part for part in (command, *arguments)):
            wrong = text("field_pattern", allowed="text without NUL")
            raise RunnerError(JobReason.BAD_SPEC, text("job_bad_spec", detail=wrong.message), {"args": wrong})
        if not spec.get("shell"):
            return Command(arguments=[command, *arguments])
        if not request.policy.shell:
            raise RunnerError(JobReason.NOT_ALLOWED, text("job_shell_not_allowed"))
        if sys.platform == "win32":
            return Command(arguments=["cmd.exe", "/d", "/s", "/c", command, *arguments])
        return Command(arguments=["/bin/sh", "-c", command, "sh", *arguments])
