"""Keep what the inbox is restricted to under a name."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.dialogs.form import Form
from master.api.client import ApiError
from master.api.items import ItemOrder
from master.api.schema import ItemFilter
from master.api.searches import Search, SearchCreate


class SearchDialog(BaseDialog):
    """Asks for the name."""

    saved = Signal(object)
    """The :class:`~master.api.searches.Search` that was made."""

    def __init__(
        self, context: Context, wanted: ItemFilter, order: ItemOrder, proposed: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, self.tr("Save this search"), parent)
        self._wanted, self._order = wanted, order
        name = Field(
            name="name",
            type="text",
            label=self.tr("Name"),
            help=self.tr("It stands at the left of the inbox, on every window of this master."),
            required=True,
        )
        self.form = Form([name], context.theme, self)
        self.form.set_values({"name": proposed[:50]})
        self.body.addWidget(self.form)
        self.add_cancel()
        self.save_button = self.add_button(self.tr("Save search"), kind="primary")
        self.save_button.clicked.connect(lambda _checked=False: self._save())
        self.form.focus_first()
        self.fit()

    def _save(self) -> None:
        if not self.form.set_errors(self.form.missing(self.tr("Give it a name."))) and not self.form.errors():
            self.start(self._create(str(self.form.values()["name"])))

    async def _create(self, name: str) -> None:
        body = SearchCreate(name=name, filter=self._wanted, order=self._order)
        search: Search = await self.context.bridge.call(self.context.bridge.client.create_search(body))
        if not self.gone:
            self.saved.emit(search)
            self.accept()

    def on_refused(self, error: ApiError) -> None:
        """A name that is taken stands at the field."""
        errors = self.context.field_errors(error)
        if not errors and error.status == 409:
            errors = {"name": self.context.wording.refusal(error)}
        rest = self.form.set_errors(errors)
        if rest or not errors:
            self.show_problem("\n".join(rest.values()) or self.context.wording.refusal(error))
