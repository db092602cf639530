"""No internal address is reached (S4), by any of its forms, through redirections and names that change their meaning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpcore
import httpx
import pytest

from tenure.core.errors import TenureError
from tenure.sources.fetching.guard import Guarded, is_internal

INTERNAL = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "168.63.129.16", "192.0.0.192", "198.18.0.1", "::", "::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::",
    "2002:a00:1::1", "2001:0:53aa:64c::1", "::10.0.0.1", "fec0::1", "not an address",
)  # fmt: skip
OUTSIDE = ("93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::808:808", "::ffff:8.8.8.8")


@pytest.mark.parametrize("address", INTERNAL)
def test_an_internal_address_is_known_in_all_its_forms(address: str) -> None:
    assert is_internal(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_open_internet_is_none(address: str) -> None:
    assert not is_internal(address)


class _Net:
    """Names that mean something else each time, and connections that are only noted."""

    def __init__(self, *meanings: list[str]) -> None:
        self.meanings: Iterator[list[str]] = iter(meanings)
        self.connected: list[str] = []

    def resolve(self, _host: str, _port: int) -> list[str]:
        return next(self.meanings)

    def connect(self, address: str, *_more: Any) -> httpcore.NetworkStream:
        self.connected.append(address)
        raise httpcore.ConnectError

    def ask(self, url: str, *, times: int = 1) -> None:
        with httpx.Client(
            transport=Guarded(["*.vendor.example"], resolve=self.resolve, connect=self.connect)
        ) as client:
            for _ in range(times):
                try:
                    client.get(url)
                except httpx.ConnectError:
                    continue


def test_a_connection_is_made_to_the_address_that_was_judged() -> None:
    net = _Net(["93.184.216.34"], ["127.0.0.1"])
    net.ask("https://api.vendor.example/")
    with pytest.raises(TenureError, match="internal network"):  # the same name a moment later
        net.ask("https://api.vendor.example/")
    assert net.connected == ["93.184.216.34"]


def test_a_name_that_leads_inside_as_well_as_outside_is_not_asked() -> None:
    net = _Net(["93.184.216.34", "10.0.0.1"])
    with pytest.raises(TenureError) as error:
        net.ask("https://api.vendor.example/")
    assert (error.value.code, net.connected) == ("internal_address", [])


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://evil.example/", "foreign_host"), ("https://vendor.example.evil.example/", "foreign_host"),
        ("https://169.254.169.254/latest", "foreign_host"), ("http://api.vendor.example/", "not_https"),
        ("https://api.vendor.example@evil.example/", "foreign_host"),
    ],
)  # fmt: skip
def test_only_the_sources_own_hosts_are_asked_and_by_https(url: str, code: str) -> None:
    net = _Net()
    with pytest.raises(TenureError) as error:
        net.ask(url)
    assert (error.value.code, net.connected) == (code, [])
