"""Which hosts the operator lets blobs come from."""

import re
from collections.abc import Iterable
from typing import Literal

from quell.blobs.links import Link, LinkRefused, read_host
from quell.errors import SettingsRefused

BlobMode = Literal["off", "deny", "azure", "allow"]
"""`off`: nothing is fetched; `deny`: named hosts; `azure`: also Azure's; `allow`: any public one."""

_AZURE = re.compile(
    r"[a-z0-9-]{3,40}\.(?:z[0-9]{1,2}\.blob\.storage\.azure\.net"
    r"|blob\.core\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn))"
)
_ENTRY = re.compile(r"(\*\.)?(\[[0-9a-fA-F:.]+\]|[^:\[\]*/?#@]+)(?::([0-9]{1,5}))?")


class BlobPolicy:
    """Says of each hop whether it may be made and whether its host may be private.

    `hosts` are `host` or `host[:port]`, named exactly and therefore allowed even where private,
    or `*.example.com`, every name below it as long as it is public.
    """

    def __init__(self, mode: BlobMode = "azure", hosts: Iterable[str] = ()) -> None:
        self.mode = mode
        entries = [_entry(host) for host in hosts]
        self._exact = frozenset((host, port) for wild, host, port in entries if not wild)
        self._below = tuple(("." + host, port) for wild, host, port in entries if wild)

    def check(self, link: Link) -> bool:
        """Return whether the operator named a link's host exactly; raises LinkRefused if it is barred."""
        if self.mode == "off":
            raise LinkRefused("this server does not fetch blobs; send the content instead")
        if (link.host, link.port) in self._exact or (link.default_port and (link.host, None) in self._exact):
            return True
        if link.scheme != "https":
            raise LinkRefused("it must begin with https://")
        if not self._open(link):
            raise LinkRefused("this server does not fetch blobs from that host and port")
        return False

    def _open(self, link: Link) -> bool:
        for suffix, port in self._below:
            if link.host.endswith(suffix) and (link.port == port or (port is None and link.default_port)):
                return True
        if not link.default_port:
            return False
        return self.mode == "allow" or (self.mode == "azure" and _AZURE.fullmatch(link.host) is not None)


def _entry(text: str) -> tuple[bool, str, int | None]:
    match = _ENTRY.fullmatch(text)
    refusal = SettingsRefused(f"The setting blob_hosts has an entry that is not host[:port]: '{text}'.")
    if match is None:
        raise refusal
    try:
        return bool(match[1]), read_host(match[2]), int(match[3]) if match[3] else None
    except LinkRefused:
        raise refusal from None
