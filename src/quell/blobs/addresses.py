"""Which IP addresses may be connected to, whatever form hides them."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_TRANSLATED = ipaddress.IPv6Network("::ffff:0:0:0/96")
_SHARED = ipaddress.IPv4Network("100.64.0.0/10")
_RELAY = ipaddress.IPv4Network("192.88.99.0/24")
_SITE_LOCAL = ipaddress.IPv6Network("fec0::/10")
_METADATA = (
    ipaddress.ip_address("168.63.129.16"),  # a public number that is the host's own agent inside Azure
    ipaddress.ip_address("fd00:ec2::254"),
)


def is_public(address: Address) -> bool:
    """Tell whether an address and every address embedded in it belong to the public internet."""
    return all(_global(each) for each in (address, *_embedded(address)))


def is_nameable(address: Address) -> bool:
    """Tell whether an operator's exact word opens an address: private and loopback, never link-local."""
    return all(
        not (
            each.is_link_local
            or each.is_multicast
            or each.is_unspecified
            or each in _METADATA
            or each == ipaddress.ip_address("255.255.255.255")
        )
        for each in (address, *_embedded(address))
    )


def _global(address: Address) -> bool:
    if address in _METADATA or address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return all(address not in network for network in (_SHARED, _RELAY, _SITE_LOCAL))


def _embedded(address: Address) -> tuple[Address, ...]:
    # A gateway on the way may unwrap these and deliver to the address inside.
    if address.version == 4:
        return ()
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in (*_NAT64, _COMPATIBLE, _TRANSLATED)):
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return tuple(each for each in inner if each is not None)
