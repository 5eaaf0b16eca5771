"""Results as a file for a spreadsheet."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given

from thinkific_mcp.result import Page
from thinkific_mcp.results import csv_file

from .test_table import ROWS, Baker


def read(rows: list[Any], *fields: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_file(rows, Page[Baker], fields), newline="")))


def test_every_column_that_a_row_has_is_there_and_no_other() -> None:
    assert read([{"name": "Ada"}, {"id": 2, "zest": True}]) == [
        ["id", "name", "zest"],
        ["", "Ada", ""],
        ["2", "", "yes"],
    ]


def test_the_columns_asked_for_stand_in_their_order() -> None:
    assert read([{"id": 1, "name": "Ada"}], "name", "id", "baked") == [["name", "id", "baked"], ["Ada", "1", ""]]


@pytest.mark.parametrize("bio", ["Baker\nand miller", "Baker\rand miller", "Baker\r\nand miller"])
def test_line_breaks_stay_within_their_cell(bio: str) -> None:
    assert read([{"name": bio}]) == [["name"], [bio]]


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+SUM(A1)", "-2+3", "@here", "\there", "＝1", "﹦1", "\x00=1", "\xa0 =1", "=1", "-", "+1 555 cmd"],
)
def test_what_looks_like_a_formula_is_made_text(cell: str) -> None:
    assert read([{"name": cell}])[1] == [f"'{cell}".replace("\x00", "")]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Ada;=1+1", "Ada;'=1+1"),
        ("Ada; @here", "Ada; '@here"),
        ("Ada\t+SUM(A1)", "Ada\t'+SUM(A1)"),
        ("Ada\n=1", "Ada\n'=1"),
        ("Ada\r\n\r\n -2+3", "Ada\r\n\r\n '-2+3"),
        ("\n=1", "'\n'=1"),
        ("=1;=1", "'=1;'=1"),
        ("Ada - Bo", "Ada - Bo"),
    ],
)
def test_nor_is_a_part_of_a_cell_a_formula_where_a_spreadsheet_takes_it_for_a_cell(cell: str, text: str) -> None:
    assert read([{"name": cell}])[1] == [text]


def test_cells_are_quoted_as_a_spreadsheet_may_part_them_at_semicolons() -> None:
    assert csv_file([{"id": 1, "name": "Ada; Bo"}], Page[Baker]) == '"id","name"\r\n"1","Ada; Bo"\r\n'


@pytest.mark.parametrize("cell", ["-5", "+3.5", "-1e5", "+1 555-0100", "+49 (30) 1234.5678", "Ada = Bo"])
def test_numbers_and_phone_numbers_are_no_formulas(cell: str) -> None:
    assert read([{"name": cell}])[1] == [cell]


def test_a_column_s_name_is_no_formula_either() -> None:
    assert read([{"=1+1": 1}])[0] == ["'=1+1"]


def test_a_number_below_zero_stays_a_number() -> None:
    assert read([{"id": -5}])[1] == ["-5"]


@given(ROWS)
def test_whatever_rows_hold_the_file_has_a_record_for_each(rows: list[Any]) -> None:
    header, *records = read(rows) or [[]]
    assert [len(record) for record in records] == [len(header)] * (len(rows) if header else 0)
