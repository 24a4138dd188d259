"""Where webhooks may lead: to hosts that the settings name, at addresses that are no inner ones.

Without this, whoever may set a webhook could have the notebook's server ask what only it can reach.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

PORTS = {"http": 80, "https": 443}


class NotAllowed(ValueError):
    """An address that nothing is sent to; ``str()`` says why, and how to allow it."""


def checked(address: str, allowed: Sequence[str]) -> SplitResult:
    """Return the parts of an address of a webhook; refuse one that leads where the settings do not allow.

    allowed: names of hosts; ``.example.org`` stands for all below it.
    """
    try:
        parts = urlsplit(address)
        host, _port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise NotAllowed(f"{address[:80]!r} is no address.") from None
    if parts.scheme not in PORTS or not host:
        raise NotAllowed("Write the whole address, as in https://hooks.example.org/labnotebook.")
    if parts.username or parts.password or any(ord(c) <= 32 or ord(c) > 126 for c in address):
        raise NotAllowed("The address has no user, password, space or letter beyond ASCII in it.")
    if not allowed:
        raise NotAllowed(
            "This notebook sends webhooks nowhere: who runs it names the hosts in WEBHOOK_HOSTS."
        )
    if host not in allowed and not _is_below(host, allowed):
        raise NotAllowed(
            f"Nothing is sent to {host[:80]}: who runs the notebook allows a host in WEBHOOK_HOSTS."
        )
    return parts


def resolved(parts: SplitResult, allowed: Sequence[str]) -> tuple[str, int]:
    """Return the IP address and port to connect to, of those that the name of a checked address has now.

    An inner one (loopback, link-local, private and the like) only where the host itself is named.
    """
    host, port = (parts.hostname or "").lower(), parts.port or PORTS[parts.scheme]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_rest, place in found:
        ip = ipaddress.ip_address(str(place[0]).partition("%")[0])
        ip = getattr(ip, "ipv4_mapped", None) or ip
        outer = ip.is_global and not ip.is_multicast
        if not outer and host not in allowed:
            raise NotAllowed(
                f"{host} is {ip}, an address inside: that host itself has to stand in WEBHOOK_HOSTS."
            )
    return str(found[0][4][0]), port


def _is_below(host: str, allowed: Sequence[str]) -> bool:
    return any(one.startswith(".") and host.endswith(one) for one in allowed)
