"""The part of the card about what is hard: harmless kinds, calm text, disguises, long texts."""

from training.harms.tables import Table, number, percent, table

KINDS = {
    "counter_speech": "counter-speech", "quoted": "quoted hate and threats", "reclaimed": "reclaimed words",
    "prevention": "prevention and support", "imperatives": "harmless orders (\"go and lie down\")",
    "taunts": "taunts to self-harm", "slander": "hate against groups",
}  # fmt: skip


def _kinds(metrics: Table) -> list[str]:
    lines = [
        "## Harmless kinds that moderators get wrong", "",
        "Sentences of `training/harms/kinds.toml`, written for this table: no revision trains on them and "
        "nothing is chosen by them. English, then German, Spanish and French together. Every harmless text "
        "that is flagged in any category is a false positive.", "",
    ]  # fmt: skip
    body: dict[str, dict[str, Table]] = {}
    for row in metrics["kinds"]:
        body.setdefault(row["kind"], {})[row["lang"]] = row
    harmless, harmful = [], []
    for kind, cells in body.items():
        english, others = cells["en"], cells.get("others")
        row = [KINDS.get(kind, kind.replace("_", " ")), english["texts"], percent(english["flagged"])]
        if english["harm"]:
            harmful.append([*row, english["harm"]])
            continue
        where = {name: count + (others["categories"][name] if others else 0)
                 for name, count in english["categories"].items()}  # fmt: skip
        row += [others["texts"], percent(others["flagged"])] if others else ["–", "–"]
        harmless.append([*row, ", ".join(f"{name} {count}" for name, count in where.items() if count) or "–"])
    lines += table(("kind", "English", "flagged", "others", "flagged", "flagged as"), harmless)
    lines += ["And harm that must not be lost beside it, found in its category:", ""]
    return [*lines, *table(("kind", "English", "found", "category"), harmful)]


def _long(metrics: Table) -> list[str]:
    lines = [
        "## Long texts",
        "",
        "Share flagged, by the number of windows read. Calm are sources without harm.",
        "",
    ]
    body = [
        [k, *(f"{percent(g['share'])} of {g['rows']}" for g in groups.values())]
        for k, groups in metrics["long"].items()
    ]
    lines += table(("windows", "calm", "other harmless", "harmful (found)"), body)
    lines += [
        "Calm rows joined to one text, half of them English and half of all languages: flagged in any "
        "category, and in each. Long ones hold dozens of rows, and some a row that is flagged by itself, "
        "whatever the length; what length alone adds is the share flagged for a category in which no row is.",
        "",
    ]
    joined = metrics["joined"]
    names = list(next(iter(joined.values()))["categories"])
    body = [
        [
            k,
            number(v["windows"], 1),
            v["rows"],
            percent(v["flagged_alone"]),
            percent(v["flagged"]),
            percent(v["by_length"]),
            *map(percent, v["categories"].values()),
        ]
        for k, v in joined.items()
    ]
    lines += table(
        ("characters", "windows", "rows", "hold one flagged alone", "flagged", "by length alone", *names),
        body,
    )
    lines += ["The same with one harmful row inside: found, of those that are found alone.", ""]
    body = [
        [k, *(f"{percent(p['found'])} of {p['rows']}" for p in v["passages"].values())]
        for k, v in joined.items()
    ]
    lines += table(("characters", *names), body)
    return lines


def _disguises(metrics: Table) -> list[str]:
    kinds = list(next(iter(metrics["robustness"].values())))
    lines = [
        "## Obfuscated positives",
        "",
        "Recall on English positives, clean and changed, read through Quell's normalisation. "
        "Where rows are few, each is changed several times.",
        "",
    ]
    body = [
        [name, r["rows"], *(percent(r[k]) for k in kinds[1:])] for name, r in metrics["robustness"].items()
    ]
    lines += table(("category", "rows", *kinds[1:]), body)
    return lines


def _calm(metrics: Table) -> list[str]:
    lines = [
        "## Calm text of other kinds",
        "",
        "Text of other collections, which nobody judged for harm: their sources are harmless, and rows with "
        "one of a few rough words are left out. The share that is flagged in any category, and in each. Of "
        "some, half of the documents train and a quarter reports; of those that stand apart nothing trains "
        "or calibrates. Film plots and news tell of crimes: some of what is flagged there is so rightly.",
        "",
    ]
    names = list(metrics["categories"])
    body = [
        [source, "apart" if r["apart"] else "half trains since revision 9", r["rows"], percent(r["flagged"])]
        + [percent(r["categories"][name]) for name in names]
        for source, r in metrics["calm"].items()
    ]
    return [*lines, *table(("source", "", "rows", "flagged", *names), body)]


def lines(metrics: Table) -> list[str]:
    """Give the lines of this part."""
    return _kinds(metrics) + _calm(metrics) + _disguises(metrics) + _long(metrics)
