"""Office files as the archives they are: what is refused before any converter opens one, and what is handed to it. Runs
in the workshop only.

A converter is told by a file to read other files: a linked section or sheet, a picture at an address, a program. So
nothing of it goes in unless everything it points at lies within it. And two programs may read one archive as two: so
every part is unfolded here, with a limit, read without a document type, in which entities could grow, and packed anew
as a plain archive. That one is converted, never what came.
"""

from __future__ import annotations

import io
import posixpath
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Collection, Mapping
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from store.errors import Refused

from .kinds import OLE, ZIP, OfficeKind

MOST_ENTRIES = 1000
LARGEST_UNFOLDED = 512 * 1024**2
LARGEST_RATIO = 200
RATIO_COUNTS_FROM = 1024**2  # bytes unfolded: an empty sheet folds well, and is none the worse
DEEPEST = 256  # elements within elements

OOXML: dict[str, OfficeKind] = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
ODF: dict[bytes, OfficeKind] = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
NOWHERE = "about:blank"
FETCHING_FIELD = re.compile(r"\b(INCLUDETEXT|INCLUDEPICTURE|DDE|DDEAUTO|LINK|DATABASE)\b", re.I)
PROGRAMS = re.compile(r"(^|/)(vbaProject|vbaData|Basic/|Scripts/|activeX/|macrosheets/)", re.I)
FETCHING_FORMULA = re.compile(r"'?(file|https?|ftp|smb|dde):|WEBSERVICE|\bDDE\(", re.I)
LED_BY_HAND = ("a", "template")  # elements whose address is followed by people, if at all
XML_BEGINS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def repack(data: bytes) -> tuple[OfficeKind, bytes]:
    """Which office file DATA is, and the same packed anew, its hyperlinks leading nowhere. Raises Refused:
    `kind-unknown`, `archive-broken`, `archive-bomb`, `office-locked`, `office-program`, `office-link`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_entries(archive)
            parts = _unfolded(archive, len(data))
    except Refused:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError) as error:
        raise Refused("archive-broken") from error
    kind = _kind(parts)
    return kind, _packed({name: _checked(name, part, parts.keys()) for name, part in parts.items()})


def _check_entries(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Refused("archive-bomb")
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names) or not all(map(_is_inside, names)):
        raise Refused("archive-broken")
    for entry in entries:
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused("archive-broken")
        if entry.flag_bits & 1:
            raise Refused("office-locked")
        if PROGRAMS.search(entry.filename):
            raise Refused("office-program")


def _is_inside(name: str) -> bool:
    """A plain path below the archive's root."""
    parts = name.rstrip("/").split("/")
    return name.isprintable() and "\\" not in name and ":" not in name and not {"", ".", ".."} & set(parts)


def _unfolded(archive: zipfile.ZipFile, size: int) -> dict[str, bytes]:
    """Every part's content: what the archive says of its length is not believed."""
    parts: dict[str, bytes] = {}
    total = 0
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        with archive.open(entry) as reading:
            part = reading.read(LARGEST_UNFOLDED - total + 1)
        total += len(part)
        if total > LARGEST_UNFOLDED or (total > RATIO_COUNTS_FROM and total > LARGEST_RATIO * size):
            raise Refused("archive-bomb")
        parts[entry.filename] = part
    return parts


