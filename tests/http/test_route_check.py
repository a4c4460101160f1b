"""The table of operations and the routes of an app, side by side."""

from fastapi import FastAPI
from tests.http.toy import toy_routes

from quell.http.operations import load_operations
from quell.http.route_check import table_and_app_differ


def test_a_route_that_only_one_side_has_is_found() -> None:
    """A served operation without a route and a route without a row are both named."""
    app = FastAPI()
    app.include_router(toy_routes())
    app.get("/quell/unknown/{thing}")(lambda: None)

    differences = table_and_app_differ(app, load_operations())

    assert "POST /contentsafety/text:detectIncidents" in differences
    assert "GET /quell/unknown/{}" in differences
    assert "PATCH /contentsafety/text/incidents/{}" not in differences
