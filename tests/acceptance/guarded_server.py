"""Runs `quell serve` in a process in which every outgoing connection is recorded and refused."""

import os
import sys
from pathlib import Path

WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


def refuse(event: str, arguments: tuple[object, ...]) -> None:
    """Record a look-up or connection that anything in this process tries, and refuse it."""
    if event not in WATCHED:
        return
    # uvicorn resolves the address it binds to; that is loopback and nothing leaves.
    if event == "socket.getaddrinfo" and arguments[0] in ("127.0.0.1", b"127.0.0.1", "localhost"):
        return
    with Path(os.environ["OUTGOING_RECORD"]).open("a") as record:
        record.write(f"{event} {arguments[:2]}\n")
    raise PermissionError(f"outgoing: {event}")


sys.addaudithook(refuse)

from quell.cli import main  # noqa: E402 - the hook must stand before anything is imported

sys.argv = ["quell", "serve"]
main()
