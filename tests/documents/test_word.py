"""What Word shows of a DOCX file is read, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Read
from .sample_files import SENTENCE, docx

START = f"Chapter One\n\n{SENTENCE}\n\n"


def _run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def _paragraph(text: str, properties: str = "") -> str:
    runs = text if text.startswith("<") or not text else _run(text)
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def _table(*rows: tuple[str, ...]) -> str:
    """Cells of plain text, or of elements."""
    cells = ("".join(f"<w:tc>{c if '<w:p>' in c else _paragraph(c)}</w:tc>" for c in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def _field(code: str, result: str) -> str:
    marks = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    return f"{marks[0]}<w:r><w:instrText>{code}</w:instrText></w:r>{marks[1]}{result}{marks[2]}"


BOX = f"<w:txbxContent>{_paragraph('In the box.')}</w:txbxContent>"


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (_run("A ") + f"<w:del>{_run('deleted ')}</w:del><w:ins>{_run('new')}</w:ins>" + _run(" word."), "A new word."),
        (_run("Here.") + f"<w:moveFrom>{_run(' It was moved.')}</w:moveFrom>", "Here."),
        (_run("A ") + _run("hidden ", "<w:vanish/>") + _run("word.", '<w:vanish w:val="0"/>'), "A word."),
        (_run("A ") + _run("hidden ", '<w:rStyle w:val="Unseen"/>') + _run("word."), "A word."),
        (_run("See ") + _field("IF ", _field("REF x", _run("clause 5"))) + _run("."), "See clause 5."),
        (_run("See ") + _field("IF " + "</w:instrText>" + "<w:t>1 = 1</w:t><w:instrText>", _run("5")), "See 5"),
        (_run("Sub") + "<w:r><w:noBreakHyphen/></w:r>" + _run("clause"), "Sub-clause"),
        (_run("One") + "<w:r><w:tab/></w:r>" + _run("two") + "<w:r><w:br/></w:r>" + _run("three"), "One two three"),
        (
            '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>' + _run(" 20") + '<w:r><w:sym w:char="00B0"/></w:r>',
            "☑ 20°",
        ),
        (f"<w:sdt><w:sdtContent>{_run('Filled')}</w:sdtContent></w:sdt>" + _run(" in & out"), "Filled in & out"),
        (
            _run("Before ")
            + f'<w:r><mc:AlternateContent xmlns:mc="urn:m"><mc:Choice>{BOX}</mc:Choice><mc:Fallback>{BOX}</mc:Fallback>'
            + "</mc:AlternateContent></w:r>"
            + _run("after."),
            "Before after.\n\nIn the box.",
        ),
        (
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>'
            '</w:fldChar></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>' + _run(" Yes"),
            "☒ Yes",
        ),
    ],
)
def test_a_paragraph_is_read_as_word_shows_it(runs: str, text: str, tmp_path: Path, read: Read) -> None:
    unseen = '<w:style w:styleId="Unseen"><w:rPr><w:vanish/></w:rPr></w:style>'
    runs = runs.replace("&", "&amp;")
    assert read(docx(tmp_path, _paragraph(runs), styles=unseen)).text == START + text


def test_a_paragraph_whose_end_is_deleted_or_hidden_goes_on_with_the_next(tmp_path: Path, read: Read) -> None:
    for end in ("<w:del/>", "<w:vanish/><w:specVanish/>"):
        halves = _paragraph("Term. ", f"<w:rPr>{end}</w:rPr>") + _paragraph("It is five years.")
        assert read(docx(tmp_path, halves)).text == START + "Term. It is five years."


def test_a_note_follows_the_paragraph_that_refers_to_it(tmp_path: Path, read: Read) -> None:
    text = _run("The rent is $1,500") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + _run(" for each month")
    text += _run(" of the year") + '<w:r><w:endnoteReference w:id="1"/></w:r>' + _run(".")
    notes = f'<w:footnote w:id="2">{_paragraph("Without taxes.")}</w:footnote>'
    ends = f'<w:endnote w:id="1">{_paragraph("A leap year, too.")}</w:endnote>'
    body = _paragraph(text) + _paragraph("It is due on Mondays.")
    document = read(docx(tmp_path, body, footnotes=notes, endnotes=ends))
    assert document.text.removeprefix(START).split("\n\n") == [
        "The rent is $1,500 ¹ for each month of the year i.",
        "1 Without taxes.",
        "It is due on Mondays.",
        "i A leap year, too.",
    ]


def test_rows_of_a_table_are_lines(tmp_path: Path, read: Read) -> None:
    merged = "<w:tcPr><w:vMerge/></w:tcPr>" + "<w:p></w:p>"
    table = _table(("Item", "Price"), ("Ship", "100"), (merged, "200"))
    document = read(docx(tmp_path, table + _paragraph("That is all.")))
    assert document.text.removeprefix(START).split("\n\n") == ["Item Price", "Ship 100", "200", "That is all."]


def test_long_cells_of_a_table_are_read_one_after_another(tmp_path: Path, read: Read) -> None:
    english, german = ("The keeper counts seven ships. " * 9).strip(), ("Der Wärter zählt sieben Schiffe. " * 9).strip()
    nested = _table(("Red", "Green")) + _paragraph("")
    table = _table((english, german), ("“Ship”", "means all that floats. " * 9), (nested, "Blue"))
    found = read(docx(tmp_path, table)).text.removeprefix(START).split("\n\n")
    assert found[:2] == [english, german]
    assert found[2].startswith("“Ship” means all that floats. means")
    assert found[3:] == ["Red Green", "Blue"]


def test_headings_are_known_by_their_style_in_all_languages(tmp_path: Path, read: Read) -> None:
    styles = '<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    heading = _paragraph("Mietvertrag", '<w:pStyle w:val="berschrift1"/>')
    assert read(docx(tmp_path, heading + _paragraph("Er gilt."), styles=styles)).title == "Mietvertrag"
