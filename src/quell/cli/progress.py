"""The progress bar of long commands, on stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from rich.progress import TaskID

    from quell.sweep.planning import Plan


@contextmanager
def texts_bar() -> Iterator[Callable[[], None]]:
    """Show how many texts are done; gives the function that counts one more."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("texts", total=None)
        yield lambda: bar.advance(task)


@contextmanager
def share_bar(words: str) -> Iterator[Callable[[float], None]]:
    """Show how far something is; gives the function that is told so, from 0 to 1."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=1.0)
        yield lambda share: bar.update(task, completed=share)


class RowsBar:
    """Shows how many rows of a sweep are done."""

    def __init__(self, bar: Progress, task: "TaskID") -> None:
        self._bar = bar
        self._task = task

    def planned(self, plan: "Plan", done: int) -> None:
        """Show the rows of the plan."""
        self._bar.update(self._task, total=plan.rows, completed=done)

    def advance(self, rows: int) -> None:
        """Count more rows."""
        self._bar.advance(self._task, rows)


@contextmanager
def rows_bar() -> Iterator[RowsBar]:
    """Show how many rows of a sweep are done, and how long the rest takes."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield RowsBar(bar, bar.add_task("rows", total=None))
