"""How heavy the pages of the Studio are, how soon they paint, and whether they stay responsive.

    python -m benchmarks.studio_speed [--rows 10000] [--paints 5] [--write]

It starts a server of its own over an empty folder and drives Chromium, both on the same machine.
`--write` keeps the tables in `benchmarks/results/studio_speed.md`.
"""

import argparse
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page
from tests.acceptance.live_server import KEY, LiveServer, running_server
from tests.studio.browser import WIDE, Desk, chromium
from tests.studio.weights import page_weights

from benchmarks.bare_page import bare
from quell.studio.pages import PAGES

RESULTS = Path(__file__).parent / "results" / "studio_speed.md"
KEY_SECONDS = 0.25
"""Between two keys of the scripted person: 48 words a minute."""
THINK_SECONDS = 1.5
"""Before each step of the scripted person: to find the next field, or to copy an example elsewhere."""
LOOK_SECONDS = 6.0
"""What the scripted person looks at the preview for."""
PATIENCE = 3_600_000

EXAMPLES = (
    "Your parcel is on hold, pay 1.99 to release it",
    "Package waiting: settle the customs fee here today",
    "Delivery failed, confirm your address and pay the small charge",
)
TRAFFIC = (
    "Hi! Your parcel is being held, please pay 2.50 so we can release it",
    "Is the meeting still at three?",
    "The parcel came this morning, thank you!",
    "Lunch at the new place on Friday?",
)

# Long tasks, the waits of events for their handler, and the gaps between frames, in milliseconds.
WATCH = """
window.seen = { tasks: [], events: [], gaps: [] };
new PerformanceObserver((list) => window.seen.tasks.push(...list.getEntries().map((each) => each.duration)))
  .observe({ type: 'longtask', buffered: true });
new PerformanceObserver((list) => window.seen.events.push(...list.getEntries()
  .filter((each) => each.name === 'keydown')
  .map((each) => [each.processingStart - each.startTime, each.duration])))
  .observe({ type: 'event', durationThreshold: 16, buffered: true });
let last = performance.now();
const frame = (now) => { window.seen.gaps.push(now - last); last = now; requestAnimationFrame(frame); };
requestAnimationFrame(frame);
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Who types at the speed of a person; all waits are part of the measured time."""

    page: Page

    def types(self, label: str, text: str) -> None:
        """Find a field and type into it."""
        time.sleep(THINK_SECONDS)
        self.page.get_by_label(label).click()
        self.page.keyboard.type(text, delay=KEY_SECONDS * 1000)

    def pastes(self, label: str, rows: Sequence[str]) -> None:
        """Copy each row elsewhere and paste it into a field."""
        self.page.get_by_label(label).click()
        for row in rows:
            time.sleep(THINK_SECONDS)
            self.page.keyboard.insert_text(f"{row}\n")

    def clicks(self, name: str) -> None:
        """Find a button or a link and click it."""
        time.sleep(THINK_SECONDS)
        self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first.click()


def fresh(browser: Browser, live: LiveServer) -> Desk:
    """Return a signed-in page of a browser that has nothing in its cache."""
    context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]})
    context.set_default_timeout(PATIENCE)
    desk = Desk(context.new_page(), live.endpoint)
    desk.sign_in()
    return desk


def paints(browser: Browser, live: LiveServer, times: int) -> dict[str, tuple[list[float], list[float]]]:
    """Return, by page, the milliseconds to the first contentful paint and until the page has built itself."""
    found: dict[str, tuple[list[float], list[float]]] = {page.name: ([], []) for page in PAGES}
    for _, page in itertools.product(range(times), PAGES):
        context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]})
        desk = Desk(context.new_page(), live.endpoint)
        signed = context.request.post(f"{live.endpoint}/studio/sign-in", form={"key": KEY})
        assert signed.ok
        shown = desk.open(page.name)
        built = shown.evaluate("performance.now()")
        shown.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
        painted = shown.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        found[page.name][0].append(painted)
        found[page.name][1].append(built)
        context.close()
    return found


def batch(browser: Browser, live: LiveServer, rows: int) -> list[tuple[str, str]]:
    """Send a batch through the page while someone types and scrolls; return what was measured."""
    desk = fresh(browser, live)
    desk.page.add_init_script(WATCH)
    page = desk.open("batch")
    words = ("parcel", "dinner", "meeting", "concert", "garden", "ticket", "recipe", "window")
    lines = (
        f"The {words[number % 8]} number {number} is for {words[number // 8 % 8]}" for number in range(rows)
    )
    file = {"name": "rows.csv", "mimeType": "text/csv", "buffer": ("text\n" + "\n".join(lines)).encode()}
    page.get_by_label("File", exact=True).set_input_files([file])  # type: ignore[list-item]  # a payload
    page.evaluate("Object.assign(window.seen, { tasks: [], events: [], gaps: [] })")
    begun = time.perf_counter()
    page.get_by_role("button", name="Moderate all").click()
    field, table = page.get_by_label("Or paste lines"), page.get_by_role("table", name="Results")
    table.wait_for()
    turns = 0
    while not page.get_by_role("button", name="Download CSV").is_visible():
        field.press_sequentially("typed meanwhile ", delay=60)
        table.evaluate(f"(node) => {{ node.scrollTop = {turns % 40} * node.scrollHeight / 40; }}")
        turns += 1
    seconds = time.perf_counter() - begun
    time.sleep(1)
    seen = page.evaluate("window.seen")
    tasks, gaps = sorted(seen["tasks"]), sorted(seen["gaps"])
    waits = sorted(wait for wait, _ in seen["events"])
    shown = sorted(duration for _, duration in seen["events"])
    heap = page.evaluate("performance.memory?.usedJSHeapSize ?? 0") / 1e6
    return [
        ("rows, and keys pressed meanwhile", f"{rows:,}; {turns * 16:,}"),
        ("seconds, and rows per second", f"{seconds:,.0f}; {rows / seconds:,.0f}"),
        ("tasks of more than 50 ms, and the longest", f"{len(tasks)}; {tasks[-1] if tasks else 0:.0f} ms"),
        ("keys that took more than 16 ms to show", f"{len(shown):,}"),
        ("of these: until the handler ran, median and worst", _spread(waits)),
        ("of these: until it was on the screen, median and worst", _spread(shown)),
        ("between two frames, 99 % within, and worst", f"{_at(gaps, 0.99):.0f} ms; {gaps[-1]:.0f} ms"),
        ("memory of the page afterwards", f"{heap:.0f} MB"),
    ]


