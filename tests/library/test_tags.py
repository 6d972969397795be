"""Tags, and what was last seen of source files."""

from __future__ import annotations

from pathlib import Path

import pytest

from lift_desktop.domain.errors import UnknownDocument
from lift_desktop.library import Library, SeenSource
from lift_desktop.library.database import Database
from lift_desktop.library.schema import MIGRATIONS
from lift_desktop.library.tags import LONGEST_TAG

from .making import RECIPES, Made, add, make_document


def test_tags_are_kept_in_order_and_tidied(library: Library, lease: Made) -> None:
    document_id = add(library, lease)
    assert library.tags(document_id) == ()
    assert library.set_tags(document_id, ["  to   read ", "Leases", "", "leases", "x" * 99]) == (
        "Leases",
        "to read",
        "x" * LONGEST_TAG,
    )
    assert library.set_tags(document_id, ["done"]) == library.tags(document_id) == ("done",)


def test_a_tag_is_written_as_other_documents_have_it(library: Library, lease: Made, tmp_path: Path) -> None:
    first, second = add(library, lease), add(library, make_document(tmp_path, RECIPES, "Recipes"))
    library.set_tags(first, ["Contracts"])
    library.set_tags(second, ["contracts", "Kitchen"])
    assert library.all_tags() == ("Contracts", "Kitchen")
    assert library.tags_by_document() == {first: ("Contracts",), second: ("Contracts", "Kitchen")}


def test_several_documents_get_their_tags_together_or_none_does(library: Library, lease: Made, tmp_path: Path) -> None:
    first, second = add(library, lease), add(library, make_document(tmp_path, RECIPES, "Recipes"))
    library.set_tags_of({first: ["Contracts"], second: ["contracts", "Kitchen"]})
    assert library.tags_by_document() == {first: ("Contracts",), second: ("Contracts", "Kitchen")}
    with pytest.raises(UnknownDocument):
        library.set_tags_of({first: ["new"], "missing": ["new"]})
    assert library.tags(first) == ("Contracts",)


def test_tags_of_a_document_that_is_not_there(library: Library) -> None:
    with pytest.raises(UnknownDocument):
        library.tags("missing")
    with pytest.raises(UnknownDocument):
        library.set_tags("missing", ["a"])


def test_erasing_a_document_leaves_no_tag_and_nothing_seen(library: Library, lease: Made) -> None:
    document_id = add(library, lease)
    library.set_tags(document_id, ["Secretword"])
    library.set_seen_source(document_id, SeenSource(1, 2, "3"))
    library.forget_document(document_id)
    assert library.all_tags() == ()
    assert library.seen_sources() == {}
    assert b"Secretword" not in (library.folder / "library.sqlite3").read_bytes()


def test_what_was_seen_is_replaced_and_needs_a_document(library: Library, lease: Made) -> None:
    document_id = add(library, lease)
    library.set_seen_source(document_id, SeenSource(1, 2, "a"))
    library.set_seen_source(document_id, SeenSource(3, 4, "b"))
    library.set_seen_source("missing", SeenSource(5, 6, "c"))
    assert library.seen_sources() == {document_id: SeenSource(3, 4, "b")}


def test_a_library_from_before_tags_is_led_on(tmp_path: Path, lease: Made) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    database = Database(folder / "library.sqlite3", MIGRATIONS[:1])
    values = ("d1", "0" * 64, "Lease", "", "lease.txt", "documents/d1/source.txt", "", 1, 1, 0, "2024-01-01", "[]")
    database.change(f"INSERT INTO documents VALUES ({', '.join('?' * len(values))})", *values)
    database.close()
    with Library(folder) as library:
        assert library.set_tags("d1", ["old"]) == ("old",)
