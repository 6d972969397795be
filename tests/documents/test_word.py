"""What Word shows of a DOCX file is read, and nothing else."""

from __future__ import annotations

import zipfile
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


def _numbered(use: int, level: int, text: str = "x") -> str:
    return _paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{use}"/></w:numPr>')


def _level(number: int, how: str, text: str, more: str = "", start: int = 1) -> str:
    rules = f'<w:start w:val="{start}"/><w:numFmt w:val="{how}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{number}">{rules}</w:lvl>'


def _list(number: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>'


def _use(number: int, of: int, override: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{of}"/>{override}</w:num>'


CLAUSES = (
    _level(0, "decimal", "%1.")
    + _level(1, "decimal", "%1.%2", '<w:pStyle w:val="Clause"/>')
    + _level(2, "lowerLetter", "(%3)")
)
ANEW = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
KEPT = '<w:lvlRestart w:val="0"/>'
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
            _run("Law: ") + '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
            '<w:listEntry w:val="England"/><w:listEntry w:val="Scotland"/></w:ddList></w:ffData></w:fldChar></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
            "Law: Scotland",
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


def test_strict_files_are_read(tmp_path: Path, read: Read) -> None:
    """Word can save with the names of the ISO standard; its main part may have another name, too."""
    path, strict = docx(tmp_path, _paragraph("Rent.")), tmp_path / "strict.docx"
    names = {
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/relations",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main": b"http://purl.oclc.org/ooxml/main",
        b'"word/document.xml"': b'"/word/document2.xml"',
    }
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(strict, "w") as target:
        for entry in source.namelist():
            data = source.read(entry)
            for usual, other in names.items():
                data = data.replace(usual, other)
            target.writestr(entry.replace("document.xml", "document2.xml"), data)
    assert read(strict).text == START + "Rent."


def test_headings_are_known_by_their_style_in_all_languages(tmp_path: Path, read: Read) -> None:
    styles = '<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    heading = _paragraph("Mietvertrag", '<w:pStyle w:val="berschrift1"/>')
    assert read(docx(tmp_path, heading + _paragraph("Er gilt."), styles=styles)).title == "Mietvertrag"


@pytest.mark.parametrize(
    ("levels", "uses", "body", "numbers"),
    [
        (CLAUSES, "", [(1, 0), (1, 1), (1, 2), (1, 2), (1, 1), (1, 2), (1, 0), (1, 1)],
         "1. 1.1 (a) (b) 1.2 (a) 2. 2.1"),
        (CLAUSES, "", [(1, 2), (1, 0)], "(a) 2."),
        (CLAUSES, _use(2, 0) + _use(3, 0, ANEW), [(1, 0), (2, 0), (3, 0), (3, 0), (1, 0)], "1. 2. 1. 2. 3."),
        (CLAUSES, "", [(1, 0), (0, 0), (7, 0), (1, 0)], "1. - - 2."),
        (_level(0, "upperRoman", "Article %1") + _level(1, "decimal", "%1.%2", "<w:isLgl/>"), "",
         [(1, 0), (1, 0), (1, 0), (1, 0), (1, 1)], "Article_I Article_II Article_III Article_IV 4.1"),
        (_level(0, "decimalZero", "§ %1", start=9) + _level(1, "upperLetter", "%2)", KEPT, 26), "",
         [(1, 0), (1, 1), (1, 0), (1, 1)], "§_09 Z) §_10 AA)"),
        (_level(0, "bullet", "\uf0b7") + _level(1, "none", ""), "", [(1, 0), (1, 1), (1, 0)], "• - •"),
    ],
)  # fmt: skip
def test_the_numbers_that_word_writes(
    levels: str, uses: str, body: list[tuple[int, int]], numbers: str, tmp_path: Path, read: Read
) -> None:
    """One list. `body`: of each paragraph the use of the list and the level; "-" is a paragraph without a number."""
    path = docx(tmp_path, "".join(_numbered(*place) for place in body), numbering=_list(0, levels) + _use(1, 0) + uses)
    found = read(path).text.removeprefix(START).split("\n\n")
    assert found == [f"{number} x".removeprefix("- ").replace("_", " ") for number in numbers.split()]


def test_a_style_may_number_its_paragraphs(tmp_path: Path, read: Read) -> None:
    styles = (
        '<w:style w:styleId="Clause"><w:basedOn w:val="Base"/></w:style>'
        '<w:style w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="Listed"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    linked = '<w:abstractNum w:abstractNumId="5"><w:numStyleLink w:val="Listed"/></w:abstractNum>'
    body = _numbered(1, 0) + _paragraph("Rent.", '<w:pStyle w:val="Clause"/>') + _numbered(2, 1)
    path = docx(tmp_path, body, styles=styles, numbering=_list(0, CLAUSES) + linked + _use(1, 0) + _use(2, 5))
    assert read(path).text == START + "1. x\n\n1.1 Rent.\n\n1.2 x"


def test_deleted_and_hidden_paragraphs_are_not_counted(tmp_path: Path, read: Read) -> None:
    deleted = _numbered(1, 0, f"<w:del>{_run('gone')}</w:del>").replace("</w:pPr>", "<w:rPr><w:del/></w:rPr></w:pPr>")
    hidden = _numbered(1, 0, _run("gone", "<w:vanish/>"))
    hidden = hidden.replace("</w:pPr>", "<w:rPr><w:vanish/></w:rPr></w:pPr>")
    body = _numbered(1, 0) + deleted + hidden + _numbered(1, 0)
    path = docx(tmp_path, body, numbering=_list(0, CLAUSES) + _use(1, 0))
    assert read(path).text == START + "1. x\n\n2. x"


def test_numbering_that_cannot_be_read_is_left_out(tmp_path: Path, read: Read) -> None:
    rules = _list(0, _level(0, "lowerRoman", "%1", start=10**7)) + _use(1, 0)
    assert read(docx(tmp_path, _numbered(1, 0), numbering=rules)).text == START + "10000000 x"
    assert read(docx(tmp_path, _numbered(1, 0), numbering=rules.replace("10000000", "many"))).text == START + "x"
