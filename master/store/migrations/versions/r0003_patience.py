"""How long a service asks to be left alone, so that the next owner keeps to it; what notifications tell of alerts."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    "ALTER TABLE accounts ADD COLUMN failures INTEGER DEFAULT 0 NOT NULL",
    "ALTER TABLE accounts ADD COLUMN not_before_at INTEGER CHECK (not_before_at BETWEEN 0 AND 32503680000000)",
    "ALTER TABLE notifications ADD COLUMN alert_id INTEGER",
    "ALTER TABLE notifications ADD COLUMN detail VARCHAR",
    """
UPDATE alerts
SET detail = json_object('code', 'alert_detail', 'params', json_object('detail', detail), 'message', detail)
WHERE detail <> ''
""",
)
"""Frozen: what this revision was, whatever the tables have become since."""


def upgrade() -> None:
    """No account is left alone before its next check; alerts that were told are known by their words alone."""
    for statement in STATEMENTS:
        op.execute(statement)
