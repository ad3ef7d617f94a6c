"""Proxies: through which accounts are watched."""

from desktop.dialogs.context import Context
from desktop.dialogs.proxies_dialog import ProxiesPanel
from desktop.views.settings_bases import Section


class ProxiesSection(Section):
    """The list with its buttons, loaded each time it is shown."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.set_title(
            self.tr("Proxies"),
            self.tr("Accounts and groups may be watched through one. Its name is resolved there where it can be."),
        )
        self.panel = ProxiesPanel(context, self.inside)
        self.body.addWidget(self.panel)
        self.first_focus = self.panel.commands[0]

    def shown(self) -> None:
        self.panel.reload()
