"""A sweep from the first row to the summary; begun again, it goes on where it was ended."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from quell import __version__
from quell.errors import InvalidRequestBody
from quell.sweep.domain import Format, Place, Question, Shard
from quell.sweep.folder import SweepFolder, write_whole
from quell.sweep.planning import Files, Plan, PlanRules, make_plan, read_plan
from quell.sweep.results import Totals, join_shards, note_of
from quell.sweep.snapshot import Version
from quell.sweep.work import Engine, Orders, WorkOpener

SHOWN_ERRORS = 100
"""Faults that a summary shows; `errors.jsonl` has all."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of which source, and what is to be written."""

    source: str
    question: Question
    rules: PlanRules
    every_row: bool = False
    with_text: bool = True


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a sweep cannot know by itself.

    `take` copies what is asked to a path, `models` names the models for rows of a format with their
    revisions, `opener` makes what does shards.
    """

    place: Place
    take: Callable[[Path, bool], tuple[Version, ...]]
    models: Callable[[bool], Mapping[str, str]]
    opener: Callable[[Orders], WorkOpener]


class Progress(Protocol):
    """Hears how a sweep goes on."""

    def planned(self, plan: Plan, done: int) -> None:
        """Hear of the plan, and how many of its rows were done before."""

    def advance(self, rows: int) -> None:
        """Hear that so many more rows are done."""


class Unheard:
    """Hears it and says nothing."""

    def planned(self, plan: Plan, done: int) -> None:
        """Say nothing."""

    def advance(self, rows: int) -> None:
        """Say nothing."""


def run_sweep(
    folder: SweepFolder,
    request: Request,
    around: Surroundings,
    engine: Engine,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Sweep into a folder and return the summary; raises QuellError, what is done is then kept."""
    check_question(request.question)
    with folder.held():
        manifest = _begun(folder, request, around)
        if not folder.summary.exists():
            _do_shards(folder, request, around, manifest, engine=engine, progress=progress or Unheard())
            if stamp_of(around.place, request.rules) != manifest["stamp"]:
                raise _changed()
            _finish(folder, request, manifest)
        folder.tidy()
    summary: dict[str, Any] = json.loads(folder.summary.read_text("utf-8"))
    return summary


def check_question(question: Question) -> None:
    """Refuse a sweep that asks nothing."""
    if question.empty:
        raise InvalidRequestBody(
            "Nothing is asked: name incidents, image incidents, blocklists, categories or reviewers."
        )


def check_format(question: Question, format_: Format) -> None:
    """Refuse to ask of pictures what only texts can be asked, and the other way round."""
    if format_ == "images" and question.of_texts_alone:
        raise InvalidRequestBody("Incidents of texts, blocklists and reviewers cannot be asked of pictures.")
    if format_ != "images" and question.image_incidents:
        raise InvalidRequestBody("Image incidents can be asked of a folder of pictures only.")


def _begun(folder: SweepFolder, request: Request, around: Surroundings) -> dict[str, Any]:
    """Return the manifest: of this run, or of the earlier one that this one continues."""
    identity = _identity(request)
    manifest = folder.manifest()
    if manifest is None:
        return _begin(folder, request, around, identity)
    if manifest["request"] != identity:
        other = next((key for key in identity if manifest["request"].get(key) != identity[key]), "request")
        raise InvalidRequestBody(
            f"The folder {folder.path} holds a sweep with another {other}; name another folder."
        )
    if folder.summary.exists():
        return manifest
    models = dict(around.models(manifest["input"]["format"] == "images"))
    if manifest["models"] != models or manifest["quell"] != __version__:
        raise InvalidRequestBody(
            f"The sweep in {folder.path} was begun with other models or another version of Quell; "
            "name another folder."
        )
    stamp = stamp_of(around.place, request.rules)
    if stamp != manifest["stamp"]:
        # Touched, and perhaps nothing more: only what was read of it tells.
        again = make_plan(around.place, request.rules, folder.path / "plan.check")
        if asdict(again) != manifest["input"]:
            raise _changed()
        manifest["stamp"] = stamp
        folder.note(manifest)
    return manifest


