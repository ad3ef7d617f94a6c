"""A script, inline or from a file, under the interpreter of its language."""

import shutil
import sys
from pathlib import Path
from typing import Final

from worker.sdk.runner import Command, JobReason, Request, RunnerError, text
from worker.sdk.runner import Runner as Base

LIMIT_KB: Final = 512
"""Of inline code; what is longer belongs into a file."""
_INTERPRETERS: Final[dict[str, tuple[str, ...]]] = {
    "python": ("python3", "python"),
    "shell": ("bash", "sh"),
    "node": ("node", "nodejs"),
    "powershell": ("pwsh", "powershell"),
}
_SUFFIXES: Final = {"python": "py", "shell": "sh", "node": "js", "powershell": "ps1"}
_OPTIONS: Final[dict[str, list[str]]] = {
    "python": ["-u"],  # its output is seen while it runs
    "powershell": ["-NoProfile", "-NonInteractive", "-File"],
}


class Runner(Base):
    """``{language, code | file, args: [], interpreter}``."""

    def parse(self, request: Request) -> Command:
        """Return the interpreter with the script; inline code is written beside the output first."""
        spec = request.spec
        language, code = str(spec["language"]), str(spec.get("code", ""))
        arguments, file = list(spec.get("args", [])), str(spec.get("file", ""))
        if bool(code.strip()) == bool(file):
            raise _wrong("code", "script_one_of")
        if len(code.encode()) > LIMIT_KB * 1024:
            raise _wrong("code", "script_too_large", limit_kb=LIMIT_KB)
        if language == "shell" and not request.policy.shell:
            raise RunnerError(JobReason.NOT_ALLOWED, text("job_shell_not_allowed"))
        start = [self._interpreter(language, request), *_OPTIONS.get(language, [])]
        if code.strip():
            name = f"script.{_SUFFIXES[language]}"
            return Command(arguments=[*start, f"{{folder}}/{name}", *arguments], files={name: code})
        place = request.working_directory / Path(file).expanduser()
        if not place.is_file():
            raise _wrong("file", "script_file_missing", path=str(place))
        return Command(arguments=[*start, str(place), *arguments])

    def _interpreter(self, language: str, request: Request) -> str:
        given = str(request.spec.get("interpreter", ""))
        if given:
            if not Path(given).is_file():
                raise _wrong("interpreter", "script_file_missing", path=given)
            return given
        for name in _INTERPRETERS[language]:
            found = shutil.which(name, path=request.env.get("PATH"))
            if found is not None:
                return found
        if language == "python" and not getattr(sys, "frozen", False):
            return sys.executable
        raise RunnerError(JobReason.UNAVAILABLE, text("script_no_interpreter", language=language))


def _wrong(field: str, code: str, **params: str | int) -> RunnerError:
    words = text(code, **params)
    return RunnerError(JobReason.BAD_SPEC, text("job_bad_spec", detail=words.message), {field: words})
