"""How much of what was there before an account was watched is shown."""

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS: tuple[str, ...] = ("ALTER TABLE accounts ADD COLUMN show_existing INTEGER DEFAULT 0 NOT NULL",)


def upgrade() -> None:
    """Add what this version needs."""
    for statement in STATEMENTS:
        op.execute(statement)
