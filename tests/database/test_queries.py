"""Named SQL files."""

from importlib.resources import files

import pytest

from quell.database.queries import Queries, load, statements

SOURCE = """-- name: find-note
-- Finds one note.
select body from note
where id = :id;

-- name: drop-note
-- Deletes one note.
delete from note where id = :id;
"""


def test_a_query_is_found_by_its_name() -> None:
    """The statement comes without its heading and its final semicolon."""
    queries = Queries(SOURCE)

    assert queries["find-note"] == "select body from note\nwhere id = :id"


def test_every_query_has_a_sentence() -> None:
    """The line below the name is kept as the explanation."""
    assert Queries(SOURCE).sentences == {"find-note": "Finds one note.", "drop-note": "Deletes one note."}


def test_a_query_without_a_sentence_is_refused() -> None:
    """A query that does not say what it is for does not load."""
    with pytest.raises(ValueError, match="one sentence"):
        Queries("-- name: find-note\nselect 1;\n")


def test_a_name_may_not_be_used_twice() -> None:
    """Two queries of one name do not load."""
    with pytest.raises(ValueError, match="twice"):
        Queries(SOURCE + SOURCE)


@pytest.mark.parametrize(
    ("package", "file"),
    [
        ("quell.database", "changes.sql"),
        ("quell.database", "migrate.sql"),
        ("quell.incidents", "queries.sql"),
        ("quell.operations", "queries.sql"),
    ],
)
def test_shipped_queries_keep_to_the_common_subset(package: str, file: str) -> None:
    """No query uses words that only one engine knows."""
    only_sqlite = (
        "insert or ",
        "autoincrement",
        "rowid",
        "pragma",
        "ifnull",
        "glob ",
        "strftime",
        "unixepoch",
    )

    text = files(package).joinpath(file).read_text().lower()
    assert len(load(package, file)) > 0
    assert [word for word in only_sqlite if word in text] == []


def test_a_script_is_cut_into_its_statements() -> None:
    """Comments are left out, and a semicolon inside a line does not end a statement."""
    script = """-- a comment; with a semicolon
create table a (
  b text default ';' not null
);

insert into a values (1);
"""

    assert statements(script) == [
        "create table a (\n  b text default ';' not null\n)",
        "insert into a values (1)",
    ]