def incident(browser: Browser, live: LiveServer, name: str, *, typed: bool) -> float:
    """Return the seconds from opening the page to an incident that is live, at the speed of a person."""
    desk = fresh(browser, live)
    begun = time.perf_counter()
    person = Person(desk.open("incidents"))
    person.clicks("New incident")
    person.page.wait_for_selector("#page[data-ready]")
    person.types("Name", name)
    if typed:
        person.types("Texts to be caught, one a line", "\n".join(EXAMPLES))
    else:
        person.pastes("Texts to be caught, one a line", EXAMPLES)
        person.pastes("Recent traffic, one a line", TRAFFIC)
        person.clicks("Preview")
        person.page.get_by_role("list", name="Findings").wait_for()
        time.sleep(LOOK_SECONDS)
    person.clicks("Make live")
    person.page.get_by_role("heading", name=name).wait_for()
    seconds = time.perf_counter() - begun
    with live.client(params={"api-version": "2024-09-15-preview"}) as client:
        body = {"text": "The parcel is on hold, pay 1.99 to release it", "incidentNames": [name]}
        assert client.post("/contentsafety/text:detectIncidents", json=body).json()["incidentMatches"]
    return seconds


def main() -> None:
    """Measure and print, or keep."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--paints", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    load = os.getloadavg()[0]
    with (
        tempfile.TemporaryDirectory() as data,
        running_server(Path(data) / "folder") as live,
        chromium() as browser,
    ):
        weights = page_weights(live.endpoint)
        painted = paints(browser, live, asked.paints)
        line = bare(browser, asked.paints * len(PAGES))
        pasted = incident(browser, live, "parcel-fee", typed=False)
        typed = incident(browser, live, "parcel-fee-typed", typed=True)
        told = batch(browser, live, asked.rows) if asked.rows else []
    text = report(load, weights, painted, told, person=(pasted, typed), line=line)
    print(text)
    if asked.write:
        RESULTS.write_text(text, encoding="utf-8")


REPORT = """# The Studio: weight, paint, responsiveness

`python -m benchmarks.studio_speed`. {cores} cores (x86-64), shared by the server, the browser and
whatever else ran: load average {before:.1f} at the start, {after:.1f} at the end.

Each page with an empty cache over loopback, signed in: what is sent, when it first shows content, when it has
built itself from the answers of the server.

| Page | kB sent (goal 150) | first paint, median and worst (goal 300 ms) | built, median and worst |
|---|---|---|---|
{pages}

A batch through the page, with the real models, while someone types into a field and scrolls the table:

| Batch | |
|---|---|
{batch}

A scripted person ({pace:.0f} words a minute, {think} s before each step and each copied line) from
opening the list of incidents to a live incident (goal 60 s):

| Person | seconds |
|---|---|
| three examples and four texts of traffic pasted, {look:.0f} s of preview | {pasted:.0f} |
| three examples typed, {characters} characters, no preview | {typed:.0f} |
"""


def report(
    load: float,
    weights: dict[str, int],
    painted: dict[str, tuple[list[float], list[float]]],
    told: list[tuple[str, str]],
    *,
    person: tuple[float, float],
    line: Sequence[float],
) -> str:
    """Return the report."""
    pages = [
        f"| {page.title} | {weights[page.name] / 1000:.1f} | {_spread(painted[page.name][0])} "
        f"| {_spread(painted[page.name][1])} |"
        for page in PAGES
    ]
    pages.append(f"| one line of HTML from a bare server, same run | 0.1 | {_spread(line)} | |")
    return REPORT.format(
        cores=os.cpu_count(),
        before=load,
        after=os.getloadavg()[0],
        pages="\n".join(pages),
        batch="\n".join(f"| {name} | {value} |" for name, value in told),
        pace=60 / KEY_SECONDS / 5,
        think=THINK_SECONDS,
        look=LOOK_SECONDS,
        pasted=person[0],
        typed=person[1],
        characters=sum(map(len, EXAMPLES)),
    )


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.0f}; {max(values):.0f} ms" if values else "none"


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


if __name__ == "__main__":
    main()
