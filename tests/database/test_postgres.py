"""What is particular to the PostgreSQL driver."""

import asyncpg
import pytest

from quell.database.postgres import PostgresDatabase, numbered, translate
from quell.errors import DatabaseUnusable, InternalError, InvalidRequestBody, ServerBusy
from tests.databases import schema_url, server_url


def test_names_become_numbers_once_each() -> None:
    """A name that comes twice has one number; literals and casts are left alone."""
    sql = "select :b::text, ':no', 'it''s :no' from t where a = :a and b = :b and c = :a_2"

    assert numbered(sql) == (
        "select $1::text, ':no', 'it''s :no' from t where a = $2 and b = $1 and c = $3",
        ("b", "a", "a_2"),
    )


def test_what_only_postgresql_needs_is_opened() -> None:
    """A comment with its name is no comment any more; others stay."""
    sql = "select 1 /* postgresql: for update skip locked */ /* why */"

    assert numbered(sql) == ("select 1 for update skip locked /* why */", ())


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (asyncpg.DiskFullError("x"), ServerBusy, "run out of disk"),
        (asyncpg.LockNotAvailableError("x"), ServerBusy, "another process"),
        (asyncpg.AdminShutdownError("x"), ServerBusy, "restarted"),
        (asyncpg.ConnectionDoesNotExistError("x"), ServerBusy, "cannot be reached"),
        (asyncpg.DeadlockDetectedError("x"), ServerBusy, "try again"),
        (ConnectionRefusedError("x"), ServerBusy, "cannot be reached"),
        (TimeoutError(), ServerBusy, "cannot be reached"),
        (asyncpg.UndefinedTableError("private"), InternalError, "42P01"),
        (asyncpg.DataCorruptedError("private"), InternalError, "damaged data"),
        (asyncpg.CharacterNotInRepertoireError("private"), InvalidRequestBody, "NUL"),
    ],
)
def test_errors_of_the_driver_become_sentences(error: Exception, kind: type, words: str) -> None:
    """Each class of errors has its own sentence, which quotes nothing."""
    translated = translate(error)

    assert type(translated) is kind
    assert words in translated.message
    assert "private" not in translated.message


def test_a_server_that_is_not_there_stops_the_start() -> None:
    """The refusal says so, and gives no password away."""
    with pytest.raises(DatabaseUnusable, match="cannot be reached") as caught:
        PostgresDatabase("postgresql://somebody:secret@127.0.0.1:1/quell", busy_seconds=1)

    assert "secret" not in caught.value.message


def test_a_text_with_nul_is_refused_and_nothing_kept() -> None:
    """PostgreSQL has no such text; the client is told."""
    database = PostgresDatabase(schema_url())
    with database.transaction() as tx:
        tx.execute("create table note (body text)")

    with pytest.raises(InvalidRequestBody, match="NUL"), database.transaction() as tx:
        tx.execute("insert into note (body) values (:body)", {"body": "a\0b"})
    with database.reading() as tx:
        assert tx.fetch_all("select body from note") == []
    database.close()


def test_a_writer_that_waits_too_long_is_server_busy() -> None:
    """One writing transaction at a time in all processes; who waits in vain is told to try again."""
    url = schema_url()
    one, two = PostgresDatabase(url), PostgresDatabase(url, busy_seconds=0.2)

    with one.transaction(), pytest.raises(ServerBusy, match="another process"), two.transaction():
        pass
    one.close()
    two.close()


def test_readers_cannot_write() -> None:
    """A reading transaction refuses to change anything."""
    database = PostgresDatabase(schema_url())

    with pytest.raises(InternalError), database.reading() as tx:
        tx.execute("create table note (body text)")
    database.close()


def test_connections_that_were_cut_are_replaced() -> None:
    """After the server ended every connection, at most the next call fails, with a clear error."""
    database, other = PostgresDatabase(schema_url()), PostgresDatabase(server_url())
    database.ping()
    with other.reading() as tx:
        tx.fetch_all(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name like 'quell %' and pid <> pg_backend_pid()"
        )
    outcomes = []
    for _ in range(2):
        try:
            database.ping()
            outcomes.append("answered")
        except ServerBusy:
            outcomes.append("busy")

    assert outcomes[-1] == "answered"
    database.close()
    other.close()


def test_a_commit_whose_answer_is_lost_is_not_called_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the connection breaks before the answer to a commit nobody knows: the client is told to look."""
    database = PostgresDatabase(schema_url())
    with database.transaction() as tx:
        tx.execute("create table note (body text)")

    def lose(connection: object) -> object:
        execute = type(connection).execute

        async def answered_never(self: object, query: str, *args: object, **options: object) -> object:
            result = await execute(self, query, *args, **options)
            if query == "commit":
                raise ConnectionResetError
            return result

        return answered_never

    def write() -> None:
        with database.transaction() as tx:
            tx.execute("insert into note (body) values ('here')")
            connection = tx._connection._con
            monkeypatch.setattr(type(connection), "execute", lose(connection))

    with pytest.raises(ServerBusy, match="may have been stored or not"):
        write()
    monkeypatch.undo()
    with database.reading() as tx:
        assert tx.fetch_all("select body from note") == [{"body": "here"}]
    database.close()


def test_who_shares_waits_for_no_writer() -> None:
    """A lease is renewed and a count stored while somebody brings in a large list."""
    url = schema_url()
    one, two = PostgresDatabase(url), PostgresDatabase(url, busy_seconds=0.2)
    with one.transaction() as tx:
        tx.execute("create table note (body text)")

    with one.transaction() as tx:
        tx.execute("insert into note (body) values ('long')")
        with two.sharing() as other:
            other.execute("insert into note (body) values ('short')")
        with two.reading() as seen:
            assert seen.fetch_all("select body from note") == [{"body": "short"}]
    one.close()
    two.close()
