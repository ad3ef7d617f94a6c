"""What a restore leaves to be done."""

from sqlalchemy import Column, ForeignKey, String, Table

from master.store.columns import count, flag, metadata, time_column

# Accounts whose ledger is older than what the person was told: what their next check finds is stored, counted here, and
# told as one digest. ``done``: that check has ended.
restored_accounts = Table(
    "restored_accounts",
    metadata,
    Column("account_id", String, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, nullable=False),
    time_column("backup_at"),
    time_column("restored_at"),
    count("found"),
    flag("done"),
)
