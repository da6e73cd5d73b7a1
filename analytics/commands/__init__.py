"""The command line: reads arguments, calls the rest, prints. Exit 0 done, 2 bad input with one message."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from typing import Any, TextIO, cast

from analytics.commands import (
    accessing,
    answering,
    auditing,
    briefing,
    changing,
    checking,
    digesting,
    engines,
    foretelling,
    loading,
    looking,
    syncing,
    undoing,
    upkeep,
    warehousing,
)
from analytics.problems import BadInput
from analytics.store.database import Store, store_path
from analytics.wording import without_unseen

#: Modules with `add(subparsers)`; each command sets `run`, a function of (store, arguments).
_GROUPS: tuple[Callable[[argparse._SubParsersAction[argparse.ArgumentParser]], None], ...] = (
    loading.add,
    syncing.add,
    warehousing.add,
    looking.add,
    foretelling.add,
    changing.add,
    briefing.add,
    digesting.add,
    answering.add,
    checking.add,
    undoing.add,
    accessing.add,
    auditing.add,
    engines.add,
    upkeep.add,
)


def parser() -> argparse.ArgumentParser:
    """All commands with their arguments."""
    whole = argparse.ArgumentParser(
        prog="python -m analytics",
        description="Plumbline: where the quarter will end, and why. Data stays in one local file.",
    )
    whole.add_argument(
        "--store", metavar="FILE", help="the store (default: PLUMBLINE_STORE, else data/plumbline.duckdb)"
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in _GROUPS:
        add(commands)
    return whole


class _Seen:
    """The standard output without signs that move, colour or turn the terminal: texts come from elsewhere."""

    def __init__(self, to: TextIO) -> None:
        self._to = to

    def write(self, text: str) -> int:
        """Write a text."""
        return self._to.write(without_unseen(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._to, name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    try:
        given = parser().parse_args(arguments)
        store = Store(store_path(given.store))
        with redirect_stdout(cast(TextIO, _Seen(sys.stdout))):
            given.run(engines.chosen(given, store), given)
        auditing.note(store, given.command)
    except BadInput as error:
        print(f"error: {without_unseen(str(error))}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # `... | head` closed the pipe; Python would complain again when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("stopped; nothing half-done was kept", file=sys.stderr)
        return 130
    return 0
