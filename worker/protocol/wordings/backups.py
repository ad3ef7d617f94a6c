"""Backups, restores, moving house and imports."""

from collections.abc import Mapping
from typing import Final

TEMPLATES: Final[Mapping[str, str]] = {
    "alert_backup_failed": "The backup failed",
    "alert_backup_old": "The last good backup is {count} days old",
    "over_backup_failed": "A backup was made again",
    "over_backup_old": "There is a fresh backup again",
    "backup_unknown": "There is no backup {id}.",
    "backup_failed": "The backup could not be made: {detail}.",
    "backup_no_room": "The backup needs {needed} MB, but only {free} MB are free on the disk of the profile.",
    "backup_damaged": "The backup is damaged: {detail}.",
    "backup_newer": "The backup has schema {found}; this Watchkeeper knows schemas up to {known}. Update it first.",
    "backup_busy": "A backup is being made or checked now. Try again when it is done.",
    "backup_stopped": "The master stops; the backup was given up.",
    "import_empty": "There is nothing in it.",
    "import_encoding": "This is no text in UTF-8, UTF-16 or GBK.",
    "import_large": "The file is larger than {limit_mb} MB.",
    "import_too_long": "There are more than {maximum} lines; import them in parts.",
    "import_no_platform": "The first line must name the columns, and one of them must be \"platform\".",
    "import_column_twice": "There are two columns of this name.",
    "import_column_unknown": "No platform has a field of this name.",
    "import_cells": "The line has {count} cells, but there are {columns} columns.",
    "import_csv": "Line {line} is no line of a table: {detail}.",
    "import_xml": "Line {line} is no XML: {detail}.",
    "import_doctype": "Files with a document type or entities are not read.",
    "import_no_opml": "This is no subscription list (OPML), but <{found}>.",
    "import_deep": "The folders are nested deeper than {maximum} levels.",
    "import_line": "This is neither a mail address nor an address of the web.",
    "import_duplicate_here": "This account is watched already.",
    "import_duplicate_file": "This is the same account as in line {line}.",
    "import_value": "This must look like {expected}.",
    "restore_done": "The backup of {made} is restored; all that was found since is kept, and nothing is told again.",
    "restore_done_lost": "The backup of {made} is restored. The database could not be read: what is found now may have "
    "been told before, and comes as one message.",
    "restore_refused": "The backup of {made} was not restored, nothing was changed: {reason}",
    "restore_job_lost": "The database was restored from a backup; whether the job ran since is not known.",
    "notify_restored_found": "{count} items found since the backup of {made} may have been told before",
    "silent_restored": "after a restore: counted in one message, as it may have been told before",
    "silent_restored_old": "restored with its item: told before the backup was made",
}