def _begin(
    folder: SweepFolder, request: Request, around: Surroundings, identity: Mapping[str, Any]
) -> dict[str, Any]:
    folder.start_afresh()
    stamp = stamp_of(around.place, request.rules)
    plan = make_plan(around.place, request.rules, folder.plan)
    check_format(request.question, plan.format)
    images = plan.format == "images"
    versions = around.take(folder.snapshot, images)
    manifest = {
        "quell": __version__,
        "request": identity,
        "input": asdict(plan),
        "stamp": stamp,
        "asked": [asdict(version) for version in versions],
        "models": dict(around.models(images)),
    }
    folder.note(manifest)
    return manifest


def _identity(request: Request) -> dict[str, Any]:
    rules = request.rules
    members = {
        "source": request.source,
        "question": asdict(request.question),
        "columns": asdict(rules.columns),
        "format": rules.format,
        "shardRows": rules.shard_rows,
        "everyRow": request.every_row,
        "withText": request.with_text,
    }
    # As it is read from the file again: tuples are lists there.
    found: dict[str, Any] = json.loads(json.dumps(members))
    return found


def stamp_of(place: Place, rules: PlanRules) -> str:
    """Return what changes whenever a file of the input was touched."""
    digest = hashlib.sha256()
    for file in Files(place, rules.format):
        digest.update(json.dumps([file.name, file.size, file.version]).encode())
    return digest.hexdigest()


def _changed() -> InvalidRequestBody:
    return InvalidRequestBody(
        "The source has changed since the sweep began; sweep it into another folder.", target="source"
    )


def _do_shards(
    folder: SweepFolder,
    request: Request,
    around: Surroundings,
    manifest: Mapping[str, Any],
    *,
    engine: Engine,
    progress: Progress,
) -> None:
    plan = Plan(**manifest["input"])
    orders = Orders(
        request.source,
        request.question,
        request.rules.columns,
        plan.format == "images",
        request.every_row,
        request.with_text,
    )
    done, rows = folder.done(), {}
    progress.planned(plan, sum(shard.rows for shard in read_plan(folder.plan) if shard.number in done))

    def left() -> Iterator[Shard]:
        for shard in read_plan(folder.plan):
            if shard.number not in done:
                rows[shard.number] = shard.rows
                yield shard

    if len(done) == plan.shards:
        return
    with closing(engine.run(around.opener(orders), folder.snapshot, left())) as results:  # type: ignore[type-var]  # an engine's iterator is a generator
        for number, content in results:
            folder.keep(number, content)
            progress.advance(rows.pop(number))


def _finish(folder: SweepFolder, request: Request, manifest: Mapping[str, Any]) -> None:
    plan, totals = Plan(**manifest["input"]), Totals()
    draft = folder.results.with_name(".results.parquet")
    with folder.errors.open("w", encoding="utf-8", newline="\n") as errors:

        def shards() -> Iterator[Path]:
            for number in range(plan.shards):
                path = folder.shard(number)
                note = note_of(path)
                totals.add(note, SHOWN_ERRORS)
                errors.writelines(json.dumps(fault, ensure_ascii=False) + "\n" for fault in note["faults"])
                yield path

        join_shards(shards(), draft, every_row=request.every_row)
    draft.replace(folder.results)
    summary = {
        "source": request.source,
        "input": manifest["input"],
        "asked": manifest["asked"],
        "models": manifest["models"],
        "quell": manifest["quell"],
        "rows": totals.rows,
        "rowsWithHits": totals.hit_rows,
        "errors": totals.faults,
        "hits": hit_counts(totals),
        "firstErrors": totals.first_faults,
    }
    write_whole(folder.summary, (json.dumps(summary, indent=2, ensure_ascii=False) + "\n").encode())


def hit_counts(totals: Totals) -> list[dict[str, Any]]:
    """Return how many hits each thing had, by its label or severity where it has one."""
    return [
        {"kind": kind, "name": name, **({"label": label} if label else {}), "hits": count}
        for (kind, name, label), count in sorted(totals.counts.items())
    ]
