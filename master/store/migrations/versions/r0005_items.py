"""What search, conversations and statistics of items stand on.

What was stored before is searched for and counted in the background, newest first: ``items_known_from`` says how far.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE item_keys ADD COLUMN item_id INTEGER",
    "DROP INDEX items_account",
    "DROP INDEX items_unread",
    "CREATE INDEX items_account ON items (read, account_id)",
    "CREATE INDEX items_account_kind ON items (read, account_id, kind)",
    "CREATE INDEX items_kind ON items (read, kind)",
    "CREATE INDEX items_read ON items (read)",
    "CREATE INDEX items_thread ON items (account_id, thread) WHERE thread <> ''",
    (
        "CREATE VIRTUAL TABLE items_fts USING fts5(title, text, author, facets, "
        "content='', columnsize=0, tokenize='unicode61 remove_diacritics 2')"
    ),
    "INSERT INTO items_fts (items_fts, rank) VALUES ('automerge', 8)",
    """
CREATE TABLE item_threads (
    account_id VARCHAR NOT NULL,
    thread VARCHAR NOT NULL,
    last_id INTEGER NOT NULL,
    count INTEGER NOT NULL,
    unread INTEGER NOT NULL,
    PRIMARY KEY (account_id, thread)
)
 WITHOUT ROWID

""",
    "CREATE INDEX item_threads_account ON item_threads (account_id, last_id)",
    "CREATE INDEX item_threads_last ON item_threads (last_id)",
    "CREATE INDEX item_threads_unread ON item_threads (last_id) WHERE unread > 0",
    """
CREATE TABLE item_counts (
    account_id VARCHAR NOT NULL,
    size INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    count INTEGER NOT NULL,
    first_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    PRIMARY KEY (account_id, size, slot, kind)
)
 WITHOUT ROWID

""",
    """
CREATE TABLE item_marks (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account_id VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 32503680000000),
    attempts INTEGER DEFAULT 0 NOT NULL
)
""",
    'CREATE UNIQUE INDEX item_marks_account ON item_marks (account_id, "key")',
    """
CREATE TABLE searches (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name VARCHAR NOT NULL,
    filter VARCHAR NOT NULL,
    item_order VARCHAR DEFAULT '' NOT NULL,
    created_at INTEGER NOT NULL CHECK (created_at BETWEEN 0 AND 32503680000000),
    UNIQUE (name)
)
""",
    "INSERT INTO meta (key, value) SELECT 'items_known_from', max(id) + 1 FROM items HAVING max(id) IS NOT NULL",
)


def upgrade() -> None:
    """Add what this version needs."""
    for statement in STATEMENTS:
        op.execute(statement)
