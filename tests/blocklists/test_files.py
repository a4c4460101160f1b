"""CSV and JSON Lines: what goes out comes in again, formulas stay text, faults name their line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quell.blocklists.domain import Item, ItemWrite
from quell.blocklists.files import read_csv, read_json_lines, write_csv, write_json_lines
from quell.errors import InvalidRequestBody

ITEMS = [
    Item("1", "acme, knock-off", description='say "no"'),
    Item("2", r"replica\d{3}", is_regex=True),
    Item("3", "=1+1"),
    Item("4", "'tis"),
    Item("5", "'=x"),
    Item("6", "two\nlines"),
]


def written(items: list[Item]) -> list[ItemWrite]:
    """Return what an import of these items has to write."""
    return [ItemWrite(item.text, None, item.is_regex, item.description) for item in items]


@pytest.mark.parametrize(("write", "read"), [(write_csv, read_csv), (write_json_lines, read_json_lines)])
def test_what_goes_out_comes_in_again(write: object, read: object) -> None:
    """Commas, quotes, line breaks, formulas and apostrophes survive."""
    assert callable(write)
    assert callable(read)

    assert list(read(b"".join(write(ITEMS)))) == written(ITEMS)


@given(st.text(min_size=1, max_size=12).filter(lambda text: text.encode("utf-8", "ignore") and text.strip()))
def test_any_text_survives_csv(text: str) -> None:
    """Also text that begins with any number of apostrophes and signs."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        return
    file = b"".join(write_csv([Item("1", text, description=text)]))

    assert list(read_csv(file)) == [ItemWrite(text, None, is_regex=False, description=text)]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(start: str) -> None:
    """Each cell that a spreadsheet would run begins with an apostrophe."""
    file = b"".join(write_csv([Item("1", f"{start}cmd", description=f"{start}x")])).decode()
    row = list(csv.reader(io.StringIO(file, newline="")))[1]

    assert (row[0][:2], row[2][:2]) == (f"'{start}", f"'{start}")


def test_columns_in_any_order_and_case_with_a_mark_in_front() -> None:
    """Spreadsheets write a byte order mark, and people move columns."""
    file = "\ufeffDescription,TEXT,isregex\r\nsweet,plum,TRUE\r\n,pear,\r\n\r\n".encode()

    assert list(read_csv(file)) == [
        ItemWrite("plum", None, True, "sweet"),
        ItemWrite("pear", None, False, None),
    ]


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_marks_between_columns_are_known_by_their_names(mark: str) -> None:
    """Spreadsheets of many countries write semicolons; a list must not be filled with whole lines."""
    file = mark.join(("text", "isRegex", "description")) + "\r\n" + mark.join(("plum, red", "true", "sweet"))

    assert list(read_csv(file.encode())) == [ItemWrite("plum, red", None, True, "sweet")]
    assert list(read_csv(b'"text";"isRegex"\n"plum";"true"\n')) == [ItemWrite("plum", None, True)]
    assert [row.text for row in read_csv(b"plum;pear\n")] == ["plum;pear"]


def test_what_a_file_says_nothing_about_stays_as_it_is() -> None:
    """Texts alone must not turn patterns into terms, nor take descriptions away."""
    kept = ItemWrite("plum")

    assert list(read_csv(b"text\nplum")) == list(read_json_lines(b'{"text": "plum"}')) == [kept]
    assert list(read_json_lines(b'{"text": "plum", "description": null}')) == [
        ItemWrite("plum", description=None)
    ]


def test_a_file_without_names_is_one_term_a_line() -> None:
    """Plain word lists are files, too."""
    assert [row.text for row in read_csv(b"plum\nnew york\n\npear")] == ["plum", "new york", "pear"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"text\nplum,red", "Line 2 has 2 cells for 1 columns"),
        (b"plum,red\n", "Line 1 has 2 cells"),
        (b"text,isRegex\nplum,perhaps", "Line 2: the field 'isRegex' must be true or false"),
        (b'text\n"plum', "Line 2 is not CSV"),
        (b"text\n\xff", "not UTF-8: byte 5"),
        (
            b"text,isRegex\nplum,false\n\n\n(bad,true",
            "Line 5: The field 'text' must be a valid regular expression",
        ),
        (b'text,description\nplum,\n" ",sweet', "Line 3: The field 'text' must not be blank"),
        (b"text\n" + b"x" * 129, "Line 2: The field 'text' must have at most 128"),
        (b"isRegex,text\ntrue", "Line 2: The field 'text' is required"),
        (b"text,description\nplum," + b"x" * 1025, "Line 2: The field 'description' must have at most 1024"),
        (b"text\n" + b"x" * 2_000_000, "Line 2 is not CSV"),
    ],
)
def test_a_fault_of_csv_names_its_line(body: bytes, sentence: str) -> None:
    """So that it can be found in a file of ten thousand."""
    with pytest.raises(InvalidRequestBody) as refused:
        list(read_csv(body))

    assert sentence in refused.value.message


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"text":"plum"}\n{"text":', "Line 2: The request body is not valid JSON"),
        (b'{"text":"plum"}\n\n[1]', "Line 3: The request body must be an object"),
        (b'{"text":"plum","colour":1}', "Line 1: The request body contains fields that are not supported"),
        (b'{"text":"plum","isRegex":"yes"}', "Line 1: The field 'isRegex' must be true or false"),
        (b'{"text":"\\ud800"}', "Line 1: The request body is not valid JSON: a string holds half"),
    ],
)
def test_a_fault_of_json_lines_names_its_line(body: bytes, sentence: str) -> None:
    """Each line is JSON to the letter."""
    with pytest.raises(InvalidRequestBody) as refused:
        list(read_json_lines(body))

    assert sentence in refused.value.message
