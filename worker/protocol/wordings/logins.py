"""Signing in and out, what becomes of credentials, and the record of what was done."""

from collections.abc import Mapping
from typing import Final

TEMPLATES: Final[Mapping[str, str]] = {
    "credentials_not_kept": "Credentials cannot be renewed here.",
}
