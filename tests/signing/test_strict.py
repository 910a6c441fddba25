"""signing.strict: bytes changed, bytes added, ends that do not fit, values moved about: all refused."""

from __future__ import annotations

import io
import random

import pytest
from asn1crypto import parser
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
)
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.status import SignatureCoverageLevel

from signing import strict

from ..kit import pdfs
from ..kit.authority import Office
from ..kit.pdfs import Writer

NAME = NameObject


# ── bytes ──


def content_stream(data: bytes) -> int:
    """Where the first page's drawing stands in the file, some way into it."""
    page = pdfs.first_page(Writer(io.BytesIO(data)))
    return data.index(b"stream", data.index(b"\n%d 0 obj" % page.raw_get("/Contents").idnum)) + 50


async def test_a_flipped_byte_in_header_content_and_last_revision(office: Office, signed: bytes) -> None:
    assert await office.refused(pdfs.flipped(signed, 7)) == "changed-bytes"
    assert await office.refused(pdfs.flipped(signed, content_stream(signed))) == "changed-bytes"
    first, second = pdfs.contents_gap(signed, 2)
    for at in (1, 12, first - 40, first, second - 1, second + 1, len(signed) - 9, len(signed) - 2):
        await office.refused(pdfs.flipped(signed, at))


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
    """No digest reaches the rest of the reserved place: nothing may be hidden or changed there."""
    first, second = pdfs.contents_gap(signed, which)
    empty = first + 1 + 2 * parser.peek(bytes.fromhex(signed[first + 1 : second - 1].decode()))
    for at in (empty + 1, (empty + second) // 2, second - 2):
        assert signed[at : at + 1] == b"0"
        await office.refused(signed[:at] + b"7" + signed[at + 1 :])


@pytest.mark.parametrize(
    "tail", [b"%", b"A", b"\0", b"%%EOF", b"\n%%EOF\n", b"startxref\n0\n%%EOF\n", b"A" * 2048, b"\n" * 200, b"1 0 obj"]
)
async def test_appended_bytes(office: Office, signed: bytes, tail: bytes) -> None:
    await office.refused(signed + tail)


@pytest.mark.parametrize("head", [b"\n", b"%PDF-1.7\n", b"A" * 100])
async def test_bytes_put_in_front(office: Office, signed: bytes, head: bytes) -> None:
    await office.refused(head + signed)


# ── the end of the file ──


@pytest.mark.parametrize(
    "words",
    [b"startxref\nx%d\n", b"startxref\n-%d\n", b"startxref\n99999999\n", b"startxref\n0\n", b"startxref %d", b"\n",
     b"startxref\n%d\n%d\n", b"startxre\n%d\n", b"startxref\n%d.0\n"],
)  # fmt: skip
async def test_a_last_update_with_a_malformed_startxref(office: Office, signed: bytes, words: bytes) -> None:
    """Readers find it all the same and show the changed page; a verifier that skips it sees the page before."""
    await office.refused(pdfs.with_last_startxref(pdfs.revise(signed, pdfs.swap_page), words))


async def test_the_last_startxref_must_be_the_one_that_was_parsed(office: Office, signed: bytes) -> None:
    for words in (b"startxref\n1\n", b"startxref\n+%d\n", b"startxref\n%d junk\n"):
        await office.refused(pdfs.with_last_startxref(signed, words))


# ── signatures ──


async def test_one_value_in_two_fields(office: Office, signed: bytes) -> None:
    def change(writer: Writer) -> None:
        extra = pdfs.field_of(writer, "extra")
        extra["/V"] = pdfs.field_of(writer, "chair").raw_get("/V")
        writer.update_container(extra)

    assert await office.refused(pdfs.revise(signed, change)) == "strict-shared-value"


async def test_a_value_copied_into_another_field(office: Office, signed: bytes) -> None:
    def change(writer: Writer) -> None:
        extra, value = pdfs.field_of(writer, "extra"), pdfs.field_of(writer, "chair")["/V"]
        extra["/V"] = writer.add_object(DictionaryObject(dict(value)))
        writer.update_container(extra)

    await office.refused(pdfs.revise(signed, change))


async def test_a_signature_of_one_file_put_into_another(office: Office, laid: bytes, signed: bytes) -> None:
    """The CMS of true minutes in the place reserved in other minutes."""
    other, _, _ = await office.prepare(laid, "secretary", office.holders["secretary"], True)
    start, end = pdfs.contents_gap(signed, 0)
    hole = other.index(b"<" + b"0" * 1000)
    await office.refused(other[:hole] + signed[start:end] + other[hole + end - start :])


@pytest.mark.parametrize("kind", [b"/adbe.pkcs7.detached ", b"/adbe.pkcs7.sha1", b"/adbe.x509.rsa_sha1"])
async def test_only_pades_is_judged_valid(office: Office, signed: bytes, kind: bytes) -> None:
    name = b"/ETSI.CAdES.detached"
    await office.refused(signed.replace(name, kind[: len(name)].ljust(len(name)), 1))


def test_the_rules_name_what_is_harmless() -> None:
    levels, coverage = ModificationLevel, SignatureCoverageLevel
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
