"""A change and its entry are one transaction."""

import pytest

from quell.audit.acting import acting, name_resource, present_act
from quell.audit.assembly import Audit
from quell.audit.domain import DAY, Act, Entry, Span
from quell.database.base import Database
from quell.errors import ResourceNotFound
from tests.doubles import StepClock


def act(resource: str = "text/incidents/a", actor: str = "desk", status: int = 200) -> Act:
    """Return a change that somebody asked for."""
    return Act(actor, "TextIncidents_DeleteIncident", resource, "request-1", status)


def note(database: Database, body: str) -> None:
    """Make a change."""
    with database.transaction() as tx:
        tx.execute("insert into note (body) values (:body)", {"body": body})


def undone(database: Database) -> None:
    """Make a change and refuse it in the same transaction."""
    with database.transaction() as tx:
        tx.execute("insert into note (body) values ('x')")
        raise ResourceNotFound


def entries(audit: Audit) -> list[Entry]:
    """Return all entries, the oldest first."""
    return list(audit.log.export(Span()))


def notes(database: Database) -> int:
    """Return how many changes were made."""
    with database.reading() as tx:
        row = tx.fetch_one("select count(*) as count from note")
    return int(row["count"]) if row else 0


def test_a_change_and_its_entry_are_there_together(audit: Audit) -> None:
    """What was changed by whom stands in the log once the transaction is committed."""
    with acting(act()):
        note(audit.database, "x")

    (entry,) = entries(audit)
    assert (entry.seq, entry.actor, entry.operation) == (1, "desk", "TextIncidents_DeleteIncident")
    assert (entry.resource, entry.status, entry.request_id) == ("text/incidents/a", 200, "request-1")
    assert entry.at > 0


def test_a_change_that_is_undone_has_no_entry(audit: Audit, plain: Database) -> None:
    """A refusal inside the transaction takes the entry back with everything else."""
    with pytest.raises(ResourceNotFound), acting(act()):
        undone(audit.database)

    assert (entries(audit), notes(plain)) == ([], 0)


def test_a_change_whose_entry_cannot_be_written_is_not_made(
    audit: Audit, plain: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing changes without a trace."""

    def fail(*_: object) -> int:
        raise LookupError

    monkeypatch.setattr("quell.audit.store.AuditStore.add", fail)
    with pytest.raises(LookupError), acting(act()):
        note(audit.database, "x")

    assert notes(plain) == 0


def test_several_transactions_of_one_change_are_one_entry(audit: Audit) -> None:
    """The first that is committed has it; one that was undone before does not count."""
    with acting(act()):
        with pytest.raises(ResourceNotFound):
            undone(audit.database)
        note(audit.database, "x")
        note(audit.database, "y")

    assert len(entries(audit)) == 1


def test_what_belongs_to_no_change_is_not_logged(audit: Audit, plain: Database) -> None:
    """Counts, jobs and caches are written as ever."""
    note(audit.database, "x")

    assert (entries(audit), notes(plain), present_act()) == ([], 1, None)


def test_a_change_may_name_what_it_changes(audit: Audit) -> None:
    """An import knows the name from its file; outside a change the call means nothing."""
    name_resource("nowhere")
    with acting(act("text/incidents")):
        name_resource("text/incidents/from file\n")
        note(audit.database, "x")

    assert entries(audit)[0].resource == "text/incidents/from%20file%0A"


def test_an_entry_is_corrected_and_a_refusal_written(audit: Audit) -> None:
    """How it ended is noted after the fact where it was not as expected."""
    with acting(act()) as made:
        note(audit.database, "x")
    audit.log.correct(made, 201)
    audit.log.refused(act(status=403))

    assert [entry.status for entry in entries(audit)] == [201, 403]


def test_old_entries_are_forgotten(audit: Audit, clock: StepClock) -> None:
    """After thirty days, as it was asked for; the number goes on."""
    with acting(act()):
        note(audit.database, "x")
    clock.now += 31 * DAY
    with acting(act("text/incidents/b")):
        note(audit.database, "y")

    assert [(entry.seq, entry.resource) for entry in entries(audit)] == [(2, "text/incidents/b")]


def test_the_log_is_bounded_and_refusals_push_nothing_out(
    audit: Audit, clock: StepClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the refusals only the newest stay; what was done stays up to the most there may be."""
    monkeypatch.setattr("quell.audit.store.MOST_REFUSALS", 2)
    with acting(act("kept")):
        note(audit.database, "x")
    for number in range(6):
        audit.log.refused(act(f"refused{number}", status=403))
    clock.now += DAY
    with acting(act("late")):
        note(audit.database, "y")
    assert [entry.resource for entry in entries(audit)] == ["kept", "refused4", "refused5", "late"]

    monkeypatch.setattr("quell.audit.store.MOST_ENTRIES", 2)
    clock.now += DAY
    with acting(act("last")):
        note(audit.database, "z")
    for number in range(6, 12):
        audit.log.refused(act(f"refused{number}", status=403))
    clock.now += DAY
    with acting(act("newest")):
        note(audit.database, "z")
    assert [entry.resource for entry in entries(audit)] == ["last", "refused10", "refused11", "newest"]
