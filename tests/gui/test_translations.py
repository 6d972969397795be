"""What the window says can be translated: found by lupdate, compiled by lrelease, shown; and it is, into German."""

from __future__ import annotations

import ast
import importlib.util
import pkgutil
import re
import shutil
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from lift_desktop import gui
from lift_desktop.domain.messages import Progress
from lift_desktop.domain.models import Answer, AnswerMode, Citation, Coverage, Document
from lift_desktop.gui import languages, wording
from lift_desktop.gui.chat_pane.answer_footer import coverage_text
from lift_desktop.gui.chat_pane.exporting import copied_text
from lift_desktop.gui.context import Context
from lift_desktop.gui.library_pane.adding import Reading
from lift_desktop.gui.library_pane.erasing import ask_about_documents
from lift_desktop.gui.library_pane.notices import ReadingBanner
from lift_desktop.gui.library_pane.tags_dialog import TagsDialog
from lift_desktop.gui.reader_pane.pane import ReaderPane
from lift_desktop.gui.shortcuts import ShortcutsSheet
from lift_desktop.gui.window import MainWindow
from lift_desktop.paths import resources_folder

GUI = Path(wording.__file__).parent
FILES = sorted(GUI.rglob("*.py"))
TRANSLATED = sorted((resources_folder() / "translations").glob("*.ts"))
PLACEHOLDER = re.compile(r"\{\d+\}")

every_translation = pytest.mark.parametrize("source", TRANSLATED, ids=lambda file: file.stem)


