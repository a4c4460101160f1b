"""The door of the Studio: sessions, tokens, and that the API's own door stays as it is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from quell.database.base import Database
from quell.database.migrate import migrate
from quell.database.opening import open_database
from quell.errors import ServerBusy
from quell.http.auth import KEY_HEADER, Authenticator, NoAuthentication, SubscriptionKeys
from quell.studio.gate import COOKIE, TOKEN_HEADER, Studio
from quell.studio.sessions import Session, Sessions
from tests.databases import database_url
from tests.doubles import StepClock

KEY = "0123456789abcdef0123456789abcdef"
BASE = "http://safety.example.org"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Return a database with the newest schema."""
    opened = open_database(tmp_path, database_url(tmp_path), durability="normal")
    migrate(opened)
    yield opened
    opened.close()


def echo() -> ASGIApp:
    """Return an app that says what a request carried."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await receive()
            await send({"type": f"{scope['type']}.startup.complete"})
            await receive()
            await send({"type": f"{scope['type']}.shutdown.complete"})
            return
        request = Request(scope, receive)
        told = {"path": scope["path"], "raw": scope["raw_path"].decode()}
        carried = {name: request.headers.getlist(name) for name in ("cookie", "authorization", KEY_HEADER)}
        await JSONResponse({**told, **carried})(scope, receive, send)

    return answer


def studio(database: Database, authenticator: Authenticator) -> TestClient:
    """Return a browser without cookies before a Studio."""
    app = Studio(echo(), authenticator, Sessions(database, StepClock()))
    return TestClient(app, base_url=BASE, follow_redirects=False)


@pytest.fixture
def browser(database: Database) -> Iterator[TestClient]:
    """Return a browser before a Studio that asks for a key."""
    with studio(database, SubscriptionKeys([KEY])) as client:
        yield client


def sign_in(browser: TestClient, **headers: str) -> str:
    """Sign in; return the token of the page."""
    answer = browser.post("/studio/sign-in", data={"key": KEY, "next": "/studio/incidents"}, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/studio/incidents")
    return token_of(browser)


def token_of(browser: TestClient) -> str:
    """Return the token that a page carries."""
    page = browser.get("/studio/incidents").text
    return page.split('name="csrf-token" content="')[1].split('"')[0]


def test_a_page_asks_for_a_key_and_then_comes_back(browser: TestClient) -> None:
    """Who is not signed in is led to the sign-in page, which leads back."""
    answer = browser.get("/studio/incidents?new")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/studio/sign-in?next=%2Fstudio%2Fincidents%3Fnew"


def test_the_cookie_is_out_of_reach(browser: TestClient) -> None:
    """Scripts cannot read it, other sites cannot send it, the API does not get it."""
    answer = browser.post("/studio/sign-in", data={"key": KEY})

    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/studio" in cookie
    assert KEY not in str(answer.headers)


def test_a_wrong_key_is_refused_without_a_session(browser: TestClient) -> None:
    """The answer is 401 and sets no cookie, and does not repeat the key."""
    answer = browser.post("/studio/sign-in", data={"key": "wrong-secret"})

    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "wrong-secret" not in answer.text


def test_calls_need_the_session_and_its_token(browser: TestClient) -> None:
    """Without the cookie 401, without the token or with another one 403, reads included."""
    path = "/studio/api/contentsafety/text/incidents"
    assert browser.get(path).status_code == 401
    token = sign_in(browser)

    refused = [browser.get(path, headers=headers).status_code for headers in ({}, {TOKEN_HEADER: "x"})]
    forged = {KEY_HEADER: "another", "Authorization": "Bearer another"}
    accepted = browser.delete(f"{path}/a%2Fb", headers={TOKEN_HEADER: token, **forged})

    assert refused == [403, 403]
    assert accepted.json() == {
        "path": "/contentsafety/text/incidents/a/b",
        "raw": "/contentsafety/text/incidents/a%2Fb",
        "cookie": [],
        "authorization": [],
        KEY_HEADER: [KEY],
    }


def test_calls_of_other_origins_are_refused(browser: TestClient) -> None:
    """Even with the token, a request that a browser marks as foreign goes no further."""
    token = sign_in(browser)

    foreign = [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
    answers = [
        browser.post("/studio/api/quell/x", headers={TOKEN_HEADER: token, **one}).status_code
        for one in foreign
    ]

    assert answers == [403, 403, 403]


def test_a_foreign_form_cannot_sign_anyone_in_or_out(browser: TestClient) -> None:
    """Forms from elsewhere are refused; signing out also needs the token."""
    token = sign_in(browser)
    evil = {"Origin": "https://evil.example"}

    assert browser.post("/studio/sign-in", data={"key": KEY}, headers=evil).status_code == 403
    assert browser.post("/studio/sign-out", data={"csrf": token}, headers=evil).status_code == 403
    assert browser.post("/studio/sign-out", data={"csrf": "x"}).status_code == 403
    assert browser.post("/studio/sign-out", data={"csrf": token}).status_code == 303
    assert browser.get("/studio/incidents").status_code == 303


def test_an_id_that_was_planted_is_not_taken_on(browser: TestClient) -> None:
    """Session fixation: signing in gives a new id and the old one, given or planted, opens nothing."""
    browser.cookies.set(COOKIE, "planted", domain="safety.example.org", path="/studio")
    sign_in(browser)
    first = browser.cookies[COOKIE]
    sign_in(browser)
    second = browser.cookies[COOKIE]

    opened = []
    for identity in ("planted", first, second):
        browser.cookies.clear()
        browser.cookies.set(COOKIE, identity, domain="safety.example.org", path="/studio")
        opened.append(browser.get("/studio/incidents").status_code)
    assert opened == [303, 303, 200]


def test_the_public_door_never_looks_at_the_session(browser: TestClient) -> None:
    """A signed-in browser that calls the API directly comes to the door that asks for a key."""
    token = sign_in(browser)

    answer = browser.get("/contentsafety/text/incidents", headers={TOKEN_HEADER: token})
    near = browser.get("/studiox/api/quell")

    assert (answer.json()["path"], answer.json()[KEY_HEADER]) == ("/contentsafety/text/incidents", [])
    assert near.json()["path"] == "/studiox/api/quell"


def test_an_open_server_needs_no_sign_in_but_the_token(database: Database) -> None:
    """Where the server answers everyone, a page makes the session by itself, and nothing is written."""
    with studio(database, NoAuthentication()) as browser:
        before = database.marker()
        token = token_of(browser)

        assert browser.get("/studio/api/quell/x", headers={TOKEN_HEADER: token}).json()[KEY_HEADER] == []
        assert database.marker() == before
        assert browser.get("/studio/api/quell/x").status_code == 403
        assert "Sign out" not in browser.get("/studio/").text


def test_the_way_back_leads_only_into_the_studio(browser: TestClient) -> None:
    """An address from elsewhere is not followed after signing in."""
    for evil in ("https://evil.example", "//evil.example", "/studio//evil.example", "/studio/\\evil", "/x"):
        answer = browser.post("/studio/sign-in", data={"key": KEY, "next": evil})

        assert answer.headers["location"] == "/studio/"


def test_what_comes_in_an_address_is_not_markup(browser: TestClient) -> None:
    """A script in the query stays text in the sign-in page."""
    answer = browser.get("/studio/sign-in", params={"next": '/studio/"><script>alert(1)</script>'})

    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_every_page_has_the_policy(browser: TestClient) -> None:
    """Pages, files and refusals say that only this server's own scripts and styles count."""
    for path in ("/studio/sign-in", "/studio/static/studio.css", "/studio/nowhere", "/studio/api/quell/x"):
        policy = browser.get(path).headers["content-security-policy"]

        assert "script-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy


