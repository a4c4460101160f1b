"""A closed-loop load generator: so many clients, each with one connection and one request in flight.

Plain sockets in one asyncio loop, so that the generator costs little beside the server that it measures.
"""

import asyncio
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Load:
    """What one run gave: requests per second, latencies in milliseconds, answers that were not 200."""

    clients: int
    per_second: float
    p50_ms: float
    p99_ms: float
    refused: int


def request_bytes(url: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return one keep-alive POST as it goes over the wire."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"POST {path} HTTP/1.1", f"Host: {parts.netloc}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()] + [f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    await reader.readexactly(int(lengths[0].split(b":")[1]))
    return int(head.split(b" ", 2)[1])


async def _client(
    host: str, port: int, requests: list[bytes], until: float, found: list[tuple[float, int]]
) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    number = 0
    while time.perf_counter() < until:
        begun = time.perf_counter()
        writer.write(requests[number % len(requests)])
        status = await _answer(reader)
        found.append(((time.perf_counter() - begun) * 1000, status))
        number += 1
    writer.close()


async def _run(url: str, requests: list[bytes], clients: int, seconds: float) -> Load:
    parts = urlsplit(url)
    found: list[tuple[float, int]] = []
    begun = time.perf_counter()
    until = begun + seconds
    rotated = [requests[number:] + requests[:number] for number in range(clients)]
    await asyncio.gather(
        *(_client(parts.hostname or "", parts.port or 80, mine, until, found) for mine in rotated)
    )
    elapsed = time.perf_counter() - begun
    times = sorted(milliseconds for milliseconds, status in found if status == 200)
    return Load(
        clients,
        len(times) / elapsed,
        statistics.median(times),
        times[int(len(times) * 0.99)],
        len(found) - len(times),
    )


def measure(
    url: str, bodies: list[bytes], *, clients: int, seconds: float, headers: Mapping[str, str] | None = None
) -> Load:
    """Send the bodies in turn from `clients` clients for `seconds`; return what was measured."""
    requests = [request_bytes(url, headers or {}, body) for body in bodies]
    return asyncio.run(_run(url, requests, clients, seconds))
