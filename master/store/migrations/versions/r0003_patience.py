"""How long a failing account is left alone, so that the next master and the next owner keep to it."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    "ALTER TABLE accounts ADD COLUMN failures INTEGER DEFAULT 0 NOT NULL",
    "ALTER TABLE accounts ADD COLUMN not_before_at INTEGER CHECK (not_before_at BETWEEN 0 AND 32503680000000)",
)
"""Frozen: what this revision was, whatever the tables have become since."""


def upgrade() -> None:
    """No account is left alone before its first check."""
    for statement in STATEMENTS:
        op.execute(statement)
