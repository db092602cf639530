"""No internal address is reached from an address that somebody typed in or a vendor answered with.

The name is resolved at the moment of connecting, every address it has is judged, and the connection is made to the very
address that was judged: a name that means something else a moment later gains nothing. This holds for each hop of a
redirection, since each is a connection.
"""

from __future__ import annotations

import fnmatch
import socket
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpcore
import httpx

from tenure.core.errors import UnavailableError, UsageError

#: The addresses that a name has, as texts. Raises ``OSError`` where it has none.
Resolve = Callable[[str, int], Sequence[str]]
#: How a name or an address is connected to.
Connect = Callable[..., httpcore.NetworkStream]

#: What ``ipaddress`` calls global although it leads, or may lead, to networks of one's own.
_ALSO_INTERNAL = tuple(
    IPv6Network(net)
    for net in (
        "64:ff9b::/96", "64:ff9b:1::/48",  # NAT64: an IPv4 address in the last 32 bits, judged below; local prefixes
        "2002::/16", "2001::/32",  # 6to4 and Teredo: tunnels to an IPv4 address
        "fec0::/10",  # site-local, of old
        "::/96",  # IPv4-compatible, of old
    )
)  # fmt: skip
_ALSO_INTERNAL_4 = tuple(
    IPv4Network(net) for net in ("100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "168.63.129.16/32")
)
_NAT64 = IPv6Network("64:ff9b::/96")


def is_internal(address: str) -> bool:
    """Whether an address does not lie in the open internet: private, local, a cloud's own, or a way to any of these."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return True
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return _internal_4(found.ipv4_mapped)
        if found in _NAT64:  # where only IPv6 is spoken, every IPv4 host is reached like this
            return _internal_4(IPv4Address(int(found) & 0xFFFFFFFF))
        if any(found in net for net in _ALSO_INTERNAL):
            return True
        return not found.is_global or found.is_multicast
    return _internal_4(found)


def _internal_4(found: IPv4Address) -> bool:
    return not found.is_global or found.is_multicast or any(found in net for net in _ALSO_INTERNAL_4)


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system has them."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def judged(host: str, port: int, resolve: Resolve = resolved) -> list[str]:
    """The addresses of a host, none of them internal. Raises ``UnavailableError`` where one is: a name that leads inside and
    outside at once is a trick or a mistake.
    """
    try:
        found = list(dict.fromkeys(resolve(host, port)))
    except OSError:
        found = []
    if not found:
        raise UnavailableError(
            f"The name {host} is not known.", code="unknown_host", where=host,
            fix="Look whether it is spelt right, and whether this machine may ask for names.",
        )  # fmt: skip
    if any(is_internal(address) for address in found):
        raise UnavailableError(
            f"{host} leads into an internal network, which is not asked.", code="internal_address", where=host,
            fix="Where that is meant, the source's table in sources.toml says: internal = true.",
        )  # fmt: skip
    return found


class _Judging(httpcore.NetworkBackend):
    """Connects to addresses that were judged, by the names that are asked for."""

    def __init__(self, resolve: Resolve, connect: Connect) -> None:
        self._resolve = resolve
        self._connect = connect

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        """A connection to the first address that takes one."""
        failed: Exception | None = None
        for address in judged(host, port, self._resolve):
            try:
                return self._connect(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        assert failed is not None
        raise failed


class Guarded(httpx.HTTPTransport):
    """A way out for requests to allowed hosts only.

    ``hosts``: names, or patterns as ``*.zendesk.com``; others are refused before anything is sent. Unless ``internal``, only
    HTTPS is spoken and no internal address is reached. Proxies that the environment names are not used: what they
    connect to cannot be judged here.
    """

    def __init__(
        self,
        hosts: Iterable[str],
        *,
        internal: bool = False,
        resolve: Resolve = resolved,
        connect: Connect | None = None,
    ) -> None:
        super().__init__(trust_env=False)
        self._hosts = tuple(hosts)
        self._internal = internal
        if not internal:
            self._pool.close()
            backend = _Judging(resolve, connect or httpcore.SyncBackend().connect_tcp)
            self._pool = httpcore.ConnectionPool(
                ssl_context=httpx.create_ssl_context(trust_env=False), network_backend=backend
            )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, if its address is allowed. Raises ``UsageError`` where it is not."""
        host = request.url.host
        if not any(fnmatch.fnmatchcase(host.lower(), pattern) for pattern in self._hosts):
            raise UsageError(
                f"{host} is none of this source's hosts.", code="foreign_host", where=host,
                fix=f"It asks only: {', '.join(self._hosts)}.",
            )  # fmt: skip
        if request.url.scheme != "https" and not self._internal:
            raise UsageError(
                "Only HTTPS is spoken to hosts outside.", code="not_https", where=host, fix="Write https:// for it."
            )
        return super().handle_request(request)


__all__ = ["Guarded", "is_internal", "judged", "resolved"]
