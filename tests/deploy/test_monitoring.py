"""The dashboard and the alerts ask only for what a server really exports."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.deploy.conftest import ROOT
from tests.wire.app import PREVIEW, add_incident, add_list, call, wired

DASHBOARD = ROOT / "deploy" / "grafana" / "quell.json"
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
FROM_PROMETHEUS = {"up"}
ADDED = {"job", "instance", "le"}
"""Labels that Prometheus adds, and the one of histograms."""
SUFFIXES = {
    "counter": ("_total",),
    "histogram": ("_bucket", "_sum", "_count"),
    "gauge": ("",),
    "info": ("_info",),
}
LABELS = {
    "quell_requests_refused_total": {"status", "reason"},
    "quell_incident_hits_total": {"medium"},
    "quell_jobs": {"kind", "state"},
    "quell_job_oldest_seconds": {"kind", "state"},
}
"""Labels of what the traffic of this test does not make."""


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return the names of all series that a server exports, each with its labels."""
    with wired(tmp_path_factory.mktemp("data")) as client:
        add_incident(client, "scam", "pay the fee")
        add_list(client, "brands", "zebracorn")
        body = {
            "text": "pay the fee, zebracorn, with a shove",
            "blocklistNames": ["brands"],
            "incidents": {"incidentNames": ["scam"]},
        }
        assert call(client, "POST", "/contentsafety/text:analyze", body, PREVIEW).status_code == 200
        page = client.get("/metrics").text
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(page):
        for suffix in SUFFIXES.get(family.type, ("",)):
            name = family.name if family.name.endswith(suffix) else family.name + suffix
            found[name] = set(LABELS.get(name, ()))
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def dashboard() -> dict[str, Any]:
    """Return the dashboard."""
    loaded: dict[str, Any] = json.loads(DASHBOARD.read_text())
    return loaded


def alerts() -> list[dict[str, Any]]:
    """Return the rules."""
    (group,) = yaml.safe_load(ALERTS.read_text())["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


def queries() -> list[str]:
    """Return every query of the dashboard, with its variables filled in, and of the alerts."""
    panels = [target["expr"] for panel in dashboard()["panels"] for target in panel.get("targets", ())]
    filled = [
        query.replace("$__rate_interval", "5m").replace("$job", "x").replace("$instance", "x")
        for query in panels
    ]
    return [*filled, *(rule["expr"] for rule in alerts())]


def parts(expression: object) -> Iterator[Any]:
    """Yield an expression and all that it is made of."""
    yield expression
    for name in ("lhs", "rhs", "expr", "vector_selector", "param"):
        inner = getattr(expression, name, None)
        if inner is not None:
            yield from parts(inner)
    for argument in getattr(expression, "args", None) or ():
        yield from parts(argument)


def selected(query: str) -> list[tuple[str, set[str]]]:
    """Return what a query selects: the metric, and the labels by which it chooses."""
    return [
        (part.name, {one.name for one in part.matchers.matchers})
        for part in parts(promql_parser.parse(query))
        if isinstance(part, promql_parser.VectorSelector)
    ]


def test_every_metric_that_is_asked_for_is_exported(exported: dict[str, set[str]]) -> None:
    """By its full name, and chosen by labels that it has."""
    asked = [pair for query in queries() for pair in selected(query)]

    assert len(asked) > 50
    for name, labels in asked:
        assert name in exported or name in FROM_PROMETHEUS, name
        assert labels <= exported.get(name, set()) | ADDED, (name, labels)


def test_every_grouping_is_by_labels_that_are_there(exported: dict[str, set[str]]) -> None:
    """A sum by a label that does not exist is one row without a name."""
    for query in queries():
        for part in parts(promql_parser.parse(query)):
            if isinstance(part, promql_parser.AggregateExpr) and part.modifier is not None:
                known = ADDED.union(*(exported.get(name, set()) for name, _ in selected_in(part)))
                assert set(part.modifier.labels) <= known, query


def selected_in(expression: object) -> list[tuple[str, set[str]]]:
    """Return what a part of a query selects."""
    return [
        (part.name, set()) for part in parts(expression) if isinstance(part, promql_parser.VectorSelector)
    ]


def test_the_dashboard_leaves_nothing_of_ours_out(exported: dict[str, set[str]]) -> None:
    """Each family of Quell's own metrics is on a panel or in an alert, but for two bounds of pools."""
    asked = {name for query in queries() for name, _ in selected(query)}
    families = {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in asked}
    own = {
        name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count")
        for name in exported
        if name.startswith("quell_")
    }

    assert own - families == {"quell_index_version", "quell_change_sequence"}


def test_panels_do_not_overlap_and_say_what_they_show() -> None:
    """In a grid of 24 columns, each with a title and a number of its own."""
    cells: set[tuple[int, int]] = set()
    panels = dashboard()["panels"]
    for panel in panels:
        place = panel["gridPos"]
        taken = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        assert panel["title"]
        cells |= taken
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_every_alert_says_what_to_do_and_is_not_nervous() -> None:
    """Each lasts for a while, has a severity, and a sentence of what happened and what it means."""
    for rule in alerts():
        assert rule["for"], rule["alert"]
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["description"].endswith(".")


def test_the_scrape_configuration_names_the_rules_that_are_there() -> None:
    """Beside the alerts, with the key from a file."""
    path = Path(ROOT / "deploy" / "prometheus" / "prometheus.yml")
    loaded = yaml.safe_load(path.read_text())
    (job,) = loaded["scrape_configs"]

    assert [(path.parent / name).is_file() for name in loaded["rule_files"]] == [True]
    assert job["job_name"] == "quell"
    assert job["authorization"] == {"credentials_file": "/run/secrets/quell_keys"}
