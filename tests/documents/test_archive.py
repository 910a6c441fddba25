"""documents.archive: what an office file may not hold, before any converter sees it."""

from __future__ import annotations

import io
import zipfile

import pytest

from documents import archive
from store.errors import Refused

from ..kit.files import docx, odt, relation, zipped

DOCTYPE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
FIELD = "<w:p><w:r><w:instrText>{}</w:instrText></w:r>{}</w:p>"

FIELD_GOES_ON = "<w:r><w:instrText>UDETEXT a</w:instrText></w:r>"


def linked() -> bytes:
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as made:
        entry = zipfile.ZipInfo("word/link.xml")
        entry.external_attr = 0o120777 << 16
        made.writestr(entry, "/etc/passwd")
    return out.getvalue()


def twice() -> bytes:
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as made, pytest.warns(UserWarning, match="Duplicate name"):
        made.writestr("word/document.xml", "<other/>")
    return out.getvalue()


def locked() -> bytes:
    """Bit 0 of an entry's flags (PKWARE APPNOTE, 4.4.4): its content is encrypted."""
    data = bytearray(docx())
    at = data.rindex(b"PK\1\2")
    data[at + 8] |= 1
    return bytes(data)


def lying() -> bytes:
    """The directory says that a part is ten bytes long; it is not."""
    data = bytearray(docx(**{"word/a.xml": b"<a>" + b" " * 5000 + b"</a>"}))
    at = data.rindex(b"PK\1\2")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(data)


