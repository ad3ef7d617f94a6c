"""How long a failing account is left alone, so that the next owner keeps to it; of which alert a notification tells."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    "ALTER TABLE accounts ADD COLUMN failures INTEGER DEFAULT 0 NOT NULL",
    "ALTER TABLE accounts ADD COLUMN not_before_at INTEGER CHECK (not_before_at BETWEEN 0 AND 32503680000000)",
    "ALTER TABLE notifications ADD COLUMN alert_id INTEGER",
)
"""Frozen: what this revision was, whatever the tables have become since."""


def upgrade() -> None:
    """No account is left alone before its next check; alerts that were told are known by their words alone."""
    for statement in STATEMENTS:
        op.execute(statement)
