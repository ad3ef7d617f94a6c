"""The base of dialogs around one form that edit what others may change meanwhile."""

from desktop.dialogs.base import BaseDialog
from desktop.dialogs.conflicts import Conflicts
from desktop.dialogs.form import Form
from master.api.client import ApiError


class EditDialog(BaseDialog):
    """Subclasses make ``form``, and ``conflicts`` where there is something already."""

    form: Form
    conflicts: Conflicts | None = None

    def on_refused(self, error: ApiError) -> None:
        """Errors at their fields, what changed elsewhere beside what was typed, the rest above the buttons."""
        if self.conflicts is None or not self.conflicts.refused(error):
            self.place_errors(error, self.form.set_errors)
