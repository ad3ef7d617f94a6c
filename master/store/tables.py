"""All tables, one module a noun. A change of one needs a revision in ``migrations/versions``; a test compares both."""

from typing import Final

from master.store import (
    account_tables,
    backup_tables,
    item_tables,
    job_tables,
    notification_tables,
    rule_tables,
    system_tables,
    worker_tables,
)
from master.store.columns import metadata

REVISIONS: Final = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012")
"""Every revision of the schema, oldest first; the last is this version's."""

MODULES: Final = (
    account_tables,
    backup_tables,
    item_tables,
    job_tables,
    notification_tables,
    rule_tables,
    system_tables,
    worker_tables,
)
"""Imported so that ``metadata`` knows every table."""

__all__ = ["MODULES", "REVISIONS", "metadata"]
