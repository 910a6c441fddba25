"""signing.strict and signing.verify: a revision that changes anything behind a signature is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from ..kit import pdfs
from ..kit.authority import Office
from ..kit.pdfs import RED, Writer

NAME = NameObject


def annotation(writer: Writer) -> None:
    page = pdfs.first_page(writer)
    made = {
        NAME("/Type"): NAME("/Annot"), NAME("/Subtype"): NAME("/FreeText"), NAME("/Rect"): pdfs.rectangle(0, 0, 90, 90),
        NAME("/Contents"): TextStringObject("đã sửa"),
    }  # fmt: skip
    page["/Annots"].append(writer.add_object(DictionaryObject(made)))
    writer.update_container(page["/Annots"])


def another_page(writer: Writer) -> None:
    pages = writer.root["/Pages"]
    made = {NAME("/Type"): NAME("/Page"), NAME("/Parent"): writer.root.raw_get("/Pages")}
    made |= {NAME("/MediaBox"): pdfs.rectangle(0, 0, 595, 842)}
    pages["/Kids"].append(writer.add_object(DictionaryObject(made)))
    pages["/Count"] = NumberObject(len(pages["/Kids"]))
    writer.update_container(pages)


def no_page(writer: Writer) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"], pages["/Count"] = ArrayObject(), NumberObject(0)
    writer.update_container(pages)


def script(writer: Writer) -> None:
    action = {NAME("/S"): NAME("/JavaScript"), NAME("/JS"): TextStringObject("app.alert(1)")}
    writer.root["/OpenAction"] = DictionaryObject(action)
    writer.update_root()


def names(writer: Writer) -> None:
    writer.root["/Names"] = DictionaryObject()
    writer.update_root()


def text_field(writer: Writer) -> None:
    made = {NAME("/FT"): NAME("/Tx"), NAME("/T"): TextStringObject("note"), NAME("/V"): TextStringObject("đã sửa")}
    writer.root["/AcroForm"]["/Fields"].append(writer.add_object(DictionaryObject(made)))
    writer.update_container(writer.root["/AcroForm"]["/Fields"])


def picture(field: str) -> Callable[[Writer], None]:
    """Another picture in FIELD's place: a seal image swapped, or a page painted over."""

    def change(writer: Writer) -> None:
        words = {NAME("/Subtype"): NAME("/Form"), NAME("/BBox"): pdfs.rectangle(0, 0, 100, 100)}
        found = pdfs.field_of(writer, field)
        drawn = writer.add_object(StreamObject(dict_data=words, stream_data=RED))
        found["/AP"] = DictionaryObject({NAME("/N"): drawn})
        writer.update_container(found)

    return change


def stream_of_seal(writer: Writer) -> None:
    """The same object number with another drawing."""
    reference = pdfs.field_of(writer, "seal")["/AP"].raw_get("/N")
    drawn = reference.get_object()
    drawn._data, drawn._encoded_data = RED, None
    writer.mark_update(reference)


def larger(field: str) -> Callable[[Writer], None]:
    def change(writer: Writer) -> None:
        found = pdfs.field_of(writer, field)
        found["/Rect"] = pdfs.rectangle(0, 0, 595, 842)
        writer.update_container(found)

    return change


def unsign(writer: Writer) -> None:
    found = pdfs.field_of(writer, "chair")
    del found["/V"]
    writer.update_container(found)


def title(writer: Writer) -> None:
    info = writer.trailer["/Info"]
    info["/Title"] = TextStringObject("Nghị quyết 99/NQ-HĐND")
    writer.update_container(info)


def metadata(writer: Writer) -> None:
    reference = writer.root.raw_get("/Metadata")
    held = reference.get_object()
    held._data, held._encoded_data = held.data.replace(b"BB-UBND", b"QD-UBND"), None
    writer.mark_update(reference)


CHANGES: dict[str, Callable[[Writer], None]] = {
    "page text": pdfs.swap_page,
    "annotation": annotation,
    "page added": another_page,
    "pages removed": no_page,
    "script": script,
    "names": names,
    "text field": text_field,
    "seal picture": picture("seal"),
    "seal drawing": stream_of_seal,
    "picture in an empty field": picture("extra"),
    "signed field made larger": larger("chair"),
    "empty field made larger": larger("extra"),
    "signature taken out": unsign,
    "title": title,
    "metadata": metadata,
}


@pytest.mark.parametrize("name", CHANGES)
async def test_a_revision_that_changes_anything_is_refused(office: Office, signed: bytes, name: str) -> None:
    changed = pdfs.revise(signed, CHANGES[name])
    assert changed.startswith(signed)
    await office.refused(changed)


@pytest.mark.parametrize("name", ["page text", "annotation", "picture in an empty field", "empty field made larger"])
async def test_a_change_between_two_signatures_is_refused(office: Office, two: bytes, name: str) -> None:
    """What the seal's holder would sign unseen: the file was changed behind the chair's signature."""
    changed = await office.sign(pdfs.revise(two, CHANGES[name]), "seal")
    report = await office.judge(changed)
    assert report.state == "not-valid"
    assert [one.state for one in report.signatures[:2]] == ["not-valid", "not-valid"]


async def test_a_picture_prepared_in_the_empty_seal_field_is_refused(office: Office, two: bytes) -> None:
    await office.refused(pdfs.revise(two, picture("seal")))
    await office.refused(pdfs.revise(two, larger("seal")))
