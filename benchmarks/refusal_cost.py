"""What it costs the server's thread to refuse one request, without the system's share of sockets.

    python -m benchmarks.refusal_cost [--requests 20000] [--profile]

The app as `quell serve` wires it, behind the server's own parser, with its only place taken. Requests are fed
into connections that lead nowhere, so that what is counted is the CPU time of one thread and nothing else:
refused by target alone, and by the steps of the edge (the same request with its path written otherwise).
"""

import argparse
import asyncio
import cProfile
import pstats
import sys
import tempfile
import threading
import time
from pathlib import Path

import uvicorn
from uvicorn.server import ServerState

from benchmarks.load import request_bytes
from benchmarks.overload import BODIES, HEADERS, VERSION
from quell.app import build, web
from quell.cli.listening import server_config
from quell.http.flood import FloodGate
from quell.http.starting import Starting
from quell.observability.logging import configure_logging
from quell.settings import Settings

KEY = HEADERS["Ocp-Apim-Subscription-Key"]
BY_TARGET = f"http://127.0.0.1/contentsafety/text:analyze?{VERSION}"
BY_STEPS = f"http://127.0.0.1/contentsafety/text:analyze/?{VERSION}"
LEVELS = ("warning", "info")


class Nowhere(asyncio.Transport):
    """A connection whose other end nobody reads; keeps what was written last."""

    def __init__(self) -> None:
        super().__init__()
        self.written = 0
        self.last = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Count."""
        self.written += 1
        self.last = bytes(data)

    def is_closing(self) -> bool:
        """Stay open."""
        return False

    def get_extra_info(self, name: str, default: object = None) -> object:
        """Return addresses."""
        return ("127.0.0.1", 1) if name in {"peername", "sockname"} else default

    def pause_reading(self) -> None:
        """Read on: there is nothing to read."""

    def resume_reading(self) -> None:
        """Read on."""

    def close(self) -> None:
        """Stay open."""


async def spent(
    config: uvicorn.Config, request: bytes, count: int, profile: cProfile.Profile | None
) -> float:
    """Return the microseconds of CPU that one refusal took."""
    loop = asyncio.get_running_loop()
    state = ServerState()
    made = [config.http_protocol_class(config, state, {}, loop) for _ in range(16)]
    for one in made:
        one.connection_made(Nowhere())
    for _ in range(2):  # the first round warms up
        begun = time.thread_time()
        if profile:
            profile.enable()
        for _ in range(count // len(made)):
            for one in made:
                one.data_received(request)
            while state.tasks:
                await asyncio.sleep(0)
        if profile:
            profile.disable()
        taken = (time.thread_time() - begun) / count * 1e6
    if b"429" not in made[0].transport.last and b"TooManyRequests" not in made[0].transport.last:
        raise SystemExit(f"not refused: {made[0].transport.last!r}")
    return taken


async def measured(folder: str, count: int, *, profiled: bool) -> list[tuple[str, str, float]]:
    """Return what each way of refusing took at each level of the log."""
    gate = FloodGate()
    settings = Settings(data=Path(folder), keys=(KEY,), max_in_flight=1)
    quell = build(settings)
    held = threading.Event()
    app = web(quell, gate)
    starting = Starting(lambda: app, on_ready=lambda: None)
    starting.begin(lambda: None)
    await asyncio.to_thread(starting.wait)
    config = server_config(starting, settings, gate)
    for _ in range(quell.workers.count):
        quell.workers.submit(held.wait)
    place = config.http_protocol_class(config, ServerState(), {}, asyncio.get_running_loop())
    place.connection_made(Nowhere())
    place.data_received(request_bytes(BY_TARGET, HEADERS, BODIES[0]))
    await asyncio.sleep(0.2)
    found = []
    for level in LEVELS:
        with Path("/dev/null").open("w", encoding="utf-8") as sink:
            configure_logging(level, "json", sink)
            for name, url in (("by target", BY_TARGET), ("by the steps", BY_STEPS)):
                profile = cProfile.Profile() if profiled else None
                took = await spent(config, request_bytes(url, HEADERS, BODIES[0]), count, profile)
                found.append((name, level, took))
                if profile:
                    pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(30)
    held.set()
    await asyncio.sleep(0.2)
    quell.close()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        rows = runner.run(measured(folder, given.requests, profiled=given.profile))
    print("| refused | log level | µs of CPU |\n|---|---|---|")
    for name, level, took in rows:
        print(f"| {name} | {level} | {took:.0f} |")


if __name__ == "__main__":
    main()
