"""The parts of a DOCX file as trees of plain names, without namespaces, and what its styles say.

Knows nothing of PyMuPDF, nor of how parts become text.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_OFF = ("0", "false", "off")
_HEADING_NAME = "heading "  # the same in all languages of Word


class Package:
    """The parts of an open DOCX file. What is broken raises the errors of `zipfile` and `ElementTree`, or KeyError."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._whole = self._related("")
        self._main = self._whole["officeDocument"]
        self._parts = self._related(self._main)

    def document(self) -> Element:
        return self._parsed(self._main)

    def part(self, kind: str) -> Element:
        """What the document refers to as `kind` ("styles"); an empty element when there is none."""
        path = self._parts.get(kind, "")
        return self._parsed(path) if path in self._archive.namelist() else Element(kind)

    def title(self) -> str:
        path = self._whole.get("core-properties", "")
        if path not in self._archive.namelist():
            return ""
        return self._parsed(path).findtext("title") or ""

    def _related(self, part: str) -> dict[str, str]:
        """Kind -> path in the archive, of what `part` ("" for the whole file) refers to."""
        folder, name = posixpath.split(part)
        relations = self._parsed(posixpath.join(folder, "_rels", f"{name}.rels"))
        return {
            relation.get("Type", "").rpartition("/")[2]: posixpath.normpath(
                posixpath.join("/", folder, relation.get("Target", ""))
            ).lstrip("/")
            for relation in relations
        }

    def _parsed(self, path: str) -> Element:
        root = ElementTree.fromstring(self._archive.read(path))
        for element in root.iter():
            element.tag = _plain(element.tag)
            element.attrib = {_plain(key): value for key, value in element.attrib.items()}
        return root


@lru_cache(maxsize=1000)
def _plain(name: str) -> str:
    return name.rpartition("}")[2]


def value_of(element: Element | None, path: str = ".") -> str | None:
    """The attribute `val` of the element at `path`, None when one of them is missing."""
    found = None if element is None else element.find(path)
    return None if found is None else found.get("val")


class Styles:
    """What the styles say, each with those that it is based on."""

    def __init__(self, root: Element) -> None:
        self._styles = {style.get("styleId", ""): style for style in root.iter("style")}
        usual = (name for name, style in self._styles.items() if _is_usual(style))
        self._usual = next(usual, "")

    def of_paragraph(self, paragraph: Element) -> str:
        """The identifier of its style."""
        return value_of(paragraph, "pPr/pStyle") or self._usual

    def chain(self, style: str | None) -> Iterator[Element]:
        """The style and those that it is based on, the nearest first."""
        seen = set()
        while style in self._styles and style not in seen:
            seen.add(style)
            yield self._styles[style]
            style = value_of(self._styles[style], "basedOn")

    def properties(self, own: Element | None, *styles: str | None) -> list[Element]:
        """The run properties that count, the nearest first: `own` and those of the styles."""
        found = (style.find("rPr") for name in styles for style in self.chain(name))
        return [properties for properties in (own, *found) if properties is not None]

    def heading(self, style: str) -> int:
        """The level of a heading's style, from 1 to 6; 0 for text."""
        for link in self.chain(style):
            name = (value_of(link, "name") or "").casefold()
            if name == "title":
                return 1
            if name.startswith(_HEADING_NAME) and name[-1] in "123456789":
                return min(int(name[-1]), 6)
        return 0


def _is_usual(style: Element) -> bool:
    return style.get("type") == "paragraph" and style.get("default", "0") not in _OFF


def is_on(properties: list[Element], name: str) -> bool:
    """Whether the nearest of the properties that speak of `name` ("b", "vanish") turns it on."""
    found = (own.find(name) for own in properties)
    switch = next((element for element in found if element is not None), None)
    return switch is not None and switch.get("val", "1") not in _OFF
