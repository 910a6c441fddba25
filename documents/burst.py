"""Files made to burst: streams that unfold without end, pictures larger than any paper, drawings within drawings.

Runs in the workshop only.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Any

import pypdf
from pypdf.filters import ASCII85Decode, ASCIIHexDecode, LZWDecode, RunLengthDecode
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from store.errors import Refused

UNFOLD: dict[str, Callable[[bytes], bytes]] = {
    "/ASCIIHexDecode": ASCIIHexDecode.decode, "/AHx": ASCIIHexDecode.decode,
    "/ASCII85Decode": ASCII85Decode.decode, "/A85": ASCII85Decode.decode,
    "/LZWDecode": LZWDecode.decode, "/LZW": LZWDecode.decode,
    "/RunLengthDecode": RunLengthDecode.decode, "/RL": RunLengthDecode.decode,
}  # fmt: skip
LONGEST_CHAIN = 4  # filters on one stream
LARGEST_DECODED = 512 * 1024**2
LARGEST_RATIO = 200
RATIO_COUNTS_FROM = 20 * 1024**2  # below this, a high ratio is only a blank page
MOST_PIXELS = 200_000_000  # of one picture: A0 at 300 dpi has 140 million
MOST_DRAWINGS = 100_000  # of one page, those within drawings counted as often as they are shown
DRAW = re.compile(rb"/([^\s/\[\]<>(){}%]+)\s+Do\b")


class Measure:
    """Adds up what the streams of a file unfold to; refuses what was made to burst."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._decoded = 0

    def take(self, stream: StreamObject) -> None:
        filters = stream.get("/Filter", ArrayObject()).get_object()
        chain = [one.get_object() for one in filters] if isinstance(filters, ArrayObject) else [filters]
        if len(chain) > LONGEST_CHAIN or _pixels(stream) > MOST_PIXELS:
            raise Refused("pdf-bomb")
        data = stream._data if isinstance(stream._data, bytes) else b""
        for place, name in enumerate(chain):
            if name in ("/FlateDecode", "/Fl"):
                data = self._inflate(data)
            elif name in UNFOLD:
                data = bytes(UNFOLD[name](data))
                self._judge(len(data))
            else:
                if any(one in UNFOLD or one in ("/FlateDecode", "/Fl") for one in chain[place + 1 :]):
                    raise Refused("pdf-bomb")
                self._judge(len(data))
                break

    def _inflate(self, data: bytes) -> bytes:
        machine, out = zlib.decompressobj(), bytearray()
        try:
            while data:
                piece = machine.decompress(data, 1 << 20)
                self._judge(len(piece))
                if len(out) < 1 << 22:
                    out += piece
                if not piece and not machine.unconsumed_tail:
                    break
                data = machine.unconsumed_tail
        except zlib.error:
            pass  # readers show what they can of a damaged stream
        return bytes(out)

    def _judge(self, more: int) -> None:
        self._decoded += more
        ratio = self._decoded / max(1, self._size)
        if self._decoded > LARGEST_DECODED or (self._decoded > RATIO_COUNTS_FROM and ratio > LARGEST_RATIO):
            raise Refused("pdf-bomb")


def _pixels(stream: StreamObject) -> int:
    """Of a picture; 0 for anything else."""
    if stream.get("/Subtype") != "/Image":
        return 0
    width, height = (stream.get(key, 0).get_object() for key in ("/Width", "/Height"))
    return int(width) * int(height)


def count_drawings(page: pypdf.PageObject) -> int:
    """How often a page paints a drawing of its own (a form), with all that those paint in turn. Raises Refused for more
    than MOST_DRAWINGS: ten drawings of ten drawings, ten deep, are a small file and an endless page."""
    contents = page.get_contents()
    return _count(contents.get_data() if contents is not None else b"", page.get("/Resources"), {}, 0)


def _count(data: bytes, resources: Any, known: dict[int, int], depth: int) -> int:
    if depth > 64:
        raise Refused("pdf-bomb")
    forms = _forms(resources)
    total = 0
    for name in DRAW.findall(data) if forms else ():
        form = forms.get("/" + name.decode("latin-1"))
        if form is None:
            continue
        key = form.indirect_reference.idnum if form.indirect_reference else -1
        if key not in known:
            known[key] = MOST_DRAWINGS  # while it is being counted: one that paints itself never ends
            known[key] = 1 + _count(form.get_data(), form.get("/Resources", resources), known, depth + 1)
        total += known[key]
        if total >= MOST_DRAWINGS:
            raise Refused("pdf-bomb")
    return total


def _forms(resources: Any) -> dict[str, StreamObject]:
    found = resources.get_object() if resources is not None else None
    named = found.get("/XObject", DictionaryObject()).get_object() if isinstance(found, DictionaryObject) else {}
    things = {str(name): thing.get_object() for name, thing in named.items()} if isinstance(named, dict) else {}
    return {
        name: thing
        for name, thing in things.items()
        if isinstance(thing, StreamObject) and thing.get("/Subtype") == "/Form"
    }
