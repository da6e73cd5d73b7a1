"""The real app and a real identity provider, both as processes, on a store of four deals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from analytics.access.granting import grant
from analytics.company import company_of
from analytics.store.database import Store
from tests.browser.conftest import ROOT
from tests.serving import free_port, wait_until_answered
from tests.small_stores import STAGES, described, load, setting
from tests.visitor import Seen, Visitor

SECRET = "of the tests only, but long enough to be a secret"
DEALS = {"D1": "Aquila rollout", "D2": "Borealis renewal", "D3": "Cygnus pilot", "D4": "Draco upgrade"}
OWNERS = {"D1": "U1", "D2": "U1", "D3": "U2", "D4": "U3"}
PEOPLE = {"U1": "Anna Aalto", "U2": "Ben Berg", "U3": "Carla Costa"}


@dataclass
class App:
    """A running app, its store, and what its first visitor was sent: a link, on the fresh server."""

    url: str
    store: Store
    log: Path
    first_seen: Seen


def build(store: Store) -> None:
    """Four deals of three owners; Ben leads Anna."""
    changes = [
        {
            "deal_id": deal_id,
            "valid_at": "2026-10-05",
            "stage": "Propose",
            "forecast_category": "commit",
            "amount": 1000.0 * number,
            "close_date": "2026-12-15",
            "is_closed": False,
            "is_won": False,
        }
        for number, deal_id in enumerate(DEALS, 1)
    ]
    load(
        store,
        setting=[setting("company_name", "Tiny")],
        stage=STAGES,
        deal=[{**row, "name": DEALS[row["deal_id"]]} for row in described(changes)],
        deal_change=changes,
        deal_work=[
            {"deal_id": deal_id, "owner_id": owner, "valid_at": "2026-10-05"}
            for deal_id, owner in OWNERS.items()
        ],
        person=[
            {"person_id": who, "name": name, "manager_id": "U2" if who == "U1" else None}
            for who, name in PEOPLE.items()
        ],
    )
    company = company_of(store)
    for email, role, person_id in (
        ("anna@example.com", "rep", "U1"),
        ("anna+2@example.com", "rep", "U1"),
        ("quiet@example.com", "rep", "U1"),
        ("mike@example.com", "vp", ""),
        ("ben@example.com", "manager", "U2"),
        ("vera@example.com", "vp", ""),
    ):
        grant(store, company, email, role, person_id, author="The tests")


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Path]]:
    """Start a Python module, and wait until its address answers; the log of what it writes."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*command: str, awaited: str, **environment: str) -> Path:
        log = tmp_path_factory.mktemp("log") / "log.txt"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=os.environ | environment,
                stdout=out,
                stderr=out,
            )
        started.append(process)
        wait_until_answered(awaited, process, log)
        return log

    yield run
    for process in started:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def tiny_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Four deals."""
    store = Store(tmp_path_factory.mktemp("signin") / "tiny.duckdb")
    build(store)
    return store


@pytest.fixture(scope="session")
def app(start: Callable[..., Path], tiny_store: Store, tmp_path_factory: pytest.TempPathFactory) -> App:
    """The app with its sign-in set up; its very first request was a link to a page of deals."""
    port, provider_port = free_port(), free_port()
    metadata = f"http://localhost:{provider_port}/.well-known/openid-configuration"
    start("tests.signin.provider", str(provider_port), awaited=metadata)
    settings = {
        "redirect_uri": f"http://127.0.0.1:{port}/oauth2callback",
        "cookie_secret": SECRET,
        "client_id": "plumbline",
        "client_secret": "secret of plumbline",
        "server_metadata_url": metadata,
    }
    secrets = tmp_path_factory.mktemp("secrets") / "secrets.toml"
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    secrets.write_text("\n".join(["[auth]", *lines]), encoding="utf-8")
    url = f"http://127.0.0.1:{port}"
    log = start(
        *("streamlit", "run", "app.py", f"--secrets.files={secrets}", f"--server.port={port}"),
        awaited=f"{url}/_stcore/health",
        PLUMBLINE_STORE=str(tiny_store.path),
        PLUMBLINE_ADMINS="olga@example.com",
    )
    return App(url, tiny_store, log, Visitor(url).look("one_deal", "deal=D3"))


@pytest.fixture
def visitor(app: App) -> Visitor:
    """Somebody new."""
    return Visitor(app.url)
