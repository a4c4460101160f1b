"""A Quell of the next version: one step that adds, one that takes away, and nothing else that is new."""

import sys

from quell.database import migrate

_newest = migrate.shipped()[-1].version
STEPS = [
    *migrate.shipped(),
    migrate.Migration(
        _newest + 1,
        f"{_newest + 1:04}_added.sql",
        "alter table incident add column colour text not null default 'grey';\n"
        "alter table incident_sample add column origin text;\n"
        "create table added (id bigint primary key);\n",
    ),
    migrate.Migration(_newest + 2, f"{_newest + 2:04}_removed.post.sql", "drop index operation_updated;\n"),
]


def main() -> None:
    """Run a command of it."""
    migrate.shipped = lambda: STEPS  # type: ignore[assignment]  # before anything else has taken it
    from quell.cli import main as run  # noqa: PLC0415 - see above

    run()


if __name__ == "__main__":
    sys.path.insert(0, "")
    main()
