"""Annotations on a page, and where they belong in another version of the paper. Pure.

Places are ten-thousandths of the page as it stands upright in the file, from its top left corner. A highlight is no
place at all but words: the screen finds them again, however the page is set.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from documents import fold

Part = Annotated[int, Meta(ge=0, le=10_000)]
Colour = Literal["yellow", "green", "red", "blue"]
ALIKE = 0.8  # of the words of two pages, and they are the same page
AROUND = 10  # pages before and behind that are looked at for one that was moved
LETTERS, COMPARED = 20_000, 600  # of a page that are read, and words of it that are compared


class Ink(msgspec.Struct, frozen=True, tag_field="kind", tag="ink", forbid_unknown_fields=True):
    """One stroke of a pen."""

    points: Annotated[tuple[tuple[Part, Part], ...], Meta(min_length=1, max_length=2000)]
    colour: Colour


class Highlight(msgspec.Struct, frozen=True, tag_field="kind", tag="highlight", forbid_unknown_fields=True):
    """Words of the page; `nth`: which of the places where they stand, from 0."""

    quote: Annotated[str, Meta(min_length=1, max_length=2000)]
    nth: Annotated[int, Meta(ge=0, le=10_000)]
    colour: Colour


class Remark(msgspec.Struct, frozen=True, tag_field="kind", tag="remark", forbid_unknown_fields=True):
    """Something written, at a place."""

    at: tuple[Part, Part]
    text: Annotated[str, Meta(min_length=1, max_length=4000)]


Mark = Ink | Highlight | Remark


class Annotation(msgspec.Struct, frozen=True):
    """`sha256`: the version it was made on; `page` of that version."""

    id: str
    sha256: str
    page: int
    mark: Mark


def carried(annotation: Annotation, sha256: str, texts: Mapping[str, Sequence[str]]) -> Annotation:
    """As it stands on the version SHA256, from the TEXTS of all pages of every version; on page 0 where its place is no
    more, or was none before."""
    if annotation.sha256 == sha256:
        return annotation
    before, after = texts[annotation.sha256], texts[sha256]
    page = (
        _of_words(annotation, after) if isinstance(annotation.mark, Highlight) else _of_page(annotation, before, after)
    )
    return msgspec.structs.replace(annotation, sha256=sha256, page=page)


def _near(page: int, count: int) -> list[int]:
    """The pages around PAGE, the nearest first."""
    around = range(max(1, page - AROUND), min(count, page + AROUND) + 1)
    return sorted(around, key=lambda other: abs(other - page))


def _of_words(annotation: Annotation, after: Sequence[str]) -> int:
    assert isinstance(annotation.mark, Highlight)
    quote = fold.words(annotation.mark.quote)
    if not quote:
        return 0
    sought = _line(quote)
    near = _near(annotation.page, len(after)) if annotation.page else range(1, len(after) + 1)
    return next((page for page in near if sought in _line(_words(after[page - 1]))), 0)


def _of_page(annotation: Annotation, before: Sequence[str], after: Sequence[str]) -> int:
    page = annotation.page
    words = _words(before[page - 1]) if 1 <= page <= len(before) else ()
    if not words:  # a scan: nothing tells its pages apart but their number
        same = 1 <= page <= len(after) and len(before) == len(after) and not _words(after[page - 1])
        return page if same else 0
    return next((other for other in _near(page, len(after)) if _alike(words, _words(after[other - 1]))), 0)


@functools.lru_cache(maxsize=256)
def _words(text: str) -> tuple[str, ...]:
    """The first words of a page: enough to know it by."""
    return tuple(fold.words(text[:LETTERS]))


def _line(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "


@functools.lru_cache(maxsize=256)
def _alike(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    if words == others:
        return True
    matcher = SequenceMatcher(None, words[:COMPARED], others[:COMPARED], autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
