"""What a token that may only read does not see."""

from collections.abc import Mapping
from typing import Final

from master.rest.calls import Call

HIDDEN: Final = "•••"


def shown_env(call: Call, env: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of an environment; their values, which may be secrets, only to a full token."""
    return dict(env) if call.scope == "admin" else dict.fromkeys(env, HIDDEN)
