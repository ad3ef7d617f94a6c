"""Sentences of this platform; the other languages stand in its manifest."""

from typing import Final

from worker.sdk.errors import InvalidConfig
from worker.sdk.platform import Text

_TEMPLATES: Final = {
    "webpage_no_match": "Nothing on the page matches {selector}. The page may have changed; choose another selector.",
    "webpage_selector": "This is no CSS selector that can be used: {detail}",
    "webpage_pattern": "This regular expression cannot be used: {detail}",
    "webpage_no_text": "This is no page with text, but {type}.",
    "webpage_empty": "The page has no text.",
    "webpage_tangled": "The page is too large or too deeply nested to be read: {detail}",
}


def say(code: str, **params: str) -> Text:
    """Return the sentence of ``code``."""
    return Text(code=code, params=dict(params), message=_TEMPLATES[code].format(**params))


def refuse(field: str, code: str, **params: str) -> InvalidConfig:
    """Return the error that says it, beside ``field``."""
    reason = say(code, **params)
    return InvalidConfig(reason, {field: reason})
