"""Runs a target on one input and keeps what it found: one example per place, so that fuzzing goes on."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable
from pathlib import Path

from analytics.problems import BadInput


class Findings:
    """Keeps inputs that break something, below a folder: NAME.input and NAME.txt (the traceback)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.messages = 0
        self.folder.mkdir(parents=True, exist_ok=True)

    def run(self, target: Callable[[bytes], None], data: bytes) -> None:
        """Run the target; BadInput is an answer (`messages` counts them), everything else a finding."""
        try:
            target(data)
        except BadInput:
            self.messages += 1
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of a Rust library is no Exception
            self._keep(error, data)

    def _keep(self, error: BaseException, data: bytes) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if "/analytics/" in frame.filename] or list(frames)
        message = str(error).split("\n")[0][:60] if isinstance(error, AssertionError) else ""
        place = f"{type(error).__name__} {Path(own[-1].filename).name}:{own[-1].name} {message[:12]}"
        name = hashlib.sha256(place.encode()).hexdigest()[:8]
        known = self.folder / f"{name}.input"
        if known.exists() and known.stat().st_size <= len(data):
            return
        known.write_bytes(data)
        told = "".join(traceback.format_exception(error))
        known.with_suffix(".txt").write_text(f"{place}\n{told}", "utf-8")
