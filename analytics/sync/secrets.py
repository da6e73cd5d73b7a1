"""Secrets: from the environment, else Streamlit's secrets file; never in the store, logs or error texts."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

from analytics.problems import BadInput

#: What was handed out in this process, so that no text can carry it away.
_handed_out: set[str] = set()
_SHORTEST = 6  # a shorter value would blank out ordinary words
_TOKENS = re.compile(
    r"(?i)(bearer\s+|(?:access_token|client_secret|assertion)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}]+"
)


def secrets_files() -> tuple[Path, ...]:
    """Where Streamlit keeps its secrets: in the folder it runs in, else at home."""
    return (Path(".streamlit/secrets.toml"), Path.home() / ".streamlit/secrets.toml")


def optional(name: str) -> str:
    """A setting of a live source that may be secret; '' where there is none."""
    value = os.environ.get(name) or _from_files(name)
    return value.strip()


def secret(name: str) -> str:
    """A secret that must be there. Raises BadInput, which names the variable and never a value."""
    value = optional(name)
    if not value:
        raise BadInput(
            f"{name} is not set",
            to_do=f'Set it in the environment, or write {name} = "..." into .streamlit/secrets.toml'
            " (docs/sync.md).",
        )
    keep_secret(value)
    return value


def keep_secret(value: str) -> None:
    """Remember a value (a token that a server gave, too) that `redact` must blank out."""
    for line in value.splitlines():
        if len(line.strip()) >= _SHORTEST:
            _handed_out.add(line.strip())


def redact(text: str) -> str:
    """The text without any secret that this process has seen."""
    for value in sorted(_handed_out, key=len, reverse=True):
        text = text.replace(value, "***")
    return _TOKENS.sub(r"\1***", text)


def _from_files(name: str) -> str:
    for path in secrets_files():
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            raise BadInput(
                "the secrets file cannot be read",
                where=str(path),
                expected='lines of TOML such as NAME = "value"',
            ) from None  # what stands there must not come out with the error
        if isinstance(value := found.get(name), str):
            return value
    return ""
