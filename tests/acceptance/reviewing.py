"""What the acceptance tests of auto reviewers share: a mild policy, calls, patience."""

import time
from pathlib import Path
from typing import Any

import httpx

VERSION = {"api-version": "2024-09-15-preview"}
ROOT = "/contentsafety/text/autoReviewers"
LABELS = [
    {"labelName": "Tickets", "description": "Offers of concert or event tickets, for sale or as a swap."},
    {"labelName": "Recipes", "description": "Cooking: recipes, ingredients and how to prepare a dish."},
    {"labelName": "Other", "description": "Everything else."},
]
EXAMPLES = [
    ("two front row passes for the concert, make me an offer", "Tickets"),
    ("selling my ticket for tonight's show, face value", "Tickets"),
    ("anyone swapping saturday tickets for sunday?", "Tickets"),
    ("whisk the eggs, fold in the flour and bake for an hour", "Recipes"),
    ("how long do I simmer lentils for a thick soup?", "Recipes"),
    ("a pinch of salt brings out the chocolate in the cake", "Recipes"),
    ("our train leaves from platform four", "Other"),
    ("the library opens an hour later on thursdays", "Other"),
]
TICKET = "swap: my saturday concert ticket against yours for sunday"
RECIPE = "stir the soup while the onions simmer, then add salt"
FORM = '{{"text": "{}", "labelName": "{}"}}\n'
FILE = "".join(FORM.format(*example) for example in EXAMPLES).encode()
PATIENCE = 120.0


def many_examples(count: int, series: int = 0) -> list[dict[str, str]]:
    """Return examples that take a while to read, each another text, and other ones in each series."""
    return [
        {"text": f"{EXAMPLES[n % 8][0]}, note {n} of the series {series}", "labelName": EXAMPLES[n % 8][1]}
        for n in range(count)
    ]


def put(client: httpx.Client, name: str, **members: Any) -> httpx.Response:
    """Make a version by the protocol."""
    return client.put(f"{ROOT}/{name}", params=VERSION, json={"labels": LABELS, **members})


def put_inline(client: httpx.Client, name: str, examples: list[dict[str, str]]) -> httpx.Response:
    """Make a version with examples in the request."""
    body = {"labels": LABELS, "examples": examples}
    return client.put(f"/quell/text/autoReviewers/{name}", json=body)


def version_of(client: httpx.Client, name: str, number: int) -> dict[str, Any]:
    """Read a version."""
    answer = client.get(f"{ROOT}/{name}", params={**VERSION, "version": number})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["value"][0]
    return found


def ended(client: httpx.Client, name: str, number: int) -> dict[str, Any]:
    """Wait until a version is built or has failed; return it."""
    deadline = time.monotonic() + PATIENCE
    while (found := version_of(client, name, number))["status"] not in ("Succeeded", "Failed"):
        assert time.monotonic() < deadline, f"version {number} of {name} is stuck: {found}"
        time.sleep(0.05)
    return found


def review(client: httpx.Client, name: str, text: str) -> str:
    """Review a text; return its label."""
    body = {"text": text, "autoReviewerName": name}
    answer = client.post("/contentsafety/text:autoReview", params=VERSION, json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["labelName"])


def children_of(process: int) -> list[int]:
    """Return the processes whose parent a process is, the dead ones left out."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if int(parent) == process and state != "Z":
            found.append(int(stat.parent.name))
    return found


def works(process: int) -> bool:
    """Whether a process is one that does jobs; a server has children for pictures, too."""
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"work" in words and b"--child" in words


def exists(process: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
