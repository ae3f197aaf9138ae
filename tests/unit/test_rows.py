"""Files of rows: CSV by RFC 4180, XLSX that openpyxl reads, formulas closed, and files put aside and resumed."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from xml.etree.ElementTree import XMLParser, parse

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openpartner.kit import archive, rows, xlsx
from openpartner.kit.rows import Csv, CsvFile, Kind, Layout, SheetXml, marked
from openpartner.kit.xlsx import About, Workbook

T, N = Kind.TEXT, Kind.NUMBER
MADE_AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ABOUT = About(title="Customers/2026", creator="dora & co", facts=(("Exported by", "dora <d>"),), sheet="About")
# What spreadsheets take for a formula: OWASP, "CSV Injection", with the full-width signs.
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "\x00=1", "=\x1f=1"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.text(
    "a=+-@＝\"<&>_x000D_ \t\r\n;,'\x1e\x1f", max_size=10
)


def lines(layout: Layout, values: list[tuple[Any, ...]]) -> list[list[str]]:
    made = Csv(layout).frame(marked(layout, values)).decode()
    return list(csv.reader(io.StringIO(made, newline=""), strict=True))


def guarded(text: str) -> str:
    """What a text is in a CSV file, said once more in another way than the code does."""
    text = CONTROL.sub("", text)
    return "'" + text if text[:1] and text[0] in "=+-@\t\r\n＝＋－＠" else text


def workbook(
    file: Any, header: tuple[str, ...] = ("a", "b"), kinds: tuple[Kind, ...] = (T, T), **options: Any
) -> Workbook:
    return Workbook(file, Layout(kinds), header=header, widths=[20] * len(header), made_at=MADE_AT, **options)


def written(values: list[tuple[Any, ...]], kinds: tuple[Kind, ...] = (T, T), **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    book = workbook(file, tuple(f"h{n}" for n in range(len(kinds))), kinds, **options)
    layout = Layout(kinds)
    book.write(marked(layout, values), len(values))
    book.close(ABOUT)
    return file


def cells(file: io.BytesIO | Path, sheet: int = 0) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(file)
    return [tuple(cell.value for cell in row) for row in book.worksheets[sheet].iter_rows()]


def test_texts_are_quoted_and_numbers_are_not() -> None:
    layout = Layout((T, N, N, T))
    made = Csv(layout).frame(marked(layout, [('say "hi"', -5, 7, "a,b"), ("", None, 0, "上海\r\n🍵")]))
    assert made.decode() == '"say ""hi""",-5,7,"a,b"\r\n"",,0,"上海\r\n🍵"\r\n'


@pytest.mark.parametrize("kinds", [(T,), (N, T), (T, T), (T, N, T)])
@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_is_a_formula_wherever_it_stands(kinds: tuple[Kind, ...], text: str) -> None:
    layout = Layout(kinds)
    row = tuple(text if kind is T else -3 for kind in kinds)
    for line in lines(layout, [row, row]):
        for cell, kind in zip(line, kinds, strict=True):
            assert cell == (guarded(text) if kind is T else "-3")
            assert kind is N or cell.startswith("'")


@settings(max_examples=300, deadline=None, database=None)
@given(st.lists(st.tuples(TEXTS, st.integers(-(2**62), 2**62), TEXTS), max_size=5))
def test_any_text_comes_back_from_csv(values: list[tuple[Any, ...]]) -> None:
    expected = [[guarded(a), str(n), guarded(b)] for a, n, b in values]
    assert lines(Layout((T, N, T)), values) == expected


@settings(max_examples=150, deadline=None, database=None)
@given(st.lists(st.tuples(TEXTS, st.integers(-(2**40), 2**40), TEXTS), min_size=1, max_size=5))
def test_any_text_comes_back_from_xlsx(values: list[tuple[Any, ...]]) -> None:
    def kept(text: str) -> str | None:
        return re.sub("[\ufffe\uffff]", "", CONTROL.sub("", text)) or None

    def read(cell: Any) -> Any:
        # openpyxl leaves the escape of inline strings to its caller; a spreadsheet does not.
        return cell.replace("_x005F_", "_") if isinstance(cell, str) else cell

    found = [tuple(read(cell) for cell in row) for row in cells(written(values, (T, N, T)))[1:]]
    escaped = [(kept(a), n, kept(b)) for a, n, b in values]
    assert found == [(read(a), n, read(b)) for a, n, b in escaped]


def test_a_formula_is_a_text_in_xlsx() -> None:
    book = openpyxl.load_workbook(written([(text, text) for text in DANGEROUS]))
    types = {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row}
    assert "f" not in types
    assert types <= {"s", "inlineStr"}


def test_long_numbers_keep_every_digit() -> None:
    assert cells(written([("200000000000123456", "1")]))[1] == ("200000000000123456", "1")


def test_spaces_at_the_ends_of_a_cell_stay() -> None:
    made = written([(" a", "b "), ("c", "\n")])
    sheet = zipfile.ZipFile(made).read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count('<t xml:space="preserve">') == 3
    assert cells(made)[1:] == [(" a", "b "), ("c", "\n")]


def test_what_looks_like_an_escape_is_escaped() -> None:
    sheet = zipfile.ZipFile(written([("_x000D_", "a_x")])).read("xl/worksheets/sheet1.xml").decode()
    assert "<t>_x005F_x000D_</t>" in sheet
    assert "<t>a_x</t>" in sheet


def test_a_cell_holds_what_a_spreadsheet_can() -> None:
    made = written([("é" * 40_000, "b")])
    assert cells(made)[1] == ("é" * rows.CELL_LENGTH_MAX, "b")


