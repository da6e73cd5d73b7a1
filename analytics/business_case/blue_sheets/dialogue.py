"""Knows a conversation: one speaker asks, another answers, each line behind a name ("Q:", "Manager:")."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analytics.business_case.blue_sheets.blocks import Block, Line

_SPEAKER = re.compile(r"\s*([^\W\d_][\w.]*(?: [\w.]+){0,2})\s*:\s+(?=\S)")
_OFTEN = 3
#: deeper than any heading that a document has of its own
_QUESTION_LEVEL = 9


def as_headings(blocks: Sequence[Block]) -> list[Block]:
    """The same blocks; in a conversation, questions become headings and what is said the text below."""
    lines = [block for block in blocks if isinstance(block, Line)]
    spoken = [speaker for line in lines if (speaker := _speaker(line.text))]
    asked = Counter(s for line in lines if (s := _speaker(line.text)) and line.text.rstrip().endswith("?"))
    often = {speaker for speaker, count in Counter(spoken).items() if count >= _OFTEN}
    askers = {speaker for speaker in often if asked[speaker] * 2 > spoken.count(speaker)}
    if not askers or askers == often:
        return list(blocks)
    return list(_retold(blocks, askers, often))


def _retold(blocks: Sequence[Block], askers: set[str], speakers: set[str]) -> Iterator[Block]:
    for block in blocks:
        named = _SPEAKER.match(block.text) if isinstance(block, Line) else None
        if named is None or named.group(1) not in speakers or not isinstance(block, Line):
            yield block
        else:
            line = block.cut(named.end())
            yield replace(line, level=_QUESTION_LEVEL if named.group(1) in askers else 0, bold=False, lead=0)


def _speaker(text: str) -> str:
    found = _SPEAKER.match(text)
    return found.group(1) if found else ""