def _packed(parts: Mapping[str, bytes]) -> bytes:
    """ODF wants its mimetype first, and as it is (OpenDocument 1.3, part 2, section 3.3)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda name: name != "mimetype"):
            kept = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), parts[name], kept)
    return out.getvalue()


def _kind(parts: Mapping[str, bytes]) -> OfficeKind:
    kind = ODF.get(parts.get("mimetype", b"").strip())
    if kind is not None and "META-INF/manifest.xml" in parts:
        return kind
    for part, found in OOXML.items():
        if part in parts and "[Content_Types].xml" in parts:
            return found
    raise Refused("kind-unknown")


def _checked(name: str, part: bytes, names: Collection[str]) -> bytes:
    """A part as it may go on."""
    if part.startswith((ZIP, OLE)):
        if "/embeddings/" not in f"/{name}" and not name.startswith("Object"):
            raise Refused("archive-broken")
        return b""  # the table behind a chart: what stands for it on the page is drawn, it is never opened
    if name.endswith(".rels"):
        return _relationships(part)
    if name.endswith((".xml", ".rdf", ".vml")) or part.lstrip(b" \t\r\n").startswith(XML_BEGINS):
        fields: list[str] = []
        folder = posixpath.dirname(name)
        _read(part, lambda tag, given: _element(tag, given, folder, names), fields.append)
        if FETCHING_FIELD.search("".join(fields)):
            raise Refused("office-link")
    return part


def _relationships(part: bytes) -> bytes:
    """A list of what a part points at (ECMA-376, part 2, section 8.3), written anew: hyperlinks lead nowhere, for a
    picture may be said to be one; anything else outside is refused."""
    rows: list[str] = []

    def told(tag: str, given: dict[str, str]) -> None:
        if not tag.endswith("Relationship"):
            return
        row = {name: given.get(name, "") for name in ("Id", "Type", "Target")}
        if given.get("TargetMode", "").strip().lower() == "external":
            if not row["Type"].endswith("/hyperlink"):
                raise Refused("office-link")
            row |= {"Target": NOWHERE, "TargetMode": "External"}
        elif re.match(r"\s*([a-z][a-z0-9+.-]*:|//|\\\\)", row["Target"], re.I):
            raise Refused("office-link")
        rows.append("<Relationship " + " ".join(f"{name}={quoteattr(value)}" for name, value in row.items()) + "/>")

    _read(part, told)
    head = f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{PACKAGE}">'
    return f"{head}{''.join(rows)}</Relationships>".encode()


def _element(name: str, given: dict[str, str], folder: str, names: Collection[str]) -> None:
    """An element of either family. OpenDocument 1.3, part 3: what is linked has an xlink:href; what acts is an event
    listener; a cell may name a file in its formula. WordprocessingML: a field may be an attribute."""
    plain = name.rpartition(":")[2]
    if plain == "event-listener" or name.startswith("script:"):
        raise Refused("office-program")
    if plain == "encryption-data":
        raise Refused("office-locked")
    if plain in ("dde-source", "dde-connection", "database-range-source", "table-source", "database-source-sql"):
        raise Refused("office-link")
    if plain == "fldSimple" and any(FETCHING_FIELD.search(value) for value in given.values()):
        raise Refused("office-link")
    for key, value in given.items():
        if key.endswith(":href") and plain not in LED_BY_HAND and not _lies_within(value, folder, names):
            raise Refused("office-link")
        if key.endswith(":formula") and FETCHING_FORMULA.search(value):
            raise Refused("office-link")


def _lies_within(address: str, folder: str, names: Collection[str]) -> bool:
    """Does it lead to a part, or a folder of parts, of this archive, or to a place in the same part?"""
    told = address.strip()
    if not told or told.startswith(("#", "data:")):
        return True
    path = posixpath.normpath(posixpath.join(folder, told.partition("#")[0]))
    return not path.startswith("/") and (path in names or any(name.startswith(f"{path}/") for name in names))


def _read(
    part: bytes, element: Callable[[str, dict[str, str]], None], fields: Callable[[str], object] | None = None
) -> None:
    """Hand every element of an XML part to ELEMENT, and the text of field instructions to FIELDS."""
    reader = expat.ParserCreate()
    within: list[str] = []

    def begin(name: str, given: dict[str, str]) -> None:
        within.append(name)
        if len(within) > DEEPEST:
            raise Refused("archive-bomb")
        element(name, given)

    def told(text: str) -> None:
        if fields is not None and within[-1].endswith("instrText"):
            fields(text)

    def typed(*_: object) -> None:
        raise Refused("archive-bomb")  # a document type: no office program writes one, and entities grow in it

    reader.StartElementHandler = begin
    reader.EndElementHandler = lambda _: within.pop()
    reader.CharacterDataHandler = told
    reader.StartDoctypeDeclHandler = typed
    try:
        reader.Parse(part, True)
    except expat.ExpatError as error:
        raise Refused("archive-broken") from error
