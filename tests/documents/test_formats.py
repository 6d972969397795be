"""Each format reads, whatever the file is called."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lift_desktop.documents import sha256_of_file
from lift_desktop.documents.formats import decode_text

from .conftest import Read
from .damaged_inputs import written
from .sample_files import SAMPLES, SENTENCE, docx, fb2


@pytest.mark.parametrize("maker", SAMPLES.values(), ids=SAMPLES.keys())
def test_reads(maker: Callable[[Path], Path], tmp_path: Path, read: Read) -> None:
    document = read(maker(tmp_path))
    assert document.text.startswith("Chapter One\n\n" + SENTENCE)
    for page in document.pages:
        for box in page.words:
            assert page.start <= box.start < box.end <= page.end
            assert 0 <= box.x0 < box.x1 <= page.width
            assert 0 <= box.y0 < box.y1 <= page.height
    words = [document.text[box.start : box.end] for page in document.pages for box in page.words]
    assert words == document.text.split()


@pytest.mark.parametrize("name", ["PDF", "EPUB", "FB2"])
def test_title_from_metadata(name: str, tmp_path: Path, read: Read) -> None:
    assert read(SAMPLES[name](tmp_path)).title == "Ships at Sea"


@pytest.mark.parametrize("name", ["PDF", "EPUB"])
def test_author_from_metadata(name: str, tmp_path: Path, read: Read) -> None:
    assert read(SAMPLES[name](tmp_path)).author == "Ann Harbour"


def test_a_book_has_the_same_pages_each_time(tmp_path: Path, read: Read) -> None:
    chapters = "".join(f"<h1>Chapter {n}</h1><p>{'Waves came and went. ' * 150}</p>" for n in range(5))
    path = written(tmp_path / "long.html", f"<html><body>{chapters}</body></html>".encode())
    first = read(path)
    assert len(first.pages) > 2
    assert read(path) == first


def test_hard_line_breaks_of_plain_text_are_joined(tmp_path: Path, read: Read) -> None:
    lines = [
        "It was the custom of the harbour master to walk along the pier every",
        "evening at seven, and to look at each of the boats as if he had never",
        "seen one before.",
        "",
        "Nobody knew what he was looking for.",
    ]
    document = read(written(tmp_path / "story.txt", "\n".join(lines).encode()))
    assert document.text == " ".join(lines[:3]) + "\n\n" + lines[4]


def test_short_paragraphs_stay_apart(tmp_path: Path, read: Read) -> None:
    """None of them has a second line, from which the distance between lines would be known."""
    lines = ["Term sheet", "Interest rate five percent", "Tenor three years", "Borrower Acme", "Lender North Bank",
             "Security none", "Purpose general", "Law of England", "Fee one percent", "Agent none"]  # fmt: skip
    body = "".join(f"<p>{line}</p>" for line in lines)
    document = read(written(tmp_path / "terms.html", f"<html><body>{body}</body></html>".encode()))
    assert document.text.split("\n\n") == lines


def test_letters_drawn_twice_to_look_bold_are_read_once(tmp_path: Path, read: Read) -> None:
    with pymupdf.open() as document:
        page = document.new_page()
        for shift in (0, 0.3, 0.6):
            page.insert_text((72 + shift, 100), "7. Fees: 1,100 euros (a)")
        page.insert_text((72, 140), "They are due, and due in full, on the first day.")
        document.save(tmp_path / "bold.pdf")
    text = "7. Fees: 1,100 euros (a)\n\nThey are due, and due in full, on the first day."
    assert read(tmp_path / "bold.pdf").text == text


@pytest.mark.parametrize(
    ("name", "text"),
    [("page.html", "<html><body><p>{}</p></body></html>"), ("page.html", "<html><body><pre>{}</pre></body></html>"),
     ("notes.txt", "Notes\n\n{}\n"), ("notes.md", "# Notes\n\n{}\n")],
)  # fmt: skip
@pytest.mark.parametrize("long", ["https://example.org/" + "0123456789" * 30, "words in one line " * 20])
def test_what_is_wider_than_a_page_is_read_to_its_end(
    name: str, text: str, long: str, tmp_path: Path, read: Read
) -> None:
    document = read(written(tmp_path / name, text.format(long + "END").encode()))
    assert document.text.replace(" ", "").endswith(long.replace(" ", "") + "END")


def test_a_table_wider_than_a_page_is_read_to_its_end(tmp_path: Path, read: Read) -> None:
    rows = [[f"Responsibility{row}x{column}" for column in range(14)] for row in range(3)]
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    document = read(written(tmp_path / "wide.html", f"<html><body><table>{cells}</table></body></html>".encode()))
    assert document.text.split() == [cell for row in rows for cell in row]
    (page,) = document.pages
    assert all(0 <= box.x0 < box.x1 <= page.width for box in page.words)


@pytest.mark.parametrize("name", ["button", "center", "details", "form", "option", "summary", "textarea"])
def test_blocks_of_html_are_lines_of_their_own(name: str, tmp_path: Path, read: Read) -> None:
    body = f"<{name}>Lease Agreement</{name}><{name}>of 1 May</{name}>"
    document = read(written(tmp_path / "page.html", f"<html><body>{body}</body></html>".encode()))
    assert document.text.split() == ["Lease", "Agreement", "of", "1", "May"]


def test_a_picture_that_is_missing_inside_a_word_is_no_text(tmp_path: Path, read: Read) -> None:
    picture = '<img src="icon.png" alt="An icon"/>'
    body = f"<p>{picture}The rent{picture}, {picture} as agreed.{picture}</p>"
    document = read(written(tmp_path / "page.html", f"<html><body>{body}</body></html>".encode()))
    assert document.text == "The rent, as agreed."


def test_lists_of_html_have_the_letters_that_they_name(tmp_path: Path, read: Read) -> None:
    lists = "".join(f'<ol type="{kind}" start="4"><li>Rent</li></ol>' for kind in "1aAiI")
    body = f"<noscript><p>Turn on JavaScript.</p></noscript>{lists}"
    document = read(written(tmp_path / "page.html", f"<html><body>{body}</body></html>".encode()))
    assert document.text.split("\n\n") == ["4. Rent", "d. Rent", "D. Rent", "iv. Rent", "IV. Rent"]


def test_ticks_and_bullets_of_a_form_are_no_letters(tmp_path: Path, read: Read) -> None:
    """A ticked box holds the letter "4" in Zapf Dingbats, a bullet the letter "l"."""
    with pymupdf.open() as document:
        page = document.new_page()
        box = pymupdf.Widget()
        box.field_type, box.field_name, box.field_value = pymupdf.PDF_WIDGET_TYPE_CHECKBOX, "agreed", True
        box.rect = pymupdf.Rect(72, 88, 86, 102)
        page.add_widget(box)
        page.insert_text((100, 100), "The fee of 3 euros is agreed.")
        page.insert_text((72, 140), "l", fontname="zadb")
        page.insert_text((85, 140), "Payable in 4 days")
        document.save(tmp_path / "form.pdf")
    assert read(tmp_path / "form.pdf").text == "✓ The fee of 3 euros is agreed.\n\n● Payable in 4 days"


@pytest.mark.parametrize("rotation", [0, 90])
def test_a_slanted_watermark_is_no_part_of_the_sentences_that_it_crosses(
    rotation: int, tmp_path: Path, read: Read
) -> None:
    text = ("The tenant pays the rent in advance. " * 40).strip()
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_textbox((60, 60, 540, 400), text)
        writer = pymupdf.TextWriter(page.rect)
        writer.append((150, 300), "DRAFT COPY", fontsize=60)
        writer.write_text(page, morph=(pymupdf.Point(150, 300), pymupdf.Matrix(45)))
        page.set_rotation(rotation)
        document.new_page().insert_text((60, 60), "VOID", morph=(pymupdf.Point(60, 60), pymupdf.Matrix(30)))
        document.save(tmp_path / "draft.pdf")
    assert read(tmp_path / "draft.pdf").text == text + "\n\nVOID"


def test_columns_that_end_early_above_footnotes(tmp_path: Path, read: Read) -> None:
    left, right = (
        ("The tenant pays the rent in advance. " * 12).strip(),
        ("The landlord repairs the roof. " * 12).strip(),
    )
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_textbox((60, 60, 290, 400), left, fontsize=10)
        page.insert_textbox((310, 60, 540, 400), right, fontsize=10)
        page.insert_text((60, 760), "1 Each month.", fontsize=8)
        page.insert_text((310, 760), "2 The chimney, too.", fontsize=8)
        document.save(tmp_path / "columns.pdf")
    text = read(tmp_path / "columns.pdf").text
    assert text.split("\n\n") == [left, right, "1 Each month. 2 The chimney, too."]


META = '<html><meta charset="{}">'
HTTP = '<html><meta http-equiv="Content-Type" content="text/html; charset={}">'
XML = '<?xml version="1.0" encoding="{}"?>'
RUSSIAN = "Договор аренды."
FB2 = f"<FictionBook><body><section><p>{RUSSIAN}</p></section></body></FictionBook>"


@pytest.mark.parametrize(
    ("name", "start", "declared", "body", "encoding"),
    [
        ("page.html", META, "windows-1251", RUSSIAN, "cp1251"),
        ("page.html", META, "x-mac-cyrillic", RUSSIAN, "mac-cyrillic"),
        ("page.html", HTTP, "koi8-r", RUSSIAN, "koi8-r"),
        ("page.html", HTTP, "koi8-r", RUSSIAN + " 😀", "utf-8"),
        ("page.html", HTTP, "windows-1252", "“Café”", "cp1252"),
        ("page.html", META, "iso-8859-1", "“Café”", "cp1252"),
        ("page.html", META, "utf-8", "“Café”", "cp1252"),
        ("page.html", META, "utf-16", "“Café”", "cp1252"),
        ("page.html", META, "hex", "“Café”", "cp1252"),
        ("page.html", META, "none-such", "“Café”", "cp1252"),
        ("page.xhtml", XML + "<html>", "iso-8859-2", "Zażółć gęślą", "iso-8859-2"),
        ("book.fb2", XML, "windows-1251", FB2, "cp1251"),
        ("book.fb2", XML, "windows-1251", FB2, "utf-8"),
        ("book.fb2", XML, "iso-8859-5", FB2, "iso-8859-5"),
        ("book.fb2", XML, "utf-16", FB2, "utf-16"),
        ("mail.txt", "Content-Type: text/plain; charset={}\n\n", "windows-1251", RUSSIAN, "cp1251"),
    ],
)
def test_the_declared_encoding(
    name: str, start: str, declared: str, body: str, encoding: str, tmp_path: Path, read: Read
) -> None:
    path = written(tmp_path / name, (start.format(declared) + body).encode(encoding))
    assert read(path).text.endswith(re.sub("<.*?>", "", body))


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Договор вступает в силу со дня подписания. Срок аренды составляет пять лет."),
        ("koi8-r", "Договор вступает в силу со дня подписания. Срок аренды составляет пять лет."),
        ("cp1253", "Η παρούσα σύμβαση τίθεται σε ισχύ την ημέρα της υπογραφής της."),
        ("shift-jis", "本契約は署名の日から効力を生じる。当事者は契約終了後五年間、秘密を保持するものとする。"),
        ("gb18030", "本合同自双方签字之日起生效。双方应在合同终止后五年内对合同内容保密。"),
        ("big5", "本合同自雙方簽字之日起生效。雙方應在合同終止後五年內對合同內容保密。"),
        ("euc-kr", "본 계약은 서명한 날부터 효력이 발생한다. 당사자는 계약 내용을 비밀로 유지하여야 한다."),
        ("cp1252", "Samningur þessi tekur gildi við undirritun. Hvorugur aðili má framselja réttindi sín."),
        ("cp1252", "“£500”, “£600”, “£700”, “£800”, “£900”: the parties’ “Fees”, the Lessee’s and the Lessor’s"),
    ],
)
def test_the_encoding_of_text_that_declares_none(encoding: str, text: str, tmp_path: Path, read: Read) -> None:
    data = f"{text}\n".encode(encoding)
    assert read(written(tmp_path / "contract.txt", data)).text == text
    many = data * (200_000 // len(data))
    sample = decode_text(many[: 1 << 16])
    assert decode_text(many) == many.decode(encoding) and many.decode(encoding).startswith(sample[:-1])


@pytest.mark.parametrize("name", ["notes.txt", "notes.md", "page.html"])
@pytest.mark.parametrize("text", ["The rent is 10 €", "“One day” in a Café", "A ledger"])
def test_text_that_ends_without_a_line_break(name: str, text: str, tmp_path: Path, read: Read) -> None:
    assert read(written(tmp_path / name, text.encode())).text == text


def test_a_few_bad_bytes_in_utf8(tmp_path: Path, read: Read) -> None:
    """The curly quotes would be many strange characters in Windows-1252, which has none for the byte 9D."""
    data = "Die Kündigungsfrist beträgt “drei” Monate. ".encode()
    document = read(written(tmp_path / "notes.txt", data * 20 + b"Caf\xe9 und Tee. " + data[:-1]))
    assert document.text.count("beträgt “drei” Monate.") == 21
    assert "Monate. Caf\ufffd und Tee. Die" in document.text
    assert decode_text("“Größe”: ".encode() + b"\xe9.") == "“Größe”: \ufffd."
    assert decode_text(b"Caf\xe9 \x93noir\x94.") == "Café “noir”."


@pytest.mark.parametrize(
    "picture", ["", "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==", "no picture at all", "PHN2Zy8+"]
)
def test_a_book_with_a_picture_that_cannot_be_opened(picture: str, tmp_path: Path, read: Read) -> None:
    """An empty one, a WebP, a broken one, an SVG."""
    document = read(fb2(tmp_path, f'<binary id="p" content-type="image/jpeg">\n{picture}\n</binary><binary id="q"/>'))
    assert document.text == "Chapter One\n\n" + SENTENCE


def test_raised_digits_of_html_are_words_of_their_own(tmp_path: Path, read: Read) -> None:
    body = "<p><sup>1</sup>See 10<sup>6</sup>. The rent is $1,500<sup>2,3</sup> for 20 m<sup>2</sup>.</p>"
    document = read(written(tmp_path / "page.html", f"<html><body>{body}</body></html>".encode()))
    assert document.text == "¹ See 10 ⁶. The rent is $1,500 ²,³ for 20 m ²."


def test_raised_digits_of_docx_are_words_of_their_own(tmp_path: Path, read: Read) -> None:
    raised = '</w:t></w:r><w:r><w:rPr><w:b/><w:vertAlign w:val="superscript"/></w:rPr><w:t>{}</w:t></w:r><w:r><w:t>'
    text = f"The rent is $1,500{raised.format('2,3')} on the 1{raised.format('st')} for 20 m{raised.format(2)}."
    document = read(docx(tmp_path, f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"))
    assert document.text.endswith("\n\nThe rent is $1,500 ²,³ on the 1st for 20 m ².")


def test_sha256_of_file(tmp_path: Path) -> None:
    assert sha256_of_file(written(tmp_path / "x", b"abc" * 10)) == hashlib.sha256(b"abc" * 10).hexdigest()


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0xD7FF), min_size=1), st.integers(0, 3))
def test_decode_text_takes_utf8_cut_anywhere(text: str, cut: int) -> None:
    data = ("plain start " + text).encode()
    data = data[: len(data) - cut]
    if "\ufffd" in text or "\x7f" in text:
        return
    assert ("plain start " + text).startswith(decode_text(data).rstrip("\ufffd")) or cut == 0