def test_rows_go_on_in_another_sheet() -> None:
    made = written([(f"a{n}", str(n)) for n in range(10)], rows_max=4)
    book = openpyxl.load_workbook(made)
    assert book.sheetnames == ["Customers 2026", "Customers 2026 2", "Customers 2026 3", "Customers 2026 4", "About"]
    found = [[row[1].value for row in sheet.iter_rows()] for sheet in book.worksheets[:-1]]
    assert found == [["h1", "0", "1", "2"], ["h1", "3", "4", "5"], ["h1", "6", "7", "8"], ["h1", "9"]]


def test_a_full_sheet_is_followed_by_none_without_rows() -> None:
    assert len(openpyxl.load_workbook(written([("a", "b")] * 6, rows_max=4)).worksheets) == 3


def test_the_limit_of_a_sheet_is_the_one_of_the_format() -> None:
    # ECMA-376 leaves it to applications; Excel's "specifications and limits": 1,048,576 rows by 16,384 columns.
    assert (xlsx.SHEET_ROWS_MAX, xlsx.COLUMNS_MAX) == (1_048_576, 16_384)


def test_the_header_is_bold_and_stays_in_sight() -> None:
    sheet = openpyxl.load_workbook(written([("a", "b")])).worksheets[0]
    assert [cell.font.b for cell in next(sheet.iter_rows())] == [True, True]
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width == 20


def test_the_file_tells_what_it_is() -> None:
    book = openpyxl.load_workbook(written([("a", "b")]))
    assert book.properties.creator == "dora & co"
    assert book.properties.created == MADE_AT.replace(tzinfo=None)
    assert book.properties.description == "Exported by: dora <d>"
    assert [cell.value for cell in next(book["About"].iter_rows())] == ["Exported by", "dora <d>"]


def test_every_part_is_xml_and_named_by_the_content_types() -> None:
    with zipfile.ZipFile(written([("a", "b")])) as found:
        assert found.testzip() is None
        for name in found.namelist():
            parse(io.BytesIO(found.read(name)), XMLParser())  # noqa: S314  # our own file


def test_no_rows_are_a_header() -> None:
    file = io.BytesIO()
    workbook(file).close(ABOUT)
    assert cells(file) == [("a", "b")]
    layout = Layout((T,))
    assert Csv(layout).frame(marked(layout, [])) == b""
    assert SheetXml(layout).frame(b"") == b""


def test_a_marker_in_a_value_is_noticed() -> None:
    layout = Layout((T, T))
    assert layout.is_whole(b"a\x1fb\x1ec\x1fd\x1e", 2)
    assert not layout.is_whole(b"a\x1fb\x1f\x1ec\x1fd\x1e", 2)
    assert not layout.is_whole(b"a\x1bb\x1fc\x1e", 1)
    assert not layout.is_whole(b"a\x1fb\x1e", 2)
    assert layout.is_whole(marked(layout, [("\x1e\x1f\x1b", "\x1d\x1c")]), 1)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("seed", range(6))
def test_a_file_put_aside_at_any_place_is_the_same_in_the_end(tmp_path: Path, form: str, seed: int) -> None:
    """The process is gone after each pause: another opens the file, in which more was written than was remembered."""
    random = Random(seed)
    layout = Layout((T, N))
    values = [(f"Müller {random.random()} <{n}>", n) for n in range(300)]

    files: list[Any] = []

    def opened(path: Path, state: dict[str, Any] | None) -> CsvFile | Workbook:
        while files:
            files.pop().close()
        file: Any = path.open("r+b" if path.exists() else "w+b", buffering=0)
        files.append(file)
        if form == "csv":
            return CsvFile(file, layout, header=("a", "b"), bom=True, state=state)
        return workbook(file, kinds=(T, N), rows_max=70, state=state)

    whole, parts = tmp_path / "whole.xlsx", tmp_path / "parts.xlsx"
    writing = opened(whole, None)
    writing.write(marked(layout, values), len(values))
    writing.close(ABOUT)

    done, state = 0, None
    writing = opened(parts, None)
    while done < len(values):
        count = random.randint(1, 60)
        writing.write(marked(layout, values[done : done + count]), len(values[done : done + count]))
        if random.random() < 0.6:
            state, done = json.loads(json.dumps(writing.pause())), done + count
        writing = opened(parts, state)
        if state is None:
            done = 0
    writing.close(ABOUT)
    files.pop().close()
    if form == "csv":
        assert parts.read_bytes() == whole.read_bytes()
    else:
        first, second = (openpyxl.load_workbook(path) for path in (whole, parts))
        assert first.sheetnames == second.sheetnames
        assert len(first.sheetnames) == 6
        assert [list(sheet.values) for sheet in first] == [list(sheet.values) for sheet in second]
        with zipfile.ZipFile(parts) as found:
            assert found.testzip() is None


def test_an_archive_too_large_for_its_format_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "SIZE_MAX", 1000)
    with pytest.raises(archive.TooLarge):
        written([(os.urandom(8).hex(), "b") for _ in range(200)])


if shutil.which("soffice"):  # not a skip, which CI takes for a failure

    @pytest.mark.slow  # starts LibreOffice
    def test_libreoffice_reads_it(tmp_path: Path) -> None:
        path = tmp_path / "made.xlsx"
        path.write_bytes(written([("=1+1", "上海"), (" b ", "")]).getvalue())
        subprocess.run(["soffice", "--headless", "--convert-to", "csv", "--outdir", tmp_path, path], check=True)
        assert (tmp_path / "made.csv").read_text("utf-8").splitlines() == ["h0,h1", "=1+1,上海", " b ,"]
