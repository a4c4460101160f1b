"""How soon a browser paints next to nothing: the floor under the paints of pages, measured beside them."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Browser
from tests.studio.browser import WIDE


def bare(browser: Browser, times: int) -> list[float]:
    """Return the milliseconds to the first paint of one line of HTML from a server that does nothing else."""

    class Line(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer with the line."""
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>bare</title><p>one line")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Line)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = []
    for _ in range(times):
        context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]})
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
        found.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        context.close()
    server.shutdown()
    return found
