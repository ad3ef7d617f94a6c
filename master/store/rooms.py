"""How much room the database takes, and giving back what it does not need."""

from typing import Final, NamedTuple

from sqlalchemy import Connection

INCREMENTAL: Final = 2


class Room(NamedTuple):
    """In bytes."""

    used: int
    free: int
    """Within the file: used again before it grows."""


class RoomStore:
    """The file itself. A database that a former version made does not shrink: its free pages are used again."""

    def room(self, conn: Connection) -> Room:
        """Return how much is used."""
        size, pages, free = (
            int(conn.exec_driver_sql(f"PRAGMA {name}").scalar() or 0)
            for name in ("page_size", "page_count", "freelist_count")
        )
        return Room((pages - free) * size, free * size)

    def shrinks(self, conn: Connection) -> bool:
        """Tell whether free pages can be given back."""
        return conn.exec_driver_sql("PRAGMA auto_vacuum").scalar() == INCREMENTAL

    def shrink(self, conn: Connection, pages: int) -> None:
        """Give some free pages back to the disk."""
        cursor = conn.connection.cursor()
        try:
            cursor.execute(f"PRAGMA incremental_vacuum({int(pages)})")
            # A step a page, each a row without columns: it goes on only while they are taken.
            cursor.fetchall()
        finally:
            cursor.close()