def test_files_are_found_by_their_whole_name_only(browser: TestClient) -> None:
    """No path leads out of the folder; a known version is not sent twice."""
    found = browser.get("/studio/static/studio.js")
    again = browser.get("/studio/static/studio.js", headers={"If-None-Match": found.headers["etag"]})

    assert (found.status_code, again.status_code) == (200, 304)
    for path in ("../gate.py", "%2e%2e/gate.py", "", "x.js"):
        assert browser.get(f"/studio/static/{path}").status_code == 404


def test_a_page_names_every_module_that_it_needs(browser: TestClient) -> None:
    """Those that its module imports, and what these import, each once and each there."""
    sign_in(browser)
    page = browser.get("/studio/incidents").text
    named = re.findall(r'modulepreload" href="(/studio/static/[a-z_]+\.js)"', page)

    assert named[0] == "/studio/static/incidents.js"
    assert "/studio/static/tables.js" in named  # which only a module of a module asks for
    assert len(named) == len(set(named))
    assert {browser.get(path).status_code for path in named} == {200}


@pytest.mark.parametrize(
    ("chosen", "tag"), [("dark", '<html data-theme="dark" lang'), ("evil><script>", "<html lang")]
)
def test_the_theme_is_in_the_page_from_the_first_paint_on(browser: TestClient, chosen: str, tag: str) -> None:
    """A theme that was chosen is written into the page; anything else that a cookie says is not."""
    sign_in(browser)
    browser.cookies.set("quell_theme", chosen, domain="safety.example.org", path="/studio")

    assert tag in browser.get("/studio/incidents").text
    assert tag in browser.get("/studio/sign-in").text


