"""Doubles of the network: a resolver that answers from a table, a network that notes who is called."""

import ipaddress
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer

import httpcore

from quell.blobs.addresses import Address


class TableResolver:
    """Answers from a table; each call takes the next answer, the last one for ever."""

    def __init__(self, answers: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._answers = {host: list(turns) for host, turns in answers.items()}
        self.asked: list[str] = []

    def resolve(self, host: str, seconds: float) -> Sequence[Address]:
        """Return the next answer for a host; a literal address is its own answer."""
        assert seconds > 0
        self.asked.append(host)
        try:
            return (ipaddress.ip_address(host),)
        except ValueError:
            turns = self._answers.get(host, [[]])
        answer = turns.pop(0) if len(turns) > 1 else turns[0]
        return tuple(ipaddress.ip_address(each) for each in answer)

    def close(self) -> None:
        """Do nothing."""


class RecordingNetwork(httpcore.NetworkBackend):
    """Writes down each connection and answers it with the next of the scripted answers."""

    def __init__(self, *answers: bytes) -> None:
        self.connections: list[tuple[str, int]] = []
        self.streams: list[ScriptedStream] = []
        self._answers = list(answers)

    def connect_tcp(
        self, host: str, port: int, *_arguments: object, **_options: object
    ) -> httpcore.NetworkStream:
        """Write the connection down."""
        self.connections.append((host, port))
        if not self._answers:
            raise httpcore.ConnectError("nothing is scripted")
        self.streams.append(ScriptedStream(self._answers.pop(0)))
        return self.streams[-1]


class ScriptedStream(httpcore.NetworkStream):
    """Gives out fixed bytes and keeps what it was sent; TLS only notes the name."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self.sent = b""
        self.names: list[str | None] = []

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Give out the next bytes."""
        assert timeout is not None
        part, self._answer = self._answer[:max_bytes], self._answer[max_bytes:]
        return part

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Keep what was sent."""
        assert timeout is not None
        self.sent += buffer

    def close(self) -> None:
        """Do nothing."""

    def start_tls(
        self, ssl_context: object, server_hostname: str | None = None, timeout: float | None = None
    ) -> "ScriptedStream":
        """Note the name that TLS would verify."""
        assert ssl_context is not None
        assert timeout is not None
        self.names.append(server_hostname)
        return self


@contextmanager
def raw_server(*chunks: bytes, endless: bool = False, pause: float = 0.0) -> Iterator[int]:
    """Serve the same bytes to everyone on a loopback port; `endless` repeats the last chunk for ever."""
    stopping = threading.Event()

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            try:
                for chunk in chunks:
                    self.request.sendall(chunk)
                while endless and not stopping.wait(pause):
                    self.request.sendall(chunks[-1])
            except OSError:  # the reader hung up, as it should
                return

    ThreadingTCPServer.allow_reuse_address = True
    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            stopping.set()
            server.shutdown()
            thread.join()
