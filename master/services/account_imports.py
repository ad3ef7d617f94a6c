"""Accounts out of files: every line checked as a new account is, those that are none said one by one."""

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from master.api.account_imports import ImportFormat, ImportLine, ImportReport, ImportResult
from master.api.accounts import AccountCreate
from master.api.groups import GroupCreate
from master.errors import Invalid, ServiceError
from master.services.account_fields import check_credentials, check_settings, identity_of
from master.services.accounts import AccountService
from master.services.catalog import CatalogService
from master.services.groups import GroupService
from master.services.import_cells import read_as, read_cell
from master.services.import_texts import decode, form_of
from worker.protocol.manifest import Manifest
from worker.protocol.texts import Text, text

if TYPE_CHECKING:
    from master.services.import_files import ImportRow

AT_ONCE: Final = 200
"""As many as the writer takes into one transaction."""
COMMON: Final[Mapping[str, str]] = {
    "platform_account_id": "text",
    "interval_seconds": "number",
    "interval_max_seconds": "number",
    "priority": "number",
    "notify_level": "text",
    "sound": "text",
    "tags": "list",
    "notes": "text",
}
"""Columns beside those of the platforms, and how a cell of each is read."""
"""Between the parts of a list in one cell."""

Identity = tuple[str, str]


class Candidate(msgspec.Struct, kw_only=True):
    """A row on its way to an account."""

    row: "ImportRow"
    result: ImportResult = "new"
    body: AccountCreate | None = None
    account_id: str | None = None
    error: Text | None = None
    fields: dict[str, Text] = {}


class AccountImports:
    """Reads files and adds their accounts. Secret fields go to the vault, as those of a dialog do."""

    def __init__(self, *, accounts: AccountService, groups: GroupService, catalog: CatalogService) -> None:
        self._accounts = accounts
        self._groups = groups
        self._catalog = catalog

    async def run(
        self, raw: bytes, form: ImportFormat | None, *, dry_run: bool, show_existing: int = 0
    ) -> ImportReport:
        """Add what is new, or only say what would be. Raises :class:`Invalid` for a file that cannot be read."""
        from master.services.import_files import rows_of  # readers of tables and XML, which few masters ever need

        content, encoding = await asyncio.to_thread(decode, raw)
        chosen = form or form_of(content)
        rows = await asyncio.to_thread(rows_of, content, chosen)
        await self._catalog.wait_manifest("")
        self._check_columns(rows)
        candidates = await self._judge(rows)
        groups = self._missing_groups(candidates)
        if not dry_run:
            await self._add(candidates, show_existing)
        return _report(candidates, chosen, encoding, groups, dry_run=dry_run)

    # ------------------------------------------------------------ judging

    def _check_columns(self, rows: "list[ImportRow]") -> None:
        """A column that no platform has is a mistake in the file, not in every line."""
        manifests = [self._catalog.manifest(platform) for platform in self._catalog.platforms()]
        known = {field.name for manifest in manifests if manifest is not None for field in manifest.fields}
        known |= set(COMMON)
        unknown = {name for row in rows for name in row.cells if _bare(name) not in known}
        if unknown:
            raise Invalid(fields={name[:100]: text("import_column_unknown") for name in sorted(unknown)[:20]})

    async def _judge(self, rows: "list[ImportRow]") -> list[Candidate]:
        here = {
            (row.platform, row.platform_account_id): account_id for account_id, row in self._accounts.rows().items()
        }
        first: dict[Identity, int] = {}
        candidates = []
        for number, row in enumerate(rows):
            candidate = Candidate(row=row)
            candidates.append(candidate)
            self._complete(candidate)
            if candidate.body is not None:
                self._find_twin(candidate, here, first)
            if number % 200 == 199:
                await asyncio.sleep(0)  # others want the loop too
        return candidates

    def _complete(self, candidate: Candidate) -> None:
        """Make the body of a new account, or say what is wrong."""
        row = candidate.row
        manifest = self._catalog.manifest(row.platform)
        if row.fault is not None:
            _refuse(candidate, {}, row.fault)
            return
        if manifest is None:
            choices = ", ".join(self._catalog.platforms())
            fault = text("field_choice", choices=choices) if row.platform else text("field_required")
            _refuse(candidate, {"platform": fault})
            return
        values, faults = _values(manifest, row)
        values["settings"] = _preset(manifest, values["settings"]) | values["settings"]
        values["name"] = row.name or str(values["settings"].get(manifest.name_from, ""))[:50] or manifest.title["en"]
        try:
            body = msgspec.convert(values, AccountCreate, strict=True)
        except msgspec.ValidationError as error:
            _refuse(candidate, faults | _field_of(str(error)))
            return
        faults |= check_settings(manifest, body.settings)
        if body.credentials is not None:
            faults |= check_credentials(manifest, body.credentials)
        if len(row.group) > 50:
            faults["group"] = text("field_length", minimum=1, maximum=50)
        if faults:
            _refuse(candidate, faults)
        else:
            candidate.body = body

    @staticmethod
    def _twin_of(body: AccountCreate, manifest: Manifest | None) -> Identity:
        told = body.platform_account_id or (identity_of(manifest, body.settings) if manifest is not None else "")
        return body.platform, told or json.dumps(body.settings, sort_keys=True)

    def _find_twin(self, candidate: Candidate, here: Mapping[Identity, str], first: dict[Identity, int]) -> None:
        assert candidate.body is not None
        twin = self._twin_of(candidate.body, self._catalog.manifest(candidate.body.platform))
        if twin in here:
            candidate.account_id = here[twin]
            candidate.error = text("import_duplicate_here")
        elif twin in first:
            candidate.error = text("import_duplicate_file", line=first[twin])
        else:
            first[twin] = candidate.row.line
            return
        candidate.result, candidate.body = "duplicate", None

    def _missing_groups(self, candidates: list[Candidate]) -> list[str]:
        known = {group.name for group in self._groups.rows()}
        wanted = [one.row.group for one in candidates if one.body is not None and one.row.group]
        return [name for name in dict.fromkeys(wanted) if name not in known]

    # ------------------------------------------------------------ adding

    async def _add(self, candidates: list[Candidate], show_existing: int) -> None:
        for name in self._missing_groups(candidates):
            await self._groups.create(GroupCreate(name=name))
        groups = {group.name: group.id for group in self._groups.rows()}
        slots = asyncio.Semaphore(AT_ONCE)

        async def add(candidate: Candidate, body: AccountCreate) -> None:
            group_id = groups.get(candidate.row.group)
            try:
                async with slots:
                    account = await self._accounts.create(
                        msgspec.structs.replace(body, group_id=group_id, show_existing=show_existing)
                    )
            except ServiceError as error:
                _refuse(candidate, error.fields, error.text)
            else:
                candidate.account_id = account.id

        await asyncio.gather(*(add(one, one.body) for one in candidates if one.body is not None))