GOOD = {
    "docx": (docx(), "docx"),
    "odt": (odt(), "odt"),
    "hyperlink": (docx(relations=relation("hyperlink", "https://example.vn")), "docx"),
    "field of a page": (docx(inside=FIELD.format("PAGE", "")), "docx"),
    "link in a text": (odt('<text:p><text:a xlink:href="https://example.vn">x</text:a></text:p>'), "odt"),
    "own part": (odt('<text:p><draw:image xlink:href="./META-INF/manifest.xml"/></text:p>'), "odt"),
    "chart with its table": (docx(**{"word/embeddings/t.xlsx": docx()}), "docx"),
    "workbook": (zipped({"[Content_Types].xml": "<a/>", "xl/workbook.xml": "<a/>"}), "xlsx"),
    "slides": (zipped({"[Content_Types].xml": "<a/>", "ppt/presentation.xml": "<a/>"}), "pptx"),
}
BAD = {
    "no archive": (b"PK\3\4" + bytes(200), "archive-broken"),
    "cut": (docx()[:-30], "archive-broken"),
    "some archive": (zipped({"a.txt": "x"}), "kind-unknown"),
    "java": (zipped({"META-INF/MANIFEST.MF": "x", "a.class": b"\xca\xfe"}), "kind-unknown"),
    "a mimetype alone": (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "kind-unknown"),
    "too many parts": (docx(**{f"word/{number}.xml": "<a/>" for number in range(1000)}), "archive-bomb"),
    "way out": (docx(**{"../../etc/x.xml": "<a/>"}), "archive-broken"),
    "root": (docx(**{"/etc/x.xml": "<a/>"}), "archive-broken"),
    "drive": (docx(**{"C:/x.xml": "<a/>"}), "archive-broken"),
    "control": (docx(**{"word/a\x01b.xml": "<a/>"}), "archive-broken"),
    "backslash": (docx(**{"word\\..\\x.xml": "<a/>"}), "archive-broken"),
    "link": (linked(), "archive-broken"),
    "one name twice": (twice(), "archive-broken"),
    "locked": (locked(), "office-locked"),
    "lying": (lying(), "archive-broken"),
    "zip bomb": (docx(**{"word/media/a.bin": bytes(300_000_000)}), "archive-bomb"),
    "XML bomb": (docx(**{"word/a.xml": DOCTYPE}), "archive-bomb"),
    "XML bomb in UTF-16": (docx(**{"word/a.xml": DOCTYPE.encode("utf-16")}), "archive-bomb"),
    "XML bomb in a list of parts": (docx(**{"word/_rels/document.xml.rels": DOCTYPE}), "archive-bomb"),
    "deep": (docx(**{"word/a.xml": "<a>" * 5000 + "</a>" * 5000}), "archive-bomb"),
    "broken XML": (docx(**{"word/a.xml": "<a><b></a>"}), "archive-broken"),
    "broken UTF-8": (docx(**{"word/a.xml": b"<a>\xff\xfe\xc3</a>"}), "archive-broken"),
    "archive within": (docx(**{"word/media/a.png": docx()}), "archive-broken"),
    "macro": (docx(**{"word/vbaProject.bin": b"x"}), "office-program"),
    "basic": (zipped({"mimetype": "x", "Basic/Standard/a.xml": "<a/>"}), "office-program"),
    "event": (odt("<script:event-listener/>"), "office-program"),
    "remote template": (docx(relations=relation("attachedTemplate", "https://example.vn/a.dotm")), "office-link"),
    "remote picture": (docx(relations=relation("image", "file:///etc/passwd")), "office-link"),
    "mode in capitals": (docx(relations=relation("image", "file:///etc/passwd", "EXTERNAL")), "office-link"),
    "included text": (docx(inside=FIELD.format(r'INCLUDETEXT "/etc/passwd"', "")), "office-link"),
    "split field": (docx(inside=FIELD.format("INCL", FIELD_GOES_ON)), "office-link"),
    "simple field": (docx(inside='<w:fldSimple w:instr="DDEAUTO c:\\a"/>'), "office-link"),
    "linked section": (odt('<text:section-source xlink:href="file:///etc/passwd"/>'), "office-link"),
    "picture elsewhere": (odt('<text:p><draw:image xlink:href="https://example.vn/a.png"/></text:p>'), "office-link"),
    "way up": (odt('<text:p><draw:image xlink:href="../a.png"/></text:p>'), "office-link"),
    "absolute": (odt('<text:p><draw:image xlink:href="/etc/passwd"/></text:p>'), "office-link"),
    "round about": (odt('<text:p><draw:image xlink:href="./../../etc/passwd"/></text:p>'), "office-link"),
    "no part": (odt('<text:p><draw:image xlink:href="Pictures/9.png"/></text:p>'), "office-link"),
    "field in a part of another name": (docx(**{"word/main.dat": f"<a>{FIELD.format('INCLUDETEXT x', '')}</a>"
                                                .replace("w:", "")}), "office-link"),
    "address within": (docx(relations=relation("image", "file:///etc/passwd", "Internal")), "office-link"),
    "formula": (odt("<table:table-cell table:formula=\"of:=['file:///etc/passwd'#$A.A1]\"/>"), "office-link"),
    "password": (odt(manifest="<manifest:encryption-data/>"), "office-locked"),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_an_office_file_that_keeps_to_itself_is_let_through(name: str) -> None:
    data, kind = GOOD[name]
    found, plain = archive.repack(data)
    assert found == kind
    assert archive.repack(plain) == (kind, plain), "what is handed on passes the same checks, and is what it was"


@pytest.mark.parametrize("name", BAD)
def test_one_that_does_not_is_refused_with_a_reason(name: str) -> None:
    data, code = BAD[name]
    with pytest.raises(Refused) as refusal:
        archive.repack(data)
    assert refusal.value.code == code


def test_a_hyperlink_leads_nowhere_so_that_no_picture_hides_behind_it() -> None:
    _, plain = archive.repack(docx(relations=relation("hyperlink", "file:///etc/passwd")))
    assert b"passwd" not in zipfile.ZipFile(io.BytesIO(plain)).read("word/_rels/document.xml.rels")


def test_what_one_reader_sees_and_another_does_not_is_not_handed_on() -> None:
    """What stands about an archive's parts, where some look for another archive, stays behind."""
    outer = io.BytesIO(docx("đã xem"))
    with zipfile.ZipFile(outer, "a") as made:
        made.comment = b"PK\x01\x02 a second directory"
    assert b"second directory" in outer.getvalue()
    assert b"second directory" not in archive.repack(outer.getvalue())[1]
