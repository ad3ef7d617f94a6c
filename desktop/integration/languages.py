"""The language of the window: its catalogues, and the words that are made from them."""

from PySide6.QtWidgets import QApplication

from desktop.settings import SettingsHolder
from desktop.words import Wording, choose_language, install_translators


class Language:
    """What the settings say is spoken, once :meth:`change` was called."""

    def __init__(self, app: QApplication, settings: SettingsHolder) -> None:
        self._app, self._settings = app, settings
        self._translators = install_translators(app, self.wanted)
        self.wording = Wording(self.wanted)

    @property
    def wanted(self) -> str:
        """The one of the settings."""
        return choose_language(self._settings.values.language)

    @property
    def spoken(self) -> str:
        """The one that is spoken."""
        return self.wording.language

    @property
    def is_wanted(self) -> bool:
        """The one that is spoken is the one of the settings."""
        return self.wanted == self.spoken

    def change(self) -> None:
        """Speak the one of the settings; what was made before still says what it said."""
        for translator in self._translators:
            self._app.removeTranslator(translator)
            translator.deleteLater()
        self._translators = install_translators(self._app, self.wanted)
        self.wording.speak(self.wanted)
