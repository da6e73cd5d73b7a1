"""A network of one machine: whoever asks another is stopped and remembered."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

import pytest


@contextmanager
def forbidden(patch: pytest.MonkeyPatch, tried: list[str]) -> Iterator[None]:
    """Sockets reach this machine only, and no name but its own is looked up."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(host: Any) -> None:
        if not _is_here(host):
            tried.append(str(host))
            raise OSError(f"the test forbids to ask {host}")

    def checked(method: Any) -> Any:
        def call(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                check(address[0])
            return method(self, address)

        return call

    def checked_look_up(host: Any, *more: Any, **options: Any) -> Any:
        check(host)
        return look_up(host, *more, **options)

    with patch.context() as here:
        here.setattr(socket.socket, "connect", checked(connect))
        here.setattr(socket.socket, "connect_ex", checked(connect_ex))
        here.setattr(socket, "getaddrinfo", checked_look_up)
        yield


def _is_here(host: Any) -> bool:
    if host in (None, "", b"", "localhost"):
        return True
    try:
        return ip_address(str(host)).is_loopback
    except ValueError:
        return False
