"""The certificates that accounts depend on."""

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS: tuple[str, ...] = ("ALTER TABLE accounts ADD COLUMN certificates VARCHAR DEFAULT '[]' NOT NULL",)


def upgrade() -> None:
    """Add what this version needs."""
    for statement in STATEMENTS:
        op.execute(statement)