def test_a_form_is_bounded(browser: TestClient) -> None:
    """A sign-in form is a few hundred bytes; megabytes are refused."""
    assert browser.post("/studio/sign-in", data={"key": "x" * 5_000}).status_code == 413


def test_other_methods_find_nothing(browser: TestClient) -> None:
    """Nothing is there to put or delete."""
    assert browser.put("/studio/incidents").status_code == 404
    assert browser.post("/studio/incidents").status_code == 404


def test_any_server_over_the_database_knows_the_session(browser: TestClient, database: Database) -> None:
    """Signed in at one, a browser is at the others, and after a restart; signing out ends it everywhere."""
    token = sign_in(browser)
    with studio(database, SubscriptionKeys([KEY])) as other:
        other.cookies = browser.cookies
        there = other.get("/studio/api/quell/x", headers={TOKEN_HEADER: token})
        assert there.json()[KEY_HEADER] == [KEY]
        other.post("/studio/sign-out", data={"csrf": token})

    assert browser.get("/studio/api/quell/x", headers={TOKEN_HEADER: token}).status_code == 401


def test_a_session_ends_with_its_key(browser: TestClient, database: Database) -> None:
    """A key that the server has no more opens nothing, although the session has time left."""
    token = sign_in(browser)
    with studio(database, SubscriptionKeys(["f" * 32])) as later:
        later.cookies = browser.cookies

        assert later.get("/studio/api/quell/x", headers={TOKEN_HEADER: token}).status_code == 401
        assert later.get("/studio/incidents").status_code == 303


def test_a_database_that_is_busy_is_told_in_a_sentence() -> None:
    """Neither a page nor a call fails without a word."""
    client = TestClient(Studio(echo(), SubscriptionKeys([KEY]), Busy()), base_url=BASE)  # type: ignore[arg-type]  # what is asked of sessions
    client.cookies.set(COOKIE, "anything")
    page, call = client.get("/studio/incidents"), client.get("/studio/api/quell/x")

    assert (page.status_code, call.status_code) == (503, 503)
    assert "unable to answer" in page.text
    assert call.json()["error"]["code"] == "ServerBusy"


class Busy:
    """Sessions in a database that has no time."""

    def find(self, identity: str) -> Session | None:
        """Refuse."""
        raise ServerBusy
