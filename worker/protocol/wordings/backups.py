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
    "restore_done": "The backup of {made} is restored; all that was found since is kept, and nothing is told again.",
    "restore_done_lost": "The backup of {made} is restored. The database could not be read: what is found now may have "
    "been told before, and comes as one message.",
    "restore_refused": "The backup of {made} was not restored, nothing was changed: {reason}",
    "restore_job_lost": "The database was restored from a backup; whether the job ran since is not known.",
    "notify_restored_found": "{count} items found since the backup of {made} may have been told before",
    "silent_restored": "after a restore: counted in one message, as it may have been told before",
    "silent_restored_old": "restored with its item: told before the backup was made",
}
