"""signing.strict: every known way to change a signed file afterwards is refused, whoever is trusted."""

from __future__ import annotations

import contextlib
import io
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from signing import strict, verify
from signing.model import Trust

from ..kit import pdfs
from ..kit.authority import NOW, Office
from ..kit.pdfs import Writer

NAME, RED = NameObject, b"1 0 0 rg 0 0 100 100 re f"


# ── bytes ──


async def refused(office: Office, data: bytes) -> str:
    report = await office.judge(data)
    assert report.state == "not-valid", report
    return report.reason


def content_stream(data: bytes) -> int:
    """Where the first page's drawing stands in the file, some way into it."""
    page = pdfs.first_page(Writer(io.BytesIO(data)))
    return data.index(b"stream", data.index(b"\n%d 0 obj" % page.raw_get("/Contents").idnum)) + 50


async def test_a_flipped_byte_in_header_content_and_last_revision(office: Office, signed: bytes) -> None:
    assert await refused(office, pdfs.flipped(signed, 7)) == "changed-bytes"
    assert await refused(office, pdfs.flipped(signed, content_stream(signed))) == "changed-bytes"
    first, second = pdfs.contents_gap(signed, 2)
    for at in (1, 12, first - 40, first, second - 1, second + 1, len(signed) - 9, len(signed) - 2):
        await refused(office, pdfs.flipped(signed, at))


@pytest.mark.parametrize("which", [0, 1, 2])
async def test_a_flipped_byte_in_what_the_cms_signs(office: Office, signed: bytes, which: int) -> None:
    """The digest, the attributes, the signature value, the timestamp: bytes of the CMS that prove something."""
    one = pdfs.embedded(signed)[which]
    start, _ = pdfs.contents_gap(signed, which)
    cms = bytes(one.pkcs7_content)
    info = one.signer_info
    token = info["unsigned_attrs"][0]["values"][0]["content"]
    parts = {
        "attributes": info["signed_attrs"].dump()[4:],
        "signature": info["signature"].native,
        "timestamp": token["encap_content_info"]["content"].parsed.dump(),
        "timestamp signature": token["signer_infos"][0]["signature"].native,
    }
    for name, part in parts.items():
        at = start + 1 + 2 * (cms.index(part) + len(part) - 3)
        digit = b"0" if signed[at : at + 1] != b"0" else b"1"
        report = await office.judge(signed[:at] + digit + signed[at + 1 :])
        assert report.state == "not-valid", name


async def test_no_signed_byte_is_free(office: Office, signed: bytes) -> None:
    """Any byte outside the places reserved for the signatures themselves, from a seed."""
    dice = random.Random(7)
    gaps = [pdfs.contents_gap(signed, which) for which in range(3)]
    places = [dice.randrange(len(signed)) for _ in range(30)]
    for at in [at for at in places if not any(first <= at < second for first, second in gaps)]:
        assert (await office.judge(pdfs.flipped(signed, at))).state == "not-valid", at


