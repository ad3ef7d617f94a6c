"""Sentences of this platform; the other languages stand in its manifest."""

from typing import Final

from worker.sdk.platform import Text

_TEMPLATES: Final = {
    "script_temporary": "{command} asks to be tried again later (code 75): {detail}",
    "script_auth": "{command} says that the sign-in was refused (code 77): {detail}",
    "script_failed": "{command} ended with code {code}: {detail}",
    "script_slow": "{command} ran longer than {seconds} s and was ended.",
    "script_flood": "{command} printed more than {limit_mb} MB and was ended.",
    "script_line": "Line {number} of what {command} printed is not right: {detail}",
    "script_not_allowed": "The settings of Watchkeeper do not allow {command} to be executed.",
    "script_shell": "Batch files are run by a shell, which arguments could mislead. Name a program.",
}


def say(name: str, /, **params: str | int) -> Text:
    """Return the sentence of the code ``name``."""
    return Text(code=name, params=dict(params), message=_TEMPLATES[name].format(**params))
