"""The shell around every page, made on the server; what a page shows is built by its module."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

ROOT = "/studio"

THEMES = ("light", "dark")
"""What can be chosen in place of the theme of the system."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its address below the root, its module, and what it is for."""

    name: str
    title: str
    module: str
    purpose: str


PAGES = (
    Page("text", "Moderate text", "text", "Severities by category, what matched and why, the call as code."),
    Page("image", "Moderate image", "image", "An image, alone or with the text beside it."),
    Page(
        "batch", "Batch", "batch", "Up to 10,000 texts from a file, with precision and recall by threshold."
    ),
    Page("incidents", "Incidents", "incidents", "Paste examples, see what would be caught, switch it on."),
    Page(
        "image-incidents",
        "Image incidents",
        "incidents",
        "Drop the pictures of an incident; copies of them are caught.",
    ),
    Page("blocklists", "Blocklists", "lists", "Terms and patterns that you never want to see."),
    Page(
        "allowlists",
        "Allow-lists",
        "lists",
        "Terms that are harmless in your trade although they sound otherwise.",
    ),
    Page("reviewers", "Reviewers", "reviewers", "Your own labels, with the reason for each verdict."),
    Page("monitor", "Monitor", "monitor", "What was asked, answered and found, by hour, as numbers alone."),
)
"""The pages in the order of the navigation."""


def shell(page: Page | None, csrf: str, modules: Sequence[str] = (), *, signed_in: bool) -> str:
    """Return the page; `csrf` is the token of the session, `signed_in` whether one can sign out.

    `modules` are the files that the page's module needs, which are asked for without waiting for one another.
    """
    title = page.title if page else "Studio"
    links = "".join(_link(one, page) for one in PAGES)
    way_out = (
        f'<form method="post" action="{ROOT}/sign-out">'
        f'<input type="hidden" name="csrf" value="{escape(csrf)}">'
        '<button class="quiet">Sign out</button></form>'
        if signed_in
        else ""
    )
    module, name = (page.module, page.name) if page else ("", "")
    body = f"""<a class="skip" href="#page">Skip to content</a>
<header class="top"><a class="brand" href="{ROOT}/">Quell <span>Studio</span></a>
<div class="tools"><button class="quiet" id="theme" type="button">Theme: system</button>{way_out}</div>
</header>
<nav aria-label="Pages"><ul>{links}</ul></nav>
<main id="page" tabindex="-1" data-module="{module}" data-page="{name}">
<h1>{escape(title)}</h1>{_cards() if page is None else f'<p class="lead">{escape(page.purpose)}</p>'}
<noscript><p class="problem">The Studio needs JavaScript.</p></noscript></main>
<div id="said" role="status" aria-live="polite"></div>"""
    return _document(title, body, csrf, modules)


def sign_in(*, next_page: str, refused: bool = False) -> str:
    """Return the page that asks for a subscription key."""
    alert = '<p class="problem" role="alert">This key is not one of the server’s.</p>' if refused else ""
    body = f"""<main id="page" class="door"><h1>Quell Studio</h1>
<p class="lead">Sign in with a subscription key of this server.</p>{alert}
<form method="post" action="{ROOT}/sign-in"><input type="hidden" name="next" value="{escape(next_page)}">
<label for="key">Subscription key</label>
<input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
<button class="primary">Sign in</button></form>
<p class="hint">The key is not kept in the browser: it holds a cookie that scripts cannot read, and that ends
after two idle hours. The pages can do what the key may do.</p></main>"""
    return _document("Sign in", body, "")


def plain(title: str, sentence: str) -> str:
    """Return a page with one sentence, for what is not there and what is refused."""
    link = f'<p><a href="{ROOT}/">To the Studio</a></p>'
    body = f'<main id="page" class="door"><h1>{escape(title)}</h1><p>{escape(sentence)}</p>{link}</main>'
    return _document(title, body, "")


def themed(document: str, theme: str) -> str:
    """Return a document in the theme that was chosen, or in that of the system."""
    return document.replace("<html ", f'<html data-theme="{theme}" ', 1) if theme in THEMES else document


def _link(one: Page, page: Page | None) -> str:
    here = ' aria-current="page"' if one is page else ""
    return f'<li><a href="{ROOT}/{one.name}"{here}>{escape(one.title)}</a></li>'


def _cards() -> str:
    cards = "".join(
        f'<li><a href="{ROOT}/{one.name}"><strong>{escape(one.title)}</strong>'
        f"<span>{escape(one.purpose)}</span></a></li>"
        for one in PAGES
    )
    lead = '<p class="lead">See, try, tune and respond. Each page has sample data one click away.</p>'
    return f'{lead}<ul class="cards">{cards}</ul>'


def _document(title: str, body: str, csrf: str, modules: Sequence[str] = ()) -> str:
    token = f'<meta name="csrf-token" content="{escape(csrf)}">' if csrf else ""
    module = f'<script type="module" src="{ROOT}/static/studio.js"></script>' if csrf else ""
    module += "".join(f'<link rel="modulepreload" href="{ROOT}/static/{one}">' for one in modules)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · Quell Studio</title>{token}
<link rel="icon" href="{ROOT}/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{ROOT}/static/studio.css">{module}
</head><body>
{body}
</body></html>
"""
