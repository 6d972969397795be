"""What the window says can be translated: found by lupdate, compiled by lrelease, shown."""

from __future__ import annotations

import ast
import importlib.util
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from lift_desktop.gui import wording
from lift_desktop.gui.context import Context
from lift_desktop.gui.shortcuts import ShortcutsSheet
from lift_desktop.paths import resources_folder

GUI = Path(wording.__file__).parent
FILES = sorted(GUI.rglob("*.py"))


@pytest.fixture(scope="module")
def update() -> ModuleType:
    spec = importlib.util.spec_from_file_location("update", resources_folder() / "translations" / "update.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(GUI)))
def test_only_whole_literals_are_translated(file: Path) -> None:
    """lupdate reads the source: a variable or an f-string would be lost to it."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        called = node.func if isinstance(node, ast.Call) else None
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name == "tr" and isinstance(node, ast.Call):
            first = node.args[0]
            assert isinstance(first, ast.Constant) and isinstance(first.value, str), f"line {node.lineno}"


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
