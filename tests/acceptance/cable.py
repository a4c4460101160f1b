"""A cable between a server and its PostgreSQL that can be cut, left hanging and healed."""

import contextlib
import socket
import threading
from collections.abc import Iterator


class Cable:
    """Passes bytes from a loopback port to a socket of the file system, until it is cut."""

    def __init__(self, goal: str) -> None:
        self._goal = goal
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        self._whole = True
        self._flowing = threading.Event()
        self._flowing.set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """The port to connect to."""
        return int(self._listener.getsockname()[1])

    def cut(self) -> None:
        """Break every connection, and every new one at once."""
        with self._lock:
            self._whole = False
            ends, self._ends = self._ends, []
        for end in ends:
            _break(end)

    def hang(self) -> None:
        """Pass nothing on, as a firewall does that drops packets; connections stay open."""
        self._flowing.clear()

    def heal(self) -> None:
        """Let new connections through, and those that hang go on."""
        with self._lock:
            self._whole = True
        self._flowing.set()

    def close(self) -> None:
        """Take the cable away."""
        self.cut()
        self._flowing.set()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            with self._lock:
                whole = self._whole
                if whole:
                    self._ends += [near, far]
            try:
                if not whole:
                    raise ConnectionRefusedError
                far.connect(self._goal)
            except OSError:
                _break(near)
                _break(far)
                continue
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self._flowing.wait()
                sink.sendall(data)
        _break(source)
        _break(sink)


@contextlib.contextmanager
def cable(goal: str) -> Iterator[Cable]:
    """Lay a cable until the end of the block."""
    laid = Cable(goal)
    try:
        yield laid
    finally:
        laid.close()


def _break(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