@pytest.fixture(scope="module")
def update() -> ModuleType:
    spec = importlib.util.spec_from_file_location("update", resources_folder() / "translations" / "update.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_everything_said_is_found_by_lupdate(update: ModuleType, tmp_path: Path) -> None:
    """lupdate reads the source: a variable, an f-string, or what stands within an f-string is lost to it."""
    messages = ElementTree.parse(update.update(tmp_path, "eo")).iter("message")
    found = {message.findtext("source") for message in messages}
    for file in FILES:
        for call in _translated(ast.walk(ast.parse(file.read_text("utf-8")))):
            said = call.args[0]
            assert isinstance(said, ast.Constant), f"{file.relative_to(GUI)}, line {call.lineno}"
            assert said.value in found, f"{file.relative_to(GUI)}, line {call.lineno}"


def test_nothing_is_translated_before_the_language_is_known() -> None:
    """What is said while a module is imported stays English for ever."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    for file in FILES:
        outside: list[ast.AST] = [ast.parse(file.read_text("utf-8"))]
        for node in outside:  # grows meanwhile
            outside += [child for child in ast.iter_child_nodes(node) if not isinstance(child, functions)]
        assert [call.lineno for call in _translated(outside)] == [], file.name


def _translated(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    """The calls of `tr` among the nodes."""
    for node in nodes:
        if isinstance(node, ast.Call):
            called = node.func
            if "tr" in (getattr(called, "attr", ""), getattr(called, "id", "")):
                yield node


def test_what_lupdate_finds_is_asked_for_under_the_same_name(update: ModuleType, tmp_path: Path) -> None:
    """`self.tr` asks for the name of the class, `wording.tr` for none; of `other.tr` lupdate knows but the variable."""
    for module in pkgutil.walk_packages(gui.__path__, f"{gui.__name__}."):
        importlib.import_module(module.name)
    known = {""} | {kind.__name__ for kind in _subclasses(QObject) if kind.__module__.startswith(gui.__name__)}
    found = {context.findtext("name") for context in ElementTree.parse(update.update(tmp_path, "eo")).iter("context")}
    assert found <= known


def _subclasses(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from _subclasses(each)


@every_translation
def test_nothing_is_missing(source: Path, update: ModuleType, tmp_path: Path) -> None:
    """`python resources/translations/update.py --missing` lists it, `--fill` takes it over."""
    copy = Path(shutil.copy(source, tmp_path))
    assert update.missing(update.update(tmp_path, copy.stem.removeprefix(update.PREFIX))) == {}


@every_translation
def test_the_program_loads_what_was_translated(source: Path, update: ModuleType, tmp_path: Path) -> None:
    copy = Path(shutil.copy(source, tmp_path))
    assert update.compile_file(copy).read_bytes() == source.with_suffix(".qm").read_bytes()


@every_translation
def test_translations_keep_what_is_not_language(source: Path) -> None:
    """Placeholders, keys, spaces and dots at the ends; no two words of one widget get the same key."""
    for context in ElementTree.parse(source).iter("context"):
        keys: dict[str, str] = {}
        for message in context.iter("message"):
            said, meant = message.findtext("translation", ""), message.findtext("source", "")
            if not said:
                continue
            assert Counter(PLACEHOLDER.findall(said)) == Counter(PLACEHOLDER.findall(meant)), meant
            assert _key(said).isalpha() == _key(meant).isalpha(), meant
            assert (said.endswith("…"), said.count("\n")) == (meant.endswith("…"), meant.count("\n")), meant
            assert len(said) - len(said.strip()) == len(meant) - len(meant.strip()), meant
            if _key(meant) and context.findtext("name"):  # without a name stand the words of many widgets
                assert keys.setdefault(_key(said), _key(meant)) == _key(meant), f"{meant}: {said}"


def _key(words: str) -> str:
    """The letter that "&" marks, "" if none."""
    return words.partition("&")[2][:1].casefold()


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    installed = languages.speak(qapp, "de")
    yield
    QLocale.setDefault(QLocale.system())
    for translator in installed:
        qapp.removeTranslator(translator)


def test_numbers_in_the_reader_are_written_as_the_language_does(german: None, context: Context, qtbot: QtBot) -> None:
    frame = ReaderPane(context)._frame
    frame.bar.show_page(1, "", 1234)
    frame.find_bar.hits, frame.find_bar.current, frame.find_bar._searched = [(0, 1)] * 5678, 1233, "a"
    frame.find_bar._say_count()
    assert (frame.bar._count.text(), frame.find_bar._count.text()) == ("/ 1.234", "1.234 von 5.678")


def test_large_figures_are_written_as_the_language_does_everywhere(german: None, qtbot: QtBot) -> None:
    answer = Answer("", AnswerMode.PAGES, True, (), 0.1, 0.1, coverage=Coverage(1200, 3400, 1, 900))
    assert "1.200 von 3.400" in coverage_text(answer)
    banner = ReadingBanner()
    qtbot.addWidget(banner)
    banner.show_reading(Reading(Path("long.pdf"), Progress("reading", 1200, 3400, 0.4), 0))
    assert "1.200" in banner.text.text() and "3.400" in banner.text.text()


def test_titles_and_quotes_stand_in_the_marks_of_the_language(
    german: None, context: Context, document: Document, qtbot: QtBot
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    asked = ask_about_documents(context.library, [document], False, parent)
    tags = TagsDialog([document.title], [()], (), parent)
    headings = [label.text() for label in tags.findChildren(QLabel)]
    citation = Citation(1, "1", "The fee is $9.", 0, 14, 1.0)
    copied = copied_text(Answer("$9", AnswerMode.PAGES, True, (citation,), 0.1, 0.1))
    for said in (asked.text(), *headings, copied):
        assert "„" in said and "“" in said and "”" not in said


def test_the_window_speaks_german(german: None, context: Context, qtbot: QtBot) -> None:
    """The menus too, and each key stands once in a menu."""
    window = MainWindow(context)
    qtbot.addWidget(window)
    menus = [menu for menu in window.menuBar().findChildren(QMenu) if menu.title()]
    assert [menu.title() for menu in menus][:4] == ["&Datei", "&Bearbeiten", "&Ansicht", "Farben"]
    for titles in ([menu.title() for menu in menus], *([each.text() for each in menu.actions()] for menu in menus)):
        keys = [_key(title) for title in titles if _key(title)]
        assert len(keys) == len(set(keys)), titles
    assert wording.size(2_500_000) == "2,5 MB"
    assert wording.pages(3) == "3 Seiten"
    window.watch.close()


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (["de-AT", "en"], "de"),
        (["de_DE"], "de"),
        (["en-GB", "de"], "en"),  # English first, though it has no file of its own
        (["xx", "de"], "de"),
        (["C"], "en"),
        ([], "en"),
    ],
)
def test_the_first_language_that_the_program_speaks(wanted: list[str], expected: str) -> None:
    assert languages.best_language(wanted) == expected


def test_a_translation_is_shown(update: ModuleType, context: Context, tmp_path: Path) -> None:
    """A made-up language: every text between angle quotes."""
    source = update.update(tmp_path, "eo")
    tree = ElementTree.parse(source)
    messages = list(tree.iter("message"))
    assert len(messages) > 300
    for message in messages:
        translation = message.find("translation")
        assert translation is not None
        translation.attrib.pop("type", None)
        translation.text = f"«{message.findtext('source')}»"
    tree.write(source, encoding="utf-8", xml_declaration=True)
    translator = QTranslator()
    assert translator.load(str(update.compile_file(source)))
    QApplication.installTranslator(translator)
    try:
        assert wording.stage("studying") == "«Studying»"
        assert ShortcutsSheet(context).windowTitle() == "«Keyboard shortcuts»"
    finally:
        QApplication.removeTranslator(translator)
    assert wording.stage("studying") == "Studying"
