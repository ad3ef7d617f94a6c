"""What an alert says in one line."""

from master.api.alerts import AlertKind
from master.services.alert_readings import Reading
from worker.protocol.texts import Text, text


def title_of(kind: AlertKind, reading: Reading) -> Text:
    """Return the title of an alert of ``kind`` that was raised by ``reading``."""
    if reading.title is not None:
        return reading.title
    match kind:
        case "worker_gave_up":
            return text("notify_worker_gave_up", worker=reading.name, count=reading.count)
        case "orphans":
            return text("alert_orphans", count=reading.count)
        case "jobs_lost":
            return text("alert_jobs_lost", count=reading.count)
        case "unassigned":
            return text("alert_unassigned", count=reading.count)
        case "disk_low":
            return text("alert_disk_low", count=reading.count)
        case "backup_old":
            return text("alert_backup_old", count=reading.count)
        case "network_down":
            return text("alert_network_down", count=reading.count)
        case "server_down":
            return text("alert_server_down", name=reading.name, count=reading.count)
        case "account_login_needed":
            return text("notify_login_needed", account=reading.name)
        case "account_unreachable":
            return text("notify_unreachable", account=reading.name)
        case _:
            return text(f"alert_{kind}", name=reading.name)
