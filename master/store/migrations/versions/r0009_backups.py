"""What a restore leaves to be done."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE restored_accounts (
    account_id VARCHAR NOT NULL,
    backup_at INTEGER NOT NULL CHECK (backup_at BETWEEN 0 AND 32503680000000),
    restored_at INTEGER NOT NULL CHECK (restored_at BETWEEN 0 AND 32503680000000),
    found INTEGER DEFAULT 0 NOT NULL,
    done BOOLEAN DEFAULT 0 NOT NULL,
    PRIMARY KEY (account_id),
    FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
)
""",
)


def upgrade() -> None:
    """Add what this version needs."""
    for statement in STATEMENTS:
        op.execute(statement)
