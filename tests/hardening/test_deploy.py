"""The files of deploy/ keep their promises: nothing runs as root or may write to its own code, one way in."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_every_service_is_shut_in(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
        assert "privileged" not in service, name
        assert not any("docker.sock" in str(one) for one in service.get("volumes", [])), name


def test_the_proxy_is_the_only_way_in(compose: dict[str, Any]) -> None:
    assert [name for name, one in compose["services"].items() if "ports" in one] == ["proxy"]


def test_what_is_named_is_there(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (DEPLOY / source).exists(), (name, source)
        assert set(service["networks"]) <= set(compose["networks"])
        assert set(service.get("depends_on", {})) <= set(compose["services"])
    assert (DEPLOY / compose["services"]["app"]["build"]["dockerfile"].removeprefix("deploy/")).exists()


def test_the_image_runs_as_nobody_and_holds_no_data() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert lines[-1].startswith("CMD")
    assert re.search(r"^USER 10001$", text, re.MULTILINE)
    assert "HEALTHCHECK" in text
    for source in re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE):
        assert all((ROOT / one).exists() for one in source.split()), source
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    assert "!.streamlit" not in ignored  # secrets.toml stays out
    assert "data/*.duckdb*" in ignored


def test_the_units_shut_the_app_in() -> None:
    for name in ("plumbline@.service", "plumbline-nightly.service"):
        text = (DEPLOY / name).read_text(encoding="utf-8")
        for line in (
            "User=plumbline",
            "ProtectSystem=strict",
            "NoNewPrivileges=yes",
            "CapabilityBoundingSet=",
        ):
            assert line in text.splitlines(), (name, line)


def test_there_are_threads_for_a_meeting() -> None:
    """30 pages that ran at one moment had 292 threads on two processors: at 256 none could begin any more."""
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    assert compose["services"]["app"]["pids_limit"] >= 1024
    assert "TasksMax=1024" in (DEPLOY / "plumbline@.service").read_text(encoding="utf-8").splitlines()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    units = [*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")]
    for unit in units:
        text = unit.read_text(encoding="utf-8")
        text = re.sub(r"/srv/plumbline/.venv/bin/(streamlit|python)", "/bin/true", text)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in units)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not [line for line in done.stderr.splitlines() if "plumbline" in line], done.stderr


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="no shellcheck on this machine")
def test_the_script_is_sound() -> None:
    done = subprocess.run(
        ["shellcheck", str(DEPLOY / "nightly.sh")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
