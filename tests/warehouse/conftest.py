"""A Postgres server for the tests of this folder, started by the first that asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.warehouse.warehouse_fixtures import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    if Server.bin is None:
        pytest.skip("there is no Postgres server in /usr/lib/postgresql (apt-get install postgresql)")
    one = Server()
    try:
        yield one
    finally:
        one.close()


@pytest.fixture
def postgres(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, known to the command."""
    monkeypatch.setenv("PLUMBLINE_POSTGRES_URL", server.url)
    return server
