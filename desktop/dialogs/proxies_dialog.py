"""Proxies: through which accounts are watched, how well they work, and a test of each."""

from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop.dialogs.conflict_parts import form_parts
from desktop.dialogs.conflicts import Conflicts
from desktop.dialogs.connection_tests import ConnectionTestPanel
from desktop.dialogs.context import Context
from desktop.dialogs.edit_dialogs import EditDialog
from desktop.dialogs.fields import Field
from desktop.dialogs.form import Form
from desktop.dialogs.list_panels import ListPanel
from desktop.models.tables import Row
from master.api.client import ApiError
from master.api.proxies import Proxy, ProxyCreate, ProxyPatch, ProxyReport, ProxyTest
from master.api.schema import TestReport


class ProxiesPanel(ListPanel):
    """Add, edit, test and delete them; one that is used stays."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        titles = (
            QCoreApplication.translate("ProxiesPanel", "Proxy"),
            QCoreApplication.translate("ProxiesPanel", "Answers in"),
            QCoreApplication.translate("ProxiesPanel", "Success, 7 d"),
            QCoreApplication.translate("ProxiesPanel", "Accounts"),
        )
        title = QCoreApplication.translate("ProxiesPanel", "Proxies")
        super().__init__(context, title, titles, frozenset({1, 2, 3}), parent)
        for column, width in ((1, 104), (2, 116), (3, 96)):
            self.table.setColumnWidth(column, width)
        self.add_command(self.tr("New proxy…"), lambda: self.edit(None), needs_row=False)
        self.add_command(self.tr("Edit…"), self.open_chosen)
        self.add_command(self.tr("Test"), self.test)
        self.add_command(self.tr("Delete…"), self.delete, kind="danger")
        self.panel = ConnectionTestPanel(context.theme, context.wording, self)
        self.panel.hide()
        self.add_below(self.panel)
        self.on_chosen()

    async def load(self) -> None:
        """Ask for the proxies."""
        bridge = self.context.bridge
        proxies: list[Proxy] = await bridge.call(bridge.client.proxies())
        if not self.gone:
            words = self.tr("There is no proxy. An account, or a group, may be watched through one.")
            self.show_rows([self._row(proxy) for proxy in proxies], words)

    def _row(self, proxy: Proxy) -> Row:
        number, test = self.context.wording.number, proxy.last_test
        latency = "–"
        if test is not None and test.latency_ms is not None:
            latency = self.tr("{count} ms").format(count=number(test.latency_ms))
        elif test is not None:
            latency = self.tr("failed")
        rate = "–"
        if proxy.week.rate is not None:
            rate = self.tr("{percent} %").format(percent=number(100 * proxy.week.rate))
        where = f"{proxy.kind} · {proxy.host}:{proxy.port}"
        why = self.context.wording.say(test.error) if test is not None else ""
        tip = "\n".join(part for part in (where, why) if part)
        return Row((proxy.name, latency, rate, number(proxy.accounts)), proxy, tip)

    def edit(self, proxy: Proxy | None) -> None:
        """Add a proxy, or edit one."""
        self.show_dialog(ProxyDialog(self.context, proxy, self))

    def test(self) -> None:
        """Have a worker reach a target through the chosen one."""
        proxy: Proxy | None = self.chosen()
        if proxy is not None:
            self.panel.show_running()
            self.act(self._test(proxy))

    async def _test(self, proxy: Proxy) -> None:
        bridge = self.context.bridge
        try:
            report: ProxyReport = await bridge.call(bridge.client.test_stored_proxy(proxy.id))
        except ApiError:
            self.panel.clear()
            raise
        if not self.gone:
            self.panel.show_report(as_test(report))

    def delete(self) -> None:
        """Ask, then delete the chosen one; the master refuses while it is used."""
        proxy: Proxy | None = self.chosen()
        if proxy is None:
            return
        self.ask_to_delete(
            proxy.name,
            self.tr("Its password is erased too."),
            self.tr("Delete proxy"),
            lambda: self.context.bridge.call(self.context.bridge.client.delete_proxy(proxy.id)),
        )


class ProxyDialog(EditDialog):
    """One proxy; it can be tested before it is saved."""

    def __init__(self, context: Context, proxy: Proxy | None, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("ProxyDialog", "New proxy")
        if proxy is not None:
            title = QCoreApplication.translate("ProxyDialog", "Edit {name}").format(name=proxy.name)
        super().__init__(context, title, parent)
        self._proxy = proxy
        self.form = Form(self._fields(), context.theme, self)
        self.form.wrong.connect(self.reveal)
        self.body.addWidget(self.form)
        self.panel = ConnectionTestPanel(context.theme, context.wording, self)
        self.add_below(self.panel)
        self.form.edited.connect(lambda _name: self.panel.clear())
        if proxy is not None:
            self._show(proxy)
        self.add_cancel()
        self.test_button = self.add_button(self.tr("Test"))
        self.test_button.clicked.connect(lambda _checked=False: self.test())
        self.save_button = self.add_button(self.tr("Add proxy") if proxy is None else self.tr("Save"), kind="primary")
        self.save_button.clicked.connect(lambda _checked=False: self.save())
        self.conflicts = self._follow(proxy) if proxy is not None else None
        self.form.focus_first()
        self.fit()

    def _show(self, proxy: Proxy) -> None:
        names = ("name", "kind", "host", "port", "username")
        self.form.set_values({name: getattr(proxy, name) for name in names})

    def _follow(self, proxy: Proxy) -> Conflicts:
        bridge = self.context.bridge
        return Conflicts(
            self,
            proxy,
            noun="proxy",
            parts=lambda: form_parts(self.form),
            fetch=lambda: bridge.call(bridge.client.proxy(proxy.id)),
            show=self._show,
            take=self._take,
            save=self.save,
        )

    def _take(self, proxy: Proxy) -> None:
        self._proxy = proxy

    def _fields(self) -> list[Field]:
        kept = self._proxy is not None and self._proxy.has_password
        return [
            Field(name="name", type="text", label=self.tr("Name"), required=True),
            Field(
                name="kind",
                type="choice",
                label=self.tr("Kind"),
                choices=(
                    ("http", self.tr("HTTP (CONNECT)")),
                    ("socks5", self.tr("SOCKS5: it resolves names itself")),
                ),
                default="http",
            ),
            Field(name="host", type="text", label=self.tr("Server"), required=True, placeholder="proxy.example.org"),
            Field(name="port", type="number", label=self.tr("Port"), required=True, minimum=1, maximum=65_535),
            Field(name="username", type="text", label=self.tr("User name"), help=self.tr("Empty: it wants none.")),
            Field(
                name="password",
                type="password",
                secret=True,
                label=self.tr("Password"),
                help=self.tr("Empty: the stored one stays.") if kept else "",
            ),
        ]

    def _complete(self, *, named: bool) -> bool:
        wrong = self.form.missing(self.tr("Fill this in.")) | self.form.wrong_values(self.context.wording)
        if not named:
            wrong.pop("name", None)
        self.form.set_errors(wrong)
        return not wrong

    def _values(self) -> dict[str, Any]:
        values = self.form.values()
        found = {name: values[name] for name in ("kind", "host", "port")}
        found["username"] = values.get("username", "")
        if password := self.form.values(secret=True).get("password"):
            found["password"] = password
        return found

    def test(self) -> None:
        """Try it as it was typed."""
        if self._complete(named=False):
            self.panel.show_running()
            self.fit()
            self.start(self._test())

    async def _test(self) -> None:
        bridge = self.context.bridge
        values = self._values()
        if self._proxy is not None:
            values["proxy_id"] = self._proxy.id
        try:
            report: ProxyReport = await bridge.call(bridge.client.test_proxy(ProxyTest(**values)))
        except ApiError:
            if not self.gone:
                self.panel.clear()
            raise
        if self.gone:
            return
        if report.fields:
            self.unlock()
        self.form.set_errors({name: self.context.wording.say(text) for name, text in report.fields.items()})
        self.panel.show_report(as_test(report), self.form.errors())
        self.fit()

    def save(self) -> None:
        """Add it, or save what was edited."""
        if self._complete(named=True):
            self.start(self._save())

    async def _save(self) -> None:
        bridge, values = self.context.bridge, self._values() | {"name": self.form.values()["name"]}
        if self._proxy is None:
            await bridge.call(bridge.client.create_proxy(ProxyCreate(**values)))
        else:
            patch = ProxyPatch(**values, version=self._proxy.version)
            await bridge.call(bridge.client.patch_proxy(self._proxy.id, patch))
        if not self.gone:
            self.accept()


def as_test(report: ProxyReport) -> TestReport:
    """Return the report of a proxy as that of an account, whose panel shows it."""
    return TestReport(success=report.success, steps=report.steps, error=report.error, fields=report.fields, identity="")
