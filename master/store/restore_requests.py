"""Where a restore is asked for: apart from what carries it out, which few starts need."""

from typing import Final

REQUEST_FILE: Final = "restore.json"
