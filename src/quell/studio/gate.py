"""The browser app in front of the edge: pages, sign-in, and the way of a page's calls to the API.

The API's own door stays as it is: it never looks at a cookie. A call of a page comes below `/studio/api/`
with the session's cookie and the session's token in a header, and only then goes on to that door, without its
cookies and with the key that the session signed in with: what this key may not do, its pages may not.
"""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from quell.errors import QuellError
from quell.http.auth import KEY_HEADER, Authenticator
from quell.studio.assets import load_assets, modules
from quell.studio.pages import PAGES, ROOT, plain, shell, sign_in, themed
from quell.studio.sessions import Session, Sessions, fresh

COOKIE = "quell_studio"
THEME = "quell_theme"
TOKEN_HEADER = "X-Quell-CSRF"  # noqa: S105 - the name of a header
FORM_BYTES = 4_096
_KEY = KEY_HEADER.lower().encode()
_OWN = frozenset({b"cookie", b"authorization", _KEY, TOKEN_HEADER.lower().encode()})
"""Headers of a page's call that are not for the edge: who asks is what the session says."""
_API = f"{ROOT}/api/"
_STATIC = f"{ROOT}/static/"

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
    "blob: data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with "no-referrer" forms would come from the origin "null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Studio:
    """Answers below `/studio` and hands everything else to the edge untouched."""

    def __init__(self, edge: ASGIApp, authenticator: Authenticator, sessions: Sessions) -> None:
        self._edge = edge
        self._authenticator = authenticator
        self._open = authenticator.accepts(Headers({}))
        self._sessions = sessions
        self._assets = load_assets()
        self._modules = {page.name: modules(self._assets, f"{page.module}.js") for page in PAGES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path == ROOT or path.startswith(f"{ROOT}/")):
            await self._edge(scope, receive, send)
        elif path.startswith(_API):
            await self._call(scope, receive, send)
        else:
            request = Request(scope, receive)
            try:
                answer = await self._answer(request, path)
            except QuellError as error:  # the database has no time just now
                answer = HTMLResponse(plain("Not now", error.message), error.status)
            answer.headers.update(_HEADERS)
            if not path.startswith(_STATIC):
                answer.headers["Cache-Control"] = "no-store"
            await answer(scope, receive, send)

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            session = await self._session(headers)
        except QuellError as error:
            await _refusal(error.status, error.code, error.message)(scope, receive, send)
            return
        if session is None:
            await _refusal(401, "SignedOut", "The session has ended; sign in again.")(scope, receive, send)
            return
        if not session.admits(headers.get(TOKEN_HEADER, "")) or _foreign(headers):
            await _refusal(403, "Forbidden", "The call does not come from a page of the Studio.")(
                scope, receive, send
            )
            return
        # In place: the log around the server finds the operation in this scope.
        scope["path"] = scope["path"][len(_API) - 1 :]
        if scope.get("raw_path"):
            scope["raw_path"] = scope["raw_path"][len(_API) - 1 :]
        scope["headers"] = [one for one in scope["headers"] if one[0] not in _OWN] + _with(session.key).raw
        await self._edge(scope, receive, send)

    async def _answer(self, request: Request, path: str) -> Response:
        if path.startswith(_STATIC):
            asset = self._assets.get(path[len(_STATIC) :])
            found = asset is not None and request.method in {"GET", "HEAD"}
            return asset.answer(request) if asset and found else _missing()
        if request.method == "POST":
            return await self._post(request, path)
        if request.method not in {"GET", "HEAD"}:
            return _missing()
        return await self._page(request, path)

    async def _page(self, request: Request, path: str) -> Response:
        name = path[len(ROOT) :].strip("/")
        if path == ROOT:
            return RedirectResponse(f"{ROOT}/", 307)
        page = next((one for one in PAGES if one.name == name), None)
        if name == "sign-in":
            document = sign_in(next_page=_local(request.query_params.get("next", "")))
            return HTMLResponse(themed(document, _cookie(request.headers, THEME)))
        if page is None and name:
            return _missing()
        session, identity = await self._session(request.headers), ""
        if session is None and self._open:
            identity = fresh()
            session = Session.of(identity)
        if session is None:
            after = f"{ROOT}/{name}" + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"{ROOT}/sign-in?next={quote(after, safe='')}", 303)
        document = shell(page, session.csrf, self._modules.get(name, ()), signed_in=not self._open)
        answer = HTMLResponse(themed(document, _cookie(request.headers, THEME)))
        if identity:
            _set_cookie(answer, request, identity)
        return answer

    async def _post(self, request: Request, path: str) -> Response:
        if _foreign(request.headers):
            return HTMLResponse(plain("Refused", "The form does not come from the Studio."), 403)
        form = await _form(request)
        if form is None:
            return HTMLResponse(plain("Refused", "The form is too long."), 413)
        if path == f"{ROOT}/sign-in":
            return await self._sign_in(request, form)
        session = await self._session(request.headers)
        if path == f"{ROOT}/sign-out":
            if session is None or not session.admits(form.get("csrf", "")):
                return HTMLResponse(plain("Refused", "The form does not come from the Studio."), 403)
            await run_in_threadpool(self._sessions.end, _identity(request.headers))
            answer = RedirectResponse(f"{ROOT}/sign-in", 303)
            answer.delete_cookie(COOKIE, path=ROOT, httponly=True, samesite="strict")
            return answer
        return _missing()

    async def _sign_in(self, request: Request, form: dict[str, str]) -> Response:
        after = _local(form.get("next", ""))
        key = form.get("key", "").strip().encode("latin-1", "replace").decode("latin-1")
        if not self._authenticator.accepts(_with(key), request.client.host if request.client else ""):
            return HTMLResponse(sign_in(next_page=after, refused=True), 401)
        if self._open:
            return RedirectResponse(after, 303)
        identity = await run_in_threadpool(self._sessions.begin, key, _identity(request.headers))
        answer = RedirectResponse(after, 303)
        _set_cookie(answer, request, identity)
        return answer

    async def _session(self, headers: Headers) -> Session | None:
        """Return the session of a request, unless its key was taken back since."""
        identity = _identity(headers)
        if self._open:
            return Session.of(identity) if identity else None
        session = await run_in_threadpool(self._sessions.find, identity)
        return session if session and self._authenticator.accepts(_with(session.key)) else None


def _with(key: str) -> Headers:
    return Headers(raw=[(_KEY, key.encode("latin-1", "replace"))] if key else [])


def _identity(headers: Headers) -> str:
    return _cookie(headers, COOKIE)


def _cookie(headers: Headers, name: str) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _set_cookie(answer: Response, request: Request, identity: str) -> None:
    answer.set_cookie(
        COOKIE,
        identity,
        path=ROOT,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def _foreign(headers: Headers) -> bool:
    """Whether a browser says that a request that changes something comes from another origin."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")


def _local(path: str) -> str:
    # Only a page of the Studio: an address from a query must not lead elsewhere.
    sound = path.startswith(f"{ROOT}/") and not any(char in path for char in "\\\r\n") and "//" not in path
    return path if sound else f"{ROOT}/"


async def _form(request: Request) -> dict[str, str] | None:
    """Return the fields of a form, None when it is longer than a form here can be."""
    body = b""
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > FORM_BYTES:
                return None
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    except (ClientDisconnect, ValueError):
        return None
    return {name: values[0] for name, values in fields.items()}


def _missing() -> Response:
    return HTMLResponse(plain("Not here", "There is no such page in the Studio."), 404)


def _refusal(status: int, code: str, sentence: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": sentence}}, status, dict(_HEADERS))