@pytest.mark.parametrize("which", [0, 1, 2])
async def test_padding_behind_the_cms_must_be_empty(office: Office, signed: bytes, which: int) -> None:
    """No digest reaches the rest of the reserved place, two thirds of it: nothing may be hidden or changed there."""
    first, second = pdfs.contents_gap(signed, which)
    for at in ((first + second) // 2, second - 2):
        assert signed[at : at + 1] == b"0"
        await refused(office, signed[:at] + b"7" + signed[at + 1 :])


@pytest.mark.parametrize(
    "tail", [b"%", b"A", b"\0", b"%%EOF", b"\n%%EOF\n", b"startxref\n0\n%%EOF\n", b"A" * 2048, b"\n" * 200, b"1 0 obj"]
)
async def test_appended_bytes(office: Office, signed: bytes, tail: bytes) -> None:
    await refused(office, signed + tail)


@pytest.mark.parametrize("head", [b"\n", b"%PDF-1.7\n", b"A" * 100])
async def test_bytes_put_in_front(office: Office, signed: bytes, head: bytes) -> None:
    await refused(office, head + signed)


# ── revisions ──


def content(writer: Writer) -> None:
    page = pdfs.first_page(writer)
    page["/Contents"] = writer.add_object(StreamObject(stream_data=RED))
    writer.update_container(page)


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
    "page text": content,
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
    await refused(office, changed)


@pytest.mark.parametrize("name", ["page text", "annotation", "picture in an empty field", "empty field made larger"])
async def test_a_change_between_two_signatures_is_refused(office: Office, two: bytes, name: str) -> None:
    """What the seal's holder would sign unseen: the file was changed behind the chair's signature."""
    changed = await office.sign(pdfs.revise(two, CHANGES[name]), "seal")
    report = await office.judge(changed)
    assert report.state == "not-valid"
    assert [one.state for one in report.signatures[:2]] == ["not-valid", "not-valid"]


async def test_a_picture_prepared_in_the_empty_seal_field_is_refused(office: Office, two: bytes) -> None:
    await refused(office, pdfs.revise(two, picture("seal")))
    await refused(office, pdfs.revise(two, larger("seal")))


@pytest.mark.parametrize(
    "words",
    [b"startxref\nx%d\n", b"startxref\n-%d\n", b"startxref\n99999999\n", b"startxref\n0\n", b"startxref %d", b"\n",
     b"startxref\n%d\n%d\n", b"startxre\n%d\n", b"startxref\n%d.0\n"],
)  # fmt: skip
async def test_a_last_update_with_a_malformed_startxref(office: Office, signed: bytes, words: bytes) -> None:
    """Readers find it all the same and show the changed page; a verifier that skips it sees the page before."""
    await refused(office, pdfs.with_last_startxref(pdfs.revise(signed, content), words))


async def test_the_last_startxref_must_be_the_one_that_was_parsed(office: Office, signed: bytes) -> None:
    for words in (b"startxref\n1\n", b"startxref\n+%d\n", b"startxref\n%d junk\n"):
        await refused(office, pdfs.with_last_startxref(signed, words))


# ── signatures ──


async def test_one_value_in_two_fields(office: Office, signed: bytes) -> None:
    def change(writer: Writer) -> None:
        extra = pdfs.field_of(writer, "extra")
        extra["/V"] = pdfs.field_of(writer, "chair").raw_get("/V")
        writer.update_container(extra)

    assert await refused(office, pdfs.revise(signed, change)) == "strict-shared-value"


async def test_a_value_copied_into_another_field(office: Office, signed: bytes) -> None:
    def change(writer: Writer) -> None:
        extra, value = pdfs.field_of(writer, "extra"), pdfs.field_of(writer, "chair")["/V"]
        extra["/V"] = writer.add_object(DictionaryObject(dict(value)))
        writer.update_container(extra)

    await refused(office, pdfs.revise(signed, change))


async def test_a_signature_of_one_file_put_into_another(office: Office, laid: bytes, signed: bytes) -> None:
    """The CMS of true minutes in the place reserved in other minutes."""
    other, _, _ = await office.prepare(laid, "secretary", office.holders["secretary"], True)
    start, end = pdfs.contents_gap(signed, 0)
    hole = other.index(b"<" + b"0" * 1000)
    await refused(office, other[:hole] + signed[start:end] + other[hole + end - start :])


@pytest.mark.parametrize("kind", [b"/adbe.pkcs7.detached ", b"/adbe.pkcs7.sha1", b"/adbe.x509.rsa_sha1"])
async def test_only_pades_is_judged_valid(office: Office, signed: bytes, kind: bytes) -> None:
    name = b"/ETSI.CAdES.detached"
    await refused(office, signed.replace(name, kind[: len(name)].ljust(len(name)), 1))


def test_the_rules_name_what_is_harmless() -> None:
    levels, coverage = strict.ModificationLevel, strict.SignatureCoverageLevel
    assert strict.flaw_of_change(coverage.ENTIRE_FILE, levels.NONE, True) == ""
    assert strict.flaw_of_change(coverage.ENTIRE_REVISION, levels.LTA_UPDATES, None) == ""
    assert strict.flaw_of_change(coverage.ENTIRE_REVISION, levels.ANNOTATIONS, True) == "changed"
    assert strict.flaw_of_change(coverage.ENTIRE_REVISION, levels.OTHER, None) == "changed"
    assert strict.flaw_of_change(coverage.ENTIRE_REVISION, levels.FORM_FILLING, False) == "changed"
    for less in (coverage.UNCLEAR, coverage.CONTIGUOUS_BLOCK_FROM_START):
        assert strict.flaw_of_change(less, levels.NONE, True) == "coverage"


@pytest.mark.parametrize(
    ("numbers", "sound"),
    [
        ((0, 10, 30, 50), True),
        ((1, 10, 30, 50), False),
        ((0, 10, 31, 50), False),
        ((0, 10, 29, 50), False),
        ((0, 30, 10, 50), False),
        ((0, 0, 20, 50), False),
        ((0, 10, 30, 0), False),
        ((0, 10, 30), False),
        ((0, 10, 30, 50, 70, 10), False),
    ],
)
def test_a_byte_range_leaves_out_the_contents_and_nothing_else(numbers: tuple[int, ...], sound: bool) -> None:
    class Signature:
        sig_object = DictionaryObject({NAME("/ByteRange"): ArrayObject([NumberObject(n) for n in numbers])})
        pkcs7_content = bytes(9)

    assert strict.flaw_of_range(Signature()) == ("" if sound else "byte-range")  # type: ignore[arg-type]


# ── other people's attacks ──


def attacks(corpora: Path) -> list[Path]:
    return sorted((corpora / "pdf" / "signature-attacks").iterdir())


async def test_no_known_attack_is_valid_even_with_its_own_certificate_trusted(office: Office, corpora: Path) -> None:
    files = attacks(corpora)
    assert len(files) == 15
    for path in files:
        data = path.read_bytes()
        own = certificates(data)
        for anchors in ((office.authority.root.der,), own, (*own, office.authority.root.der)):
            report = await verify.verify(data, Trust(anchors, (), office.trust().lists), NOW)
            assert report.state != "valid", path.name
        assert verify.shape(data) != "", path.name


def certificates(data: bytes) -> tuple[bytes, ...]:
    """Every certificate in the file's signatures, read by no PDF library: most of these files defeat one."""
    found = []
    for written in re.findall(rb"/Contents\s*<([0-9A-Fa-f]{64,})", data):
        with contextlib.suppress(ValueError, TypeError):
            signed_data = cms.ContentInfo.load(bytes.fromhex(written[: len(written) // 2 * 2].decode()))["content"]
            found += [choice.chosen.dump() for choice in signed_data["certificates"]]
    return tuple(found)


def test_the_attacks_do_name_certificates_that_one_might_trust(corpora: Path) -> None:
    assert sum(bool(certificates(path.read_bytes())) for path in attacks(corpora)) >= 9
