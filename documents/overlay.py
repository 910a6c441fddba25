"""Something drawn over the pages of a PDF, from outside: what a page held is put aside, and stays as it is."""

from __future__ import annotations

import re

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, RectangleObject

STRING = re.compile(rb"\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]*>|%[^\r\n]*", re.DOTALL)
STATE = re.compile(rb"(?<![^\s\[\](){}<>/])[qQ](?![^\s\[\](){}<>/])")
DEEPEST = 64  # states that a page may leave open, or close beyond its own


def held(page: DictionaryObject) -> ArrayObject:
    """The streams that draw a page."""
    if "/Contents" not in page:
        return ArrayObject()
    inner = page["/Contents"].get_object()
    return ArrayObject(inner) if isinstance(inner, ArrayObject) else ArrayObject([page.raw_get("/Contents")])


def resources_with(page: DictionaryObject, kind: str, name: str, thing: IndirectObject) -> DictionaryObject:
    """What the page may use, and THING as a KIND (`/Font`, `/XObject`) under NAME."""
    mine = DictionaryObject(page.get("/Resources", DictionaryObject()).get_object())
    known = DictionaryObject(mine.get(kind, DictionaryObject()).get_object())
    known[NameObject(name)] = thing
    mine[NameObject(kind)] = known
    return mine


def draw(
    page: DictionaryObject, resources: DictionaryObject | IndirectObject, before: IndirectObject, after: IndirectObject
) -> None:
    """BEFORE and AFTER are streams of what `around` says; behind that, AFTER draws with RESOURCES."""
    page[NameObject("/Resources")] = resources
    page[NameObject("/Contents")] = ArrayObject([before, *held(page), after])


def around(page: pypdf.PageObject) -> tuple[bytes, bytes]:
    """What puts the state that a page begins with aside, and what brings it back behind the page: also where the page
    leaves states open, or closes more than it opened."""
    content = page.get_contents()
    depth = lowest = 0
    for state in STATE.findall(STRING.sub(b" ", content.get_data()) if content is not None else b""):
        depth += 1 if state == b"q" else -1
        lowest = min(lowest, depth)
    first = min(DEEPEST, 1 - lowest)
    return b"q\n" * first, b"\n" + b"Q\n" * min(DEEPEST, first + depth)


def seen(page: pypdf.PageObject) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of what is seen of a page, in points, as the page lies before it is turned."""
    crop, media = _sorted(page.cropbox), _sorted(page.mediabox)
    left, bottom = max(crop[0], media[0]), max(crop[1], media[1])
    right, top = min(crop[2], media[2]), min(crop[3], media[3])
    return (left, bottom, right, top) if left < right and bottom < top else media


def _sorted(box: RectangleObject) -> tuple[float, float, float, float]:
    """A box with its lower left corner first, however it is written."""
    (left, right), (bottom, top) = sorted((box[0], box[2])), sorted((box[1], box[3]))
    return float(left), float(bottom), float(right), float(top)
