"""Sentences of this platform; the other languages stand in its manifest."""

from typing import Final

from worker.sdk.errors import InvalidConfig
from worker.sdk.platform import Text

_TEMPLATES: Final = {
    "json_path": "This is no JSONPath that can be used: {detail}",
    "json_template": "What stands in braces cannot be used: {detail}",
    "json_is_html": "This is a web page, not JSON. Look for the address of the API.",
    "json_empty": "The answer is empty.",
    "json_no_key": "Item {number} has nothing for {template}.",
    "json_slow": "The answer could not be read within {seconds} s.",
    "json_header": "The header {name} cannot be sent as it is.",
    "json_elsewhere": "The next page is on another server, {host}; it is not asked for.",
}


def say(code: str, **params: str | int) -> Text:
    """Return the sentence of ``code``."""
    return Text(code=code, params=dict(params), message=_TEMPLATES[code].format(**params))


def refuse(field: str, code: str, **params: str | int) -> InvalidConfig:
    """Return the error that says it, beside ``field``."""
    reason = say(code, **params)
    return InvalidConfig(reason, {field: reason})