def _values(manifest: Manifest, row: "ImportRow") -> tuple[dict[str, Any], dict[str, Text]]:
    """Return the fields of ``AccountCreate`` that the cells say, and the cells that say none."""
    values: dict[str, Any] = {"platform": row.platform, "settings": {}}
    credentials: dict[str, Any] = {}
    faults: dict[str, Text] = {}
    for column, cell in row.cells.items():
        name = _bare(column)
        field = manifest.field(name)
        try:
            if field is not None:
                (credentials if field.secret else values["settings"])[name] = read_cell(field, cell)
            elif name in COMMON:
                values[name] = read_as(COMMON[name], cell)
            else:
                faults[column] = text("field_unknown")
        except ValueError as error:
            faults[column] = text("import_value", expected=str(error))
    if credentials:
        values["credentials"] = credentials
    return values, faults


def _preset(manifest: Manifest, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the well-known service of an address wants."""
    value = settings.get(manifest.preset_from)
    preset = manifest.preset_of(value) if manifest.preset_from and isinstance(value, str) else None
    known = {field.name for field in manifest.fields if not field.secret}
    return {name: one for name, one in preset.settings.items() if name in known} if preset is not None else {}


def _bare(column: str) -> str:
    return column.strip().lower().removeprefix("settings.").removeprefix("credentials.")


def _field_of(message: str) -> dict[str, Text]:
    """Turn the sentence of msgspec into the column's name and what is wrong with it."""
    what, _, place = message.partition(" - at `$.")
    name = place.rstrip("`").partition("[")[0].partition(".")[0]
    return {name or "name": text("field_wrong", detail=what)}


def _refuse(candidate: Candidate, fields: Mapping[str, Text], error: Text | None = None) -> None:
    candidate.result, candidate.body = "wrong", None
    candidate.fields = {name.removeprefix("settings."): fault for name, fault in fields.items()}
    candidate.error = error or text("invalid_fields")


def _report(
    candidates: list[Candidate], form: ImportFormat, encoding: str, groups: list[str], *, dry_run: bool
) -> ImportReport:
    counts = {result: sum(one.result == result for one in candidates) for result in ("new", "duplicate", "wrong")}
    return ImportReport(
        dry_run=dry_run,
        format=form,
        encoding=encoding,
        total=len(candidates),
        new=counts["new"],
        duplicate=counts["duplicate"],
        wrong=counts["wrong"],
        groups=groups,
        rows=[
            ImportLine(
                line=one.row.line,
                result=one.result,
                platform=one.row.platform,
                name=one.body.name if one.body is not None else one.row.name,
                group=one.row.group,
                account_id=one.account_id,
                error=one.error,
                fields=one.fields,
            )
            for one in candidates
        ],
    )
