"""All accounts as a file, without secrets: CSV and JSON that can be imported again, OPML for feed readers. Pure."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal
from xml.sax.saxutils import quoteattr

import msgspec

from master.api.accounts import Account
from master.services.account_fields import is_temporary

ExportForm = Literal["csv", "json", "opml"]
SEPARATOR: Final = "|"
OWN: Final = ("interval_seconds", "interval_max_seconds", "priority", "notify_level", "sound")
"""Written only where they are the account's own."""


def export(accounts: Iterable[Account], groups: Mapping[str, str], form: ExportForm) -> bytes:
    """Return the file. ``groups``: names by id."""
    makers: dict[ExportForm, Callable[[list[dict[str, Any]]], str]] = {"csv": _csv, "json": _json, "opml": _opml}
    rows = [_row(account, groups) for account in accounts if account.removed_at is None]
    return makers[form](rows).encode()


def _row(account: Account, groups: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "platform": account.platform,
        "name": account.name,
        "group": groups.get(account.group_id or "", ""),
        "tags": account.tags,
        "notes": account.notes,
    }
    for name in OWN:
        effective = account.effective.get(name)
        if effective is not None and effective.origin == "account":
            row[name] = effective.value
    told = account.platform_account_id
    if not is_temporary(told) and told not in account.settings.values():
        row["platform_account_id"] = told
    return row | {"settings": account.settings}


def _json(rows: list[dict[str, Any]]) -> str:
    return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode() + "\n"


def _csv(rows: list[dict[str, Any]]) -> str:
    flat = [{name: value for name, value in row.items() if name != "settings"} | row["settings"] for row in rows]
    first = ["platform", "name", "group", "tags", "notes", *OWN, "platform_account_id"]
    names = [name for name in first if any(row.get(name) not in (None, "", []) for row in flat) or name in first[:2]]
    names += sorted({name for row in rows for name in row["settings"]})
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(names)
    writer.writerows([[_cell(row.get(name)) for name in names] for row in flat])
    return file.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        if any(SEPARATOR in str(part) or str(part) != str(part).strip() or str(part)[:1] == "[" for part in value):
            return msgspec.json.encode(value).decode()
        return SEPARATOR.join(map(str, value))
    if isinstance(value, dict):
        return msgspec.json.encode(value).decode()
    return str(value)


def _opml(rows: list[dict[str, Any]]) -> str:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        "<head><title>Watchkeeper</title></head>",
    ]
    lines.append("<body>")
    folders: dict[str, list[str]] = {}
    for row in rows:
        if row["platform"] == "feed" and "url" in row["settings"]:
            name, address = quoteattr(row["name"]), quoteattr(str(row["settings"]["url"]))
            outline = f'<outline type="rss" text={name} title={name} xmlUrl={address}/>'
            folders.setdefault(row["group"], []).append(outline)
    for folder, outlines in sorted(folders.items()):
        lines += [f"<outline text={quoteattr(folder)}>", *outlines, "</outline>"] if folder else outlines
    return "\n".join([*lines, "</body>", "</opml>", ""])
