"""documents.actions, documents.signed and documents.model: what the tiers above ask of the workshop, end to end."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from pathlib import Path

import msgspec
import pypdf
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from documents.actions import Papers
from documents.model import Examined, Form, Head, MinutesForm, PaperForm, Spot, Typeset
from documents.signed import SignedFiles
from documents.workshop import Workshop
from signing.model import Pending, Signatory
from store.blobs import Blobs
from store.errors import Refused
from store.world import VIETNAM

from ..kit.authority import NOW, STAMP, Office, fields_of, minutes_form
from ..kit.pdfs import flipped, page, pdf, pieces, stream, zeros

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def office() -> Office:
    return Office()


@pytest.fixture
def files(workshop: Workshop) -> SignedFiles:
    return SignedFiles(workshop)


# ── papers ──


async def test_a_paper_is_kept_under_its_content_s_name(papers: Papers, shelf: Blobs) -> None:
    data = pdf(page())
    taken = await papers.take_in(pieces(data, 10), 10_000)
    assert taken == Examined(hashlib.sha256(data).hexdigest(), len(data), 1, False, ())
    assert await shelf.load(taken.sha256) == data
    assert await papers.take_in(pieces(data), 10_000) == taken  # the same again is the same paper


async def test_a_cleaned_paper_is_kept_and_not_what_came(papers: Papers, shelf: Blobs) -> None:
    data = pdf(page(b"/OpenAction << /S /JavaScript /JS (x) >>"))
    taken = await papers.take_in(pieces(data), 10_000)
    kept = await shelf.load(taken.sha256)
    assert hashlib.sha256(kept).hexdigest() == taken.sha256
    assert len(kept) == taken.size
    with pytest.raises(Refused):
        await shelf.load(hashlib.sha256(data).hexdigest())


async def test_minutes_are_typeset_with_places_for_their_signatures(papers: Papers) -> None:
    made, typeset = await papers.typeset(minutes_form())
    assert made.startswith(b"%PDF-")
    assert typeset.pages == len(pypdf.PdfReader(io.BytesIO(made)).pages) == 1
    assert [spot.name for spot in typeset.spots] == ["secretary", "chair", "seal"]
    again, _ = await papers.typeset(minutes_form())
    assert again == made


async def test_a_paper_that_cannot_be_typeset_is_refused(papers: Papers) -> None:
    bad = msgspec.structs.replace(minutes_form(), check_picture="<svg")
    with pytest.raises(Refused):
        await papers.typeset(bad)
    assert (await papers.typeset(minutes_form()))[1].pages == 1


@pytest.mark.parametrize("kind", ["signature", "seal"])
async def test_pictures_come_as_transparent_png(papers: Papers, kind: str) -> None:
    made = Image.open(io.BytesIO(await papers.picture(kind, "Phạm Thị Thử")))
    assert (made.format, made.mode) == ("PNG", "RGBA")
    assert made.getpixel((0, 0))[3] == 0  # type: ignore[index]


# ── forms on the wire ──


@pytest.mark.parametrize("form", [minutes_form(), PaperForm(
    Head("", "UBND xã Vĩnh Ô", "01/TTr-UBND", "Vĩnh Ô", "2026-02-03"), "Tờ trình", "Về việc thử", ("Một.",), "",
    "Chủ tịch", "Đỗ Thị Đông", ("Lưu: VT",))], ids=["minutes", "paper"])  # fmt: skip
async def test_a_form_comes_back_as_the_kind_it_was(form: MinutesForm | PaperForm) -> None:
    assert msgspec.json.decode(msgspec.json.encode(form), type=Form) == form


async def test_what_is_found_survives_the_workshop_s_pipe() -> None:
    for value in (Examined("ab", 5, 2, True, ("launch",)), Typeset(2, (Spot("chair", 1, 0.5, 1, 2, 3.25),))):
        assert msgspec.convert(msgspec.json.decode(msgspec.json.encode(value)), type(value)) == value


# ── signing in the workshop ──


async def test_lay_prepare_embed_and_verify_in_the_workshop(papers: Papers, files: SignedFiles, office: Office) -> None:
    made, typeset = await papers.typeset(minutes_form())
    laid = await files.lay(made, fields_of(typeset))
    assert laid.startswith(made)
    holder = office.holders["secretary"]
    who = Signatory(holder.der, tuple(office.authority.chain))
    moment = NOW.astimezone(VIETNAM)
    prepared, pending = await files.prepare(
        laid, "secretary", who, office.picture("secretary"), moment, first=True, stamp=STAMP
    )
    assert isinstance(pending, Pending)
    assert hashlib.sha256(prepared[: pending.start] + prepared[pending.end :]).digest() == pending.digest
    signature = holder.key.sign(pending.attributes, ec.ECDSA(hashes.SHA256()))
    signed = await files.embed(prepared, pending, who, signature, await office.stamp(signature))
    report = await files.verify(signed, office.trust(), NOW)
    assert (report.state, report.signatures[0].signer) == ("valid", "Hồ Thị Ghi")
    assert report == await office.judge(signed)
    assert (await files.verify(flipped(signed, 7), office.trust(), NOW)).state == "not-valid"
    assert (await files.verify(signed, office.trust(), NOW + timedelta(days=30))).state != "valid"  # stale lists


async def test_a_field_that_is_not_there_cannot_be_signed(papers: Papers, files: SignedFiles, office: Office) -> None:
    made, typeset = await papers.typeset(minutes_form())
    laid = await files.lay(made, fields_of(typeset))
    who = Signatory(office.holders["chair"].der, tuple(office.authority.chain))
    with pytest.raises(Refused):
        await files.prepare(laid, "mayor", who, office.picture("chair"), NOW, first=True, stamp=STAMP)


@pytest.mark.parametrize(
    "data",
    [b"", b"junk", b"%PDF-1.7\n" + bytes(2000), pdf(page()), pdf(page())[:-20]],
    ids=["empty", "junk", "nothing but a head", "unsigned", "cut"],
)
async def test_whatever_is_handed_in_gets_a_verdict(files: SignedFiles, office: Office, data: bytes) -> None:
    report = await files.verify(data, office.trust(), NOW)
    assert report.state in ("not-valid", "cannot-tell")
    assert report.signatures == ()


async def test_a_bomb_handed_in_for_checking_gets_a_verdict_too(files: SignedFiles, office: Office) -> None:
    """Objects packed in a stream that unfolds without end: read before any signature is."""
    objects = page() | {5: stream(zeros(900), b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")}
    data = pdf(objects)
    at = data.index(b"xref\n")
    rows = [b"\0\0\0\0"] + [b"\1" + data.index(b"\n%d 0 obj" % n).to_bytes(2, "big") + b"\0" for n in (2, 3, 4)]
    offset = (data.index(b"\n1 0 obj") + 1).to_bytes(2, "big")
    packed = b"\2" + (5).to_bytes(2, "big") + b"\0"  # the page tree is said to be in the bomb
    table = rows[0] + b"\1" + offset + b"\0" + packed + b"".join(rows[2:])
    five = b"\1" + (data.index(b"\n5 0 obj") + 1).to_bytes(2, "big") + b"\0"
    words = b"<< /Type /XRef /Size 6 /W [1 2 1] /Root 1 0 R /Length %d >>" % len(table + five)
    bomb = data[:at] + b"6 0 obj\n%s\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        words,
        table + five,
        at,
    )
    report = await files.verify(bomb, office.trust(), NOW)
    assert report.state in ("not-valid", "cannot-tell")
    assert (await files.verify(pdf(page()), office.trust(), NOW)).reason == "no-signature"  # and the next is served


async def test_no_file_of_a_job_is_left_behind(files: SignedFiles, office: Office, workshop: Workshop) -> None:
    await files.verify(pdf(page()), office.trust(), NOW)
    async with workshop.folder() as folder:
        assert list(Path(folder.parent).iterdir()) == [folder]
