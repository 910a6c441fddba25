"""What changed between two versions of a paper: page by page, word by word. Pure.

Pages are matched as wholes first, so that a page put in between does not make all behind it look changed; then the
words of pages that took each other's place are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

import msgspec

Change = Literal["same", "out", "in"]
LONGEST = 2000  # words of a page that are compared; of a longer one, it is told as a whole
AROUND = 12  # words that stay about a change, so that it is understood
PIECE = re.compile(r"\S+")


class Part(msgspec.Struct, frozen=True):
    """Words that stayed, went out or came in. `cut`: words that stayed were left out before these."""

    change: Change
    text: str
    cut: bool = False


class PageChange(msgspec.Struct, frozen=True):
    """A page as it was numbered before and is now; 0: it was not there, or is not any more."""

    before: int
    after: int
    parts: tuple[Part, ...]


def between(before: list[str], after: list[str]) -> list[PageChange]:
    """The pages that changed, in the order of the newer version."""
    old, new = ([PIECE.findall(text) for text in pages] for pages in (before, after))
    matcher = SequenceMatcher(None, [" ".join(page) for page in old], [" ".join(page) for page in new], autojunk=False)
    found: list[PageChange] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            continue
        for at in range(max(j - i, m - k)):
            number, is_ = (i + at if i + at < j else None), (k + at if k + at < m else None)
            words = (old[number] if number is not None else [], new[is_] if is_ is not None else [])
            parts = tuple(_parts(*words))
            found.append(PageChange(number + 1 if number is not None else 0, is_ + 1 if is_ is not None else 0, parts))
    return found


def _parts(old: list[str], new: list[str]) -> Iterator[Part]:
    if len(old) > LONGEST or len(new) > LONGEST or not old or not new:
        yield from _whole("out", old)
        yield from _whole("in", new)
        return
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for place, (kind, i, j, k, m) in enumerate(opcodes):
        if kind == "equal":
            yield from _kept(old[i:j], place == 0, place == len(opcodes) - 1)
        else:
            yield from _whole("out", old[i:j])
            yield from _whole("in", new[k:m])


def _whole(change: Change, words: list[str]) -> Iterator[Part]:
    if words:
        yield Part(change, " ".join(words))


def _kept(words: list[str], first: bool, last: bool) -> Iterator[Part]:
    """What stayed, only as far as it is needed to understand what did not."""
    head, tail = ([] if first else words[:AROUND]), ([] if last else words[-AROUND:])
    if len(words) <= len(head) + len(tail):
        yield Part("same", " ".join(words))
        return
    if head:
        yield Part("same", " ".join(head))
    if tail:
        yield Part("same", " ".join(tail), True)
