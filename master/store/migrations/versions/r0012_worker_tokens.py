"""Tokens that let a worker join that is started elsewhere."""

from alembic import op

revision = "0012"
down_revision = "0011"

STATEMENTS: tuple[str, ...] = ("ALTER TABLE tokens ADD COLUMN worker_id VARCHAR",)


def upgrade() -> None:
    """Add what this version needs."""
    for statement in STATEMENTS:
        op.execute(statement)
