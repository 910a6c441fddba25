"""Writes a PDF anew without what acts, calls out, hides or carries other files. Runs in the workshop only."""

from __future__ import annotations

import io
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

from store.errors import Refused

from . import examine

# What the root of a document may hold; everything else is left behind.
ROOT = {
    "/Type", "/Pages", "/PageLabels", "/PageMode", "/PageLayout", "/Outlines", "/Dests", "/Lang", "/MarkInfo",
    "/StructTreeRoot", "/Metadata", "/AcroForm", "/OutputIntents", "/ViewerPreferences", "/Version",
}  # fmt: skip


def clean(data: bytes) -> bytes:
    """DATA without its active parts. Raises Refused `pdf-broken` if it cannot be written anew."""
    try:
        writer = pypdf.PdfWriter(clone_from=examine.open_strictly(data))
        writer.pdf_header = "%PDF-1.7"  # pypdf would say 1.3, whatever came
        root = writer._root_object
        held = examine.got(root, "/Names")
        places = held.get("/Dests") if isinstance(held, DictionaryObject) else None  # links within the file go by them
        for key in [key for key in root if key not in ROOT]:
            del root[key]
        for thing in list(writer._objects):
            _strip(thing)
        if places is not None:
            root[NameObject("/Names")] = DictionaryObject({NameObject("/Dests"): places})
        writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
        out = io.BytesIO()
        writer.write(out)
    except Refused:
        raise
    except examine.MISREAD as error:
        raise Refused("pdf-broken") from error
    return out.getvalue()


def _strip(root: Any) -> None:
    """Take active keys, actions and annotations out of one indirect object and what is written inside it."""
    stack = [root]
    while stack:
        thing = stack.pop()
        if isinstance(thing, DictionaryObject):
            for key in [key for key, value in thing.items() if key in examine.KEYS or _is_action(value)]:
                del thing[key]
            if isinstance(thing.get("/Annots"), ArrayObject | IndirectObject):
                _strip_annotations(thing)
            stack.extend(value for value in thing.values() if not isinstance(value, IndirectObject))
            if examine.active(thing):  # an action that is an object of its own: emptied
                for key in list(thing):
                    del thing[key]
        elif isinstance(thing, ArrayObject):
            stack.extend(value for value in thing if not isinstance(value, IndirectObject))


def _is_action(value: Any) -> bool:
    action = value.get_object() if isinstance(value, IndirectObject) else value
    return isinstance(action, DictionaryObject) and "/S" in action and bool(examine.active(action))


def _strip_annotations(page: DictionaryObject) -> None:
    held = page["/Annots"]
    annotations = held.get_object() if isinstance(held, IndirectObject) else held
    if not isinstance(annotations, ArrayObject):
        del page["/Annots"]
        return
    kept = [one for one in annotations if not _is_banned(one)]
    annotations[:] = kept


def _is_banned(annotation: Any) -> bool:
    thing = annotation.get_object() if isinstance(annotation, IndirectObject) else annotation
    return isinstance(thing, DictionaryObject) and examine.got(thing, "/Subtype") in examine.ANNOTATIONS
