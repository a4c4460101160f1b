"""A caller's URL, read strictly: what two parsers could read differently is refused."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin

MAX_CHARACTERS = 8192
_PORTS = {"https": 443, "http": 80}
_URL = re.compile(
    r"(https?)://(\[[0-9a-f:.]+\]|[^/?#:\[\]@]+)(?::([0-9]{1,5}))?(/[^?#]*)?(\?[^#]*)?(#.*)?", re.IGNORECASE
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_SAFE = "/%:@!$&'()*+,;=~-._?"


class LinkRefused(Exception):
    """A URL that is not followed; the message never repeats it, for it may carry a signature."""


@dataclass(frozen=True, slots=True)
class Link:
    """A URL that was read: `host` is lower-case ASCII without brackets, `path` is percent-encoded."""

    scheme: str
    host: str
    port: int
    path: str
    query: str

    @property
    def target(self) -> str:
        """The path and query as they go on the wire."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def default_port(self) -> bool:
        """Whether the port is the scheme's own."""
        return self.port == _PORTS[self.scheme]

    def follow(self, location: str) -> "Link":
        """Return where a redirect leads; raises LinkRefused, also for a step down to http."""
        try:
            joined = urljoin(f"{self.scheme}://{self.authority}{self.target}", location)
        except ValueError:
            raise LinkRefused("its host redirects to what is not a well-formed URL") from None
        link = read_link(joined)
        if self.scheme == "https" and link.scheme == "http":
            raise LinkRefused("its host redirects from https to http")
        return link


def read_link(url: str) -> Link:
    """Read an absolute http or https URL; raises LinkRefused."""
    if len(url) > MAX_CHARACTERS:
        raise LinkRefused(f"it is longer than {MAX_CHARACTERS} characters")
    if any(ord(char) < 32 or 127 <= ord(char) < 160 for char in url) or "\\" in url or url != url.strip():
        raise LinkRefused("it has control characters, backslashes or outer blanks")
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in _PORTS:
        raise LinkRefused("it must begin with https://")
    if "@" in re.split(r"[/?#]", rest, maxsplit=1)[0]:
        raise LinkRefused("it must not carry a user name or password")
    match = _URL.fullmatch(url)
    if match is None:
        raise LinkRefused("it is not a well-formed URL")
    scheme = match[1].lower()
    port = int(match[3]) if match[3] else _PORTS[scheme]
    if not 1 <= port <= 65_535:
        raise LinkRefused("its port does not exist")
    return Link(scheme, read_host(match[2]), port, _encode(match[4] or "/"), _encode((match[5] or "?")[1:]))


def read_host(host: str) -> str:
    """Return a host in its one form; raises LinkRefused for numbers in disguise and for non-ASCII names."""
    host = host.lower()
    if host.startswith("["):
        try:
            return str(ipaddress.IPv6Address(host[1:-1]))
        except ValueError:
            raise LinkRefused("its host is not a valid IPv6 address") from None
    if not host.isascii():
        raise LinkRefused("its host must be ASCII; write an international name in its xn-- form")
    host = host.removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise LinkRefused("its host is not a valid name")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise LinkRefused("its host is a number that is not a plain IPv4 address") from None
    return host


def _encode(text: str) -> str:
    return quote(text, safe=_SAFE)
