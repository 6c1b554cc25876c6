"""A table from the bytes of a file: as it is written, whoever wrote it, and one clear error for what is none."""

import gzip
import io
import zipfile
from typing import Any

import pandas as pd
import pytest

from customer_value.own_data import read_table, sheet_names

PLAIN = "customer,date,amount\n0012,2024-01-31,12.50\n7,2024-02-01,3\n"


def packed(name: str, text: str = PLAIN, **others: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, text)
        for other, content in others.items():
            archive.writestr(other, content)
    return buffer.getvalue()


def workbook(**sheets: list[list[Any]]) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_text_stays_as_it_is_written() -> None:
    table = read_table(PLAIN.encode(), "sales.csv")
    assert table.frame.to_numpy().tolist() == [["0012", "2024-01-31", "12.50"], ["7", "2024-02-01", "3"]]
    assert (table.kind, table.notes) == ("text", {"encoding": "utf-8", "delimiter": "comma"})
    assert table.preview(1).shape == (1, 3)
    assert table.columns().loc["customer", "examples"] == ("0012", "7")


def test_na_and_null_are_text_and_empty_cells_are_missing() -> None:
    table = read_table(b"customer,amount\nNA,1\nnull,2\n,3\n", "a.csv")
    assert table.frame["customer"].tolist()[:2] == ["NA", "null"]
    assert table.frame["customer"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8 with a byte order mark"),
        ("cp1252", "Windows-1252"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_encodings_are_found(encoding: str, said: str) -> None:
    content = "Kunde;Straße;Umsatz\nMüller;Größe;12,50 €\nÉtienne;x;3,00 €\n".encode(encoding)
    table = read_table(content, "umsatz.csv")
    assert list(table.frame.columns) == ["Kunde", "Straße", "Umsatz"]
    assert table.frame["Kunde"].tolist() == ["Müller", "Étienne"]
    assert table.frame["Umsatz"].tolist() == ["12,50 €", "3,00 €"]
    assert table.notes["encoding"].startswith(said)
    assert ("guessed" in table.notes["encoding"]) == (encoding == "cp1252")


@pytest.mark.parametrize(("split", "word"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_delimiters_are_found(split: str, word: str) -> None:
    rows = [["customer", "note", "amount"], ["1", '"a, b; c"', "2"], ["2", '"x | y"', "3"], ["3", "z", "4"]]
    table = read_table("\n".join(split.join(row) for row in rows).encode(), "a.txt")
    assert table.notes["delimiter"] == word
    assert table.frame["note"].tolist() == ["a, b; c", "x | y", "z"]


def test_a_decimal_comma_does_not_pass_for_a_delimiter() -> None:
    text = "Kunde;Datum;Betrag\n" + "".join(f"{k};01.02.2024;{k},50\n" for k in range(30))
    assert read_table(text.encode(), "a.csv").frame.shape == (30, 3)


def test_lines_above_the_table_are_left_out_and_told() -> None:
    text = "Umsätze 2024;;;\nStand: 31.12.2024\n\nKunde;Datum;Nr;Betrag\n1;01.02.2024;7;3,5\n2;02.02.2024;8;4,5\n"
    table = read_table(text.encode(), "a.csv")
    assert list(table.frame.columns) == ["Kunde", "Datum", "Nr", "Betrag"]
    assert len(table.frame) == 2
    assert table.notes["lines above the table"] == "3 left out"


def test_excels_line_with_the_separator_is_heeded() -> None:
    table = read_table(b"sep=;\ncustomer;amount\n1;2,5\n", "a.csv")
    assert table.frame.to_dict("list") == {"customer": ["1"], "amount": ["2,5"]}


def test_names_are_made_where_they_lack_or_repeat() -> None:
    table = read_table(b"customer,amount,amount,\n1,2,3,\n4,5,6,\n", "a.csv")
    assert list(table.frame.columns) == ["customer", "amount", "amount (2)"]
    assert "amount (2)" in table.notes["names given here"]
    table = read_table(b"customer,,amount\n1,x,3\n", "a.csv")
    assert list(table.frame.columns) == ["customer", "column 2", "amount"]


def test_a_last_empty_column_without_a_name_moves_nothing() -> None:
    table = read_table(b"customer;date;amount\n1;2024-01-01;5;\n2;2024-01-02;6;\n", "a.csv")
    assert table.frame.to_dict("list") == {
        "customer": ["1", "2"],
        "date": ["2024-01-01", "2024-01-02"],
        "amount": ["5", "6"],
    }


def test_quoted_line_breaks_stay_in_their_cell() -> None:
    table = read_table(b'customer,note,amount\n1,"two\nlines",5\n2,x,6\n', "a.csv")
    assert table.frame["note"].tolist() == ["two\nlines", "x"]


def test_rows_without_header() -> None:
    content = b"12,2024-01-31,12.50\n7,2024-02-01,3\n"
    with pytest.raises(ValueError, match="looks like data"):
        read_table(content, "a.csv")
    table = read_table(content, "a.csv", header=False)
    assert list(table.frame.columns) == ["column 1", "column 2", "column 3"]
    assert len(table.frame) == 2


@pytest.mark.parametrize("name", ["sales.csv.gz", "sales.gz"])
def test_packed_as_gz(name: str) -> None:
    table = read_table(gzip.compress(PLAIN.encode()), name)
    assert len(table.frame) == 2
    assert table.notes["packed"] == f"unpacked from {name}"


def test_packed_as_zip() -> None:
    table = read_table(packed("folder/sales.csv"), "C:\\mine\\export.zip")
    assert (table.name, len(table.frame)) == ("sales.csv", 2)
    with pytest.raises(ValueError, match=r"export\.zip must hold one file; it holds 2"):
        read_table(packed("a.csv", **{"b.csv": PLAIN}), "export.zip")
    assert len(read_table(packed("a.csv", **{"__MACOSX/._a.csv": "x"}), "export.zip").frame) == 2


def test_a_broken_archive_is_named() -> None:
    with pytest.raises(ValueError, match="cannot be unpacked"):
        read_table(gzip.compress(PLAIN.encode())[:-12], "a.csv.gz")


def test_excel_keeps_its_types_and_asks_for_the_sheet() -> None:
    day = pd.Timestamp("2024-01-31 10:00").to_pydatetime()
    rows = [["Report"], [], ["customer", "date", "amount"], ["0012", day, 12.5], [7, day, 3], [None, None, None]]
    content = workbook(Sales=rows, Empty=[])
    table = read_table(content, "book.xlsx")
    assert table.notes == {"sheet": "Sales", "lines above the table": "2 left out"}
    assert table.frame["customer"].tolist() == ["0012", 7]
    assert table.frame["date"].tolist() == [day, day]
    assert table.frame["amount"].tolist() == [12.5, 3]
    two = workbook(One=rows, Two=rows)
    assert sheet_names(two, "book.xlsx") == ["One", "Two"]
    with pytest.raises(ValueError, match="has the sheets One, Two: say which"):
        read_table(two, "book.xlsx")
    assert read_table(two, "book.xlsx", sheet="Two").notes["sheet"] == "Two"
    with pytest.raises(ValueError, match="no sheet 'Three'"):
        read_table(two, "book.xlsx", sheet="Three")


def test_excel_without_the_package_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook(Sales=[["customer", "amount"], ["a", 1]])
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(ImportError, match="save the sheet as CSV"):
        read_table(content, "book.xlsx")


def test_parquet() -> None:
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame(
        {"customer": ["a", "b"], "date": pd.to_datetime(["2024-01-01", "2024-02-01"]), "amount": [1.5, 2.0]}
    )
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    table = read_table(buffer.getvalue(), "sales.parquet")
    assert table.kind == "parquet"
    assert table.frame["amount"].tolist() == [1.5, 2.0]
    with pytest.raises(ValueError, match="has 2 rows, more than the 1 that are read here"):
        read_table(buffer.getvalue(), "sales.parquet", limit=1)


def test_too_many_rows_are_refused_not_cut_off() -> None:
    with pytest.raises(ValueError, match=r"more rows than the 1 that are read here.*summarise_files"):
        read_table(PLAIN.encode(), "a.csv", limit=1)
    assert len(read_table(PLAIN.encode(), "a.csv", limit=2).frame) == 2


@pytest.mark.parametrize(
    ("content", "name", "options", "message"),
    [
        (b"", "a.csv", {}, "a.csv is empty"),
        (b"\n\n", "a.csv", {}, "nothing but empty lines"),
        (b"customer,date\n", "a.csv", {}, "no rows below"),
        (b"only\none\ncolumn\n", "a.csv", {}, "one column only"),
        (b"a,b\n1,2\n1,2,3,4\n1,2\n1,2\n", "a.csv", {}, "evenly at each comma: line 3 has 4 entries where 2 are"),
        (b'a;b\n1;2\n"3;4\n5;6\n', "a.csv", {}, "opened in about line 3 is never closed"),
        (b"a,b\n1,2\n", "a.csv", {"delimiter": ";"}, "has no 'semicolon'"),
        (b"a,b\n1,2\n", "a.csv", {"delimiter": "::"}, "one character"),
        (b"a,b\n1,\xff\n", "a.csv", {"encoding": "utf-8"}, "is not in utf-8"),
        (b"a,b\n1,2\n", "a.csv", {"encoding": "klingon"}, "one that Python knows"),
        (b"a,b\n1,\x81\xff\n", "a.csv", {}, "neither UTF-8 nor Windows-1252"),
        (b"%PDF-1.7", "a.csv", {}, "is a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a.csv", {}, r"a.csv is a picture \(PNG\)"),
        (b"\xff\xd8\xff\xe0", "a.jpg", {}, r"a.jpg is a picture \(JPEG\)"),
        (b"\xd0\xcf\x11\xe0rest", "a.xls", {}, "before 2007"),
        (b"PK\x03\x04 a document", "a.ods", {}, "a.ods is none of .*export the data"),
        (b"PK\x03\x04 a document", "a.xlsx", {}, "cannot be read as an Excel file"),
        (b"a,b\n1,2\n", "a.xlsx", {}, "not what its ending says"),
        (b"a,b\n1,2\n", "a.json", {}, "is none of"),
        (b"a,b\n1,2\n", "a.csv", {"sheet": "x"}, "no Excel file"),
        (b"a,b\n1,2\n", "a.csv", {"limit": 0}, "limit must be"),
        (b"a,b\n1,2\n", "", {}, "name must be the name of the file"),
        (b"PAR1nothing", "a.parquet", {}, "cannot be read as a Parquet file"),
    ],
)
def test_one_clear_error(content: bytes, name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_table(content, name, **options)


def test_something_else_than_bytes_is_refused() -> None:
    with pytest.raises(TypeError, match="bytes of the file"):
        read_table(PLAIN, "a.csv")  # type: ignore[arg-type]
