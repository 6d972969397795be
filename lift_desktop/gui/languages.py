"""Which languages the window speaks, and which of them it speaks now. Knows no widget.

`resources/translations/lift-desktop_de.qm` is German; English stands in the sources.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from ..paths import resources_folder

ENGLISH = "en"


def languages() -> list[str]:
    """The languages of the program, English first: "en", "de"."""
    found = {file.stem.removeprefix("lift-desktop_") for file in (resources_folder() / "translations").glob("*.qm")}
    return [ENGLISH, *sorted(found - {ENGLISH})]


def language_name(code: str) -> str:
    """The language in itself, with a capital: "Deutsch"."""
    name = QLocale(f"{code}_001").nativeLanguageName()  # of the world: else it is “American English”
    return name[:1].upper() + name[1:] if name else code


def best_language(wanted: Sequence[str]) -> str:
    """The first of `wanted` (locales as "de", "de-AT" or "de_AT", most wanted first) that the program speaks, else
    English. Qt would look for files alone, and pass over English, which has none.
    """
    known = languages()
    for name in wanted:
        code = name.replace("-", "_")
        for candidate in (code, code.partition("_")[0]):
            if candidate in known:
                return candidate
    return ENGLISH


def speak(application: QCoreApplication, chosen: str) -> list[QTranslator]:
    """From now on the program and Qt's own dialogs use the language `chosen`, or the system's where it is ""; numbers
    and dates follow. Returns what was installed, which the caller keeps.
    """
    language = best_language([chosen] if chosen else QLocale().uiLanguages())
    if chosen:
        QLocale.setDefault(QLocale(chosen))
    places = {
        "qtbase": QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath),
        "lift-desktop": str(resources_folder() / "translations"),
    }
    installed = []
    for name, folder in places.items():
        translator = QTranslator(application)
        if language != ENGLISH and translator.load(f"{name}_{language}", folder):
            application.installTranslator(translator)
            installed.append(translator)
    return installed
