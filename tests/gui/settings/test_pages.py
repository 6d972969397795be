"""Every page of the settings, on the real library and the real model store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from lift_desktop.domain.errors import EngineError, NetworkOff
from lift_desktop.domain.models import Depth, Document
from lift_desktop.engine.contract import HardwareReport
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.gui.context import Context
from lift_desktop.gui.languages import language_name, languages
from lift_desktop.gui.model_list import KnownModel, added_folders, known_models, remember_folder
from lift_desktop.gui.settings.about import AboutPage
from lift_desktop.gui.settings.diagnostics import diagnostics, used_libraries
from lift_desktop.gui.settings.dialog import SettingsDialog
from lift_desktop.gui.settings.fitting import fit_words
from lift_desktop.gui.settings.general import GeneralPage
from lift_desktop.gui.settings.learning import LearningPage
from lift_desktop.gui.settings.models import ModelsPage
from lift_desktop.gui.settings.privacy import PrivacyPage
from lift_desktop.logs import log_event, logging_to

from ... import texts
from ...models.making import write_model
from .conftest import press, question


@pytest.fixture
def dialog(qtbot: QtBot, context: Context) -> Iterator[SettingsDialog]:
    made = SettingsDialog(context)
    made.show()
    yield made
    qtbot.waitUntil(lambda: not context.tasks.running, timeout=20_000)
    made.close()
    made.deleteLater()


def test_pages_are_turned_from_the_list_and_by_name(qtbot: QtBot, context: Context) -> None:
    dialog = SettingsDialog(context, "privacy")
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.pages["privacy"].isVisible()
    dialog.list.setCurrentRow(0)
    assert dialog.pages["general"].isVisible()
    assert not dialog.pages["privacy"].isVisible()
    with pytest.raises(KeyError):
        dialog.show_page("secret")
    qtbot.waitUntil(lambda: not context.tasks.running, timeout=20_000)


def test_closing_while_the_pages_still_look_does_no_harm(qtbot: QtBot, context: Context) -> None:
    dialog = SettingsDialog(context)
    dialog.show()
    for page in dialog.pages:
        dialog.show_page(page)
    dialog.close()
    dialog.deleteLater()
    del dialog
    with qtbot.captureExceptions() as exceptions:
        qtbot.waitUntil(lambda: not context.tasks.running, timeout=20_000)
    assert exceptions == []


def test_every_control_has_a_name_and_is_reached_by_tab(dialog: SettingsDialog) -> None:
    kinds = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QAbstractItemView)
    for name, page in dialog.pages.items():
        dialog.show_page(name)
        for widget in page.findChildren(QWidget):
            if not isinstance(widget, kinds) or not widget.isVisible() or widget.objectName().startswith("qt_"):
                continue
            if isinstance(widget.parent(), QComboBox | QAbstractItemView | QLineEdit):
                continue
            named = widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text())
            buddies = [
                label for label in page.findChildren(QWidget) if getattr(label, "buddy", lambda: None)() is widget
            ]
            assert named or buddies, (name, widget)
            assert widget.focusPolicy().value & 1, (name, widget)


# General --------------------------------------------------------------------------------------------------------------
def general(dialog: SettingsDialog) -> GeneralPage:
    page = dialog.pages["general"]
    assert isinstance(page, GeneralPage)
    return page


def choose(box: QComboBox, value: str) -> None:
    row = box.findData(value)
    box.setCurrentIndex(row)
    box.activated.emit(row)


def test_the_theme_is_chosen(context: Context, dialog: SettingsDialog) -> None:
    choose(general(dialog).theme, "dark")
    assert context.preferences.get("theme") == "dark"
    context.preferences.set("theme", "light")  # in the menu
    assert general(dialog).theme.currentData() == "light"


def test_the_language_is_chosen_for_the_next_start(context: Context, dialog: SettingsDialog) -> None:
    page = general(dialog)
    assert not page.language_note.isVisible()
    choose(page.language, "en")
    assert context.preferences.get("language") == "en"
    assert page.language_note.isVisible()
    assert languages()[0] == "en"
    assert (language_name("de"), language_name("en")) == ("Deutsch", "English")


def test_a_folder_from_the_command_line_is_not_moved(dialog: SettingsDialog, context: Context) -> None:
    page = general(dialog)
    assert page.folder.text() == str(context.services.data_folder)
    assert not page.move_button.isEnabled()


def test_the_chosen_folder_can_be_moved(qtbot: QtBot, context: Context, chosen_folder: Path) -> None:
    page = GeneralPage(context)
    qtbot.addWidget(page)
    page.show()
    page.appear()
    qtbot.waitUntil(lambda: "free on this disk" in page.sizes.text(), timeout=20_000)
    page.move_button.click()
    opened = QGuiApplication.modalWindow()
    assert opened is not None
    assert opened.title() == "Move the data folder"
    opened.close()


# Models ---------------------------------------------------------------------------------------------------------------
def models(dialog: SettingsDialog) -> ModelsPage:
    dialog.show_page("models")
    page = dialog.pages["models"]
    assert isinstance(page, ModelsPage)
    return page


def test_known_models(context: Context, model_folder: Path, tmp_path: Path) -> None:
    catalogue = context.services.models.available()
    assert known_models(context) == [
        *(KnownModel(each.name, each.title, False) for each in catalogue),
        KnownModel(str(model_folder), "tiny-model", True),  # the chosen one
    ]
    remember_folder(context, str(tmp_path / "gone"))
    assert KnownModel(str(tmp_path / "gone"), "gone", False) in known_models(context)


def test_a_folder_is_added_chosen_and_taken_off(
    qtbot: QtBot, context: Context, dialog: SettingsDialog, tmp_path: Path
) -> None:
    page = models(dialog)
    folder = write_model(tmp_path / "own-model", bytes(1_000_000))
    with qtbot.waitSignal(context.hub.models_changed, timeout=20_000):
        page.add_folder(str(folder))
    assert added_folders(context) == [str(folder)]
    assert page.checking.text() == "own-model is added; it takes 1.0 MB."
    choose(page.choice, str(folder))
    assert context.preferences.get("model") == str(folder)
    (card,) = [card for card in page.cards if card.name == str(folder)]
    card.remove_button.click()
    assert "stay where they are" in question().informativeText()
    press(question(), "Take off the list")
    assert added_folders(context) == []
    assert (folder / "config.json").is_file()
    assert card not in page.cards


def test_a_folder_without_a_model_is_refused(
    qtbot: QtBot, context: Context, dialog: SettingsDialog, tmp_path: Path
) -> None:
    page = models(dialog)
    (tmp_path / "empty").mkdir()
    page.add_folder(str(tmp_path / "empty"))
    qtbot.waitUntil(lambda: page.errors.isVisible(), timeout=20_000)
    assert "no language model" in page.errors.message.text()
    assert added_folders(context) == []
    assert page.add_button.isEnabled()


def test_removing_a_model_names_the_memories_that_need_it(
    qtbot: QtBot, context: Context, document: Document, dialog: SettingsDialog
) -> None:
    write_model(context.services.data_folder / "models" / "own")
    context.hub.models_changed.emit()
    context.library.start_memory(document.id, model="own", model_sha256="0" * 64, method="lora", depth=Depth.QUICK)
    page = models(dialog)
    (card,) = [card for card in page.cards if card.name == "own"]
    card.remove_button.click()
    assert f"“{document.title}”" in question().informativeText()
    press(question(), "Cancel")
    assert (context.services.data_folder / "models" / "own").is_dir()
    card.remove_button.click()
    with qtbot.waitSignal(context.hub.models_changed, timeout=20_000):
        press(question(), "Remove")
    assert not (context.services.data_folder / "models" / "own").exists()
    assert card not in page.cards


def test_a_folder_that_is_gone_is_said(context: Context, dialog: SettingsDialog, tmp_path: Path) -> None:
    folder = write_model(tmp_path / "own-model")
    remember_folder(context, str(folder))
    shutil.rmtree(folder)
    context.hub.models_changed.emit()
    (card,) = [card for card in models(dialog).cards if card.name == str(folder)]
    assert card.state.text() == "The folder is not there any more."


def test_only_models_that_are_here_are_offered_for_learning(
    context: Context, dialog: SettingsDialog, model_folder: Path
) -> None:
    page = models(dialog)
    assert [page.choice.itemData(row) for row in range(page.choice.count())] == [str(model_folder)]
    context.preferences.set("model", "qwen3-4b")
    context.hub.models_changed.emit()
    assert page.choice.currentText() == "Qwen3 4B (not here yet)"


def test_a_long_list_can_be_searched(dialog: SettingsDialog) -> None:
    page = models(dialog)
    assert page.search.isVisible()
    page.search.setText("qwen apache")
    shown = [card.name for card in page.cards if card.isVisible()]
    assert shown and all(name.startswith("qwen3") for name in shown)
    page.search.setText("german")
    assert "llama-3.2-1b-instruct" in [card.name for card in page.cards if card.isVisible()]
    page.search.setText("no such model")
    assert page.nothing_found.isVisible()
    page.search.clear()
    assert all(card.isVisible() for card in page.cards)
    assert not page.nothing_found.isVisible()


def test_needs_against_what_the_computer_has(context: Context, tmp_path: Path) -> None:
    store = context.services.models
    model = next(each for each in store.available() if each.name == "qwen3-4b")
    shape = store.shape(model.name)

    def words(gigabytes: float) -> tuple[str, str]:
        report = HardwareReport("cpu", "test", "float32", 4, round(gigabytes * 1e9), {})
        return fit_words(replace(model, fetched_bytes=8_000_000_000), shape, report, tmp_path)

    large, middle, small = words(64), words(10), words(1)
    assert (large[1], middle[1], small[1]) == ("good", "good", "warning")
    assert large[0].startswith("Needs ") and large[0].endswith("this computer has 64.0 GB.")
    assert "compressed" in middle[0] and "compressed" not in large[0]
    assert small[0].startswith("Too large for this computer")
    assert fit_words(model, shape, None, tmp_path)[1] == "muted"
    assert fit_words(model, None, None, tmp_path)[0] == ""


def test_a_disk_that_is_too_full_is_said(context: Context, tmp_path: Path) -> None:
    (model, *_) = context.services.models.available()
    catalogue = model.catalogue
    assert catalogue is not None
    huge = replace(model, catalogue=replace(catalogue, installed_bytes=10**18))
    words, look = fit_words(huge, catalogue.shape, None, tmp_path)
    assert "on the disk are needed" in words
    assert look == "warning"


# Learning -------------------------------------------------------------------------------------------------------------
def test_depth_and_what_is_used(qtbot: QtBot, context: Context, dialog: SettingsDialog) -> None:
    dialog.show_page("learning")
    page = dialog.pages["learning"]
    assert isinstance(page, LearningPage)
    assert page.depths[Depth.STANDARD].isChecked()
    page.depths[Depth.DEEP].click()
    assert context.preferences.get("depth") == "deep"
    assert page.method.choice == "lora" and not page.method.methods.isVisibleTo(page)
    page.method.more_button.click()
    assert page.method.methods.isVisibleTo(page)
    page.method.methods.setCurrentIndex(page.method.methods.findData("cartridge"))
    assert context.preferences.get("method") == "cartridge"
    qtbot.waitUntil(lambda: page.device.text() == "The processor (a test), 1 thread; 1.1 GB of memory", timeout=20_000)
    assert "No graphics processor" in page.reason.text()


class BrokenEngine(FakeEngine):
    def probe(self) -> HardwareReport:
        raise EngineError("The engine does not start.", "Install it again.")


class TestWithoutAnEngine:
    @pytest.fixture
    def engine(self) -> FakeEngine:
        return BrokenEngine()

    def test_it_is_said(self, qtbot: QtBot, dialog: SettingsDialog) -> None:
        dialog.show_page("learning")
        page = dialog.pages["learning"]
        assert isinstance(page, LearningPage)
        qtbot.waitUntil(lambda: page.device.text() == "The engine does not start.", timeout=20_000)
        dialog.show_page("about")
        about = dialog.pages["about"]
        assert isinstance(about, AboutPage)
        qtbot.waitUntil(lambda: "Computer: not looked at yet" in about.report.toPlainText(), timeout=20_000)


# Privacy --------------------------------------------------------------------------------------------------------------
def privacy(dialog: SettingsDialog) -> PrivacyPage:
    dialog.show_page("privacy")
    page = dialog.pages["privacy"]
    assert isinstance(page, PrivacyPage)
    return page


def test_the_switch(context: Context, dialog: SettingsDialog) -> None:
    page = privacy(dialog)
    assert not page.switch.isChecked()
    page.switch.click()
    assert context.preferences.get("network_allowed") is True
    context.preferences.set("network_allowed", False)
    assert not page.switch.isChecked()


def test_every_attempt_is_listed_and_can_be_cleared(qtbot: QtBot, context: Context, dialog: SettingsDialog) -> None:
    page = privacy(dialog)
    qtbot.waitUntil(lambda: page.summary.text() == "Nothing has tried to use the network.", timeout=20_000)
    assert not page.clear_button.isEnabled()
    with pytest.raises(NetworkOff):
        context.services.network.pass_through("example.org", 443)
    with context.services.network.allowed("download of a model"):
        context.services.network.pass_through("package index (pip)")
    page.refresh_button.click()
    qtbot.waitUntil(lambda: page.attempts.rowCount() == 2, timeout=20_000)
    assert page.summary.text().startswith("2 attempts, 1 of them refused.")
    rows = [
        [page.attempts.data(page.attempts.index(row, column)) for column in range(1, page.attempts.columnCount())]
        for row in range(2)
    ]
    assert rows == [
        ["Allowed", "package index (pip)", "LIFT Desktop", "download of a model"],
        ["Refused", "example.org:443", "LIFT Desktop", "–"],
    ]
    page.clear_button.click()
    press(question(), "Clear")
    qtbot.waitUntil(lambda: page.attempts.rowCount() == 0, timeout=20_000)
    assert context.services.network.attempts() == []


def test_what_is_stored_where(qtbot: QtBot, context: Context, dialog: SettingsDialog) -> None:
    page = privacy(dialog)
    qtbot.waitUntil(lambda: "kB)" in page.stored.text(), timeout=20_000)
    assert str(context.services.data_folder) in page.stored.text()


# About ----------------------------------------------------------------------------------------------------------------
def test_licences_of_what_is_used() -> None:
    libraries = {library.name.lower(): library for library in used_libraries()}
    for name, licence in (
        ("torch", "BSD-3-Clause"),
        ("pymupdf", "AFFERO"),
        ("pyside6_essentials", "LGPL"),
        ("rich", "MIT"),
    ):
        assert licence in libraries[name].licence
    assert "lift-desktop" not in libraries
    assert "ruff" not in libraries  # only for development


def test_the_report_is_copied_and_holds_no_text(
    qtbot: QtBot, context: Context, document: Document, dialog: SettingsDialog
) -> None:
    context.library.start_memory(document.id, model="own", model_sha256="0" * 64, method="lora", depth=Depth.QUICK)
    conversation = context.library.start_conversation(document.id, texts.SECRET)
    with logging_to(context.services.data_folder):
        log_event("asked", conversation=conversation.id)
        dialog.show_page("about")
        page = dialog.pages["about"]
        assert isinstance(page, AboutPage)
        qtbot.waitUntil(lambda: "Computer: cpu (a test)" in page.report.toPlainText(), timeout=20_000)
    qtbot.waitUntil(lambda: page.libraries.rowCount() > 10, timeout=20_000)
    page.copy_button.click()
    report = QGuiApplication.clipboard().text()
    assert report == page.report.toPlainText()
    assert "Documents: 1, pages 3" in report
    assert "Memories: waiting 1" in report
    assert "asked conversation=" in report
    for private in (texts.SECRET, document.title, document.file_name, "Keeper"):
        assert private not in report


def test_a_report_without_anything(context: Context) -> None:
    report = diagnostics(context.services, None)
    assert "Computer: not looked at yet" in report
    assert "Memories: none" in report
    assert "(there is no log)" in report
