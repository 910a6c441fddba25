"""What kind of file came, by its own first bytes: a name says nothing. Pure."""

from __future__ import annotations

from typing import Literal

Kind = Literal["pdf", "picture", "zip", "old-office", "unknown"]
OfficeKind = Literal["docx", "xlsx", "pptx", "odt", "ods", "odp"]

HEAD = 1024  # bytes that tell it: a PDF may have something before its mark
OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # .doc, .xls, .ppt
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
ZIP = b"PK\x03\x04"


def kind_of(head: bytes) -> Kind:
    """The kind of a file that begins with HEAD."""
    if head.startswith(ZIP):
        return "zip"
    if head.startswith(OLE):
        return "old-office"
    if head.startswith(PICTURES) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return "picture"
    return "pdf" if b"%PDF-" in head[:HEAD] else "unknown"
