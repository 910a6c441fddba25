"""signing.pades and signing.model: secretary, chair and seal sign typeset minutes; our verifier and others agree."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm

from documents import typeset
from signing import pades
from signing.model import Field, Pending

from ..conftest import absent
from ..kit.authority import CODE, FONTS, JOURNAL, NOW, ORDER, PEOPLE, STAMP, Office, fields_of, minutes_form
from ..kit.pdfs import embedded
from .conftest import LATER


def run(tool: str, *words: str) -> subprocess.CompletedProcess[str]:
    if shutil.which(tool) is None:
        absent(f"{tool} is not installed")
    return subprocess.run([tool, *words], capture_output=True, text=True, check=False)


@pytest.fixture
def on_disk(signed: bytes, tmp_path: Path) -> str:
    path = tmp_path / "minutes.pdf"
    path.write_bytes(signed)
    return str(path)


# ── the whole way ──


async def test_three_sign_and_the_report_names_them(office: Office, signed: bytes) -> None:
    report = await office.judge(signed)
    assert (report.state, report.reason) == ("valid", "")
    assert [one.field for one in report.signatures] == list(ORDER)
    assert [one.signer for one in report.signatures] == [*PEOPLE.values(), office.organization]
    assert [one.title for one in report.signatures] == ["secretary", "chair", ""]
    for one in report.signatures:
        assert (one.state, one.reason, one.organization) == ("valid", "", office.organization)
        assert one.at == int(NOW.timestamp() * 1000)
        assert one.serial == f"{office.holders[one.field].certificate.serial_number:x}"
    assert report.keywords == (f"bacap-journal:{JOURNAL}", f"bacap-code:{CODE}")


async def test_it_is_valid_at_every_step_of_the_way(office: Office, laid: bytes) -> None:
    assert (await office.judge(laid)).state == "cannot-tell"  # nobody has signed yet
    now = laid
    for place, field in enumerate(ORDER):
        before, now = now, await office.sign(now, field, first=place == 0)
        assert now.startswith(before), "what was signed before is changed in no byte"
        report = await office.judge(now)
        assert report.state == "valid"
        assert len(report.signatures) == place + 1


async def test_a_file_cut_back_to_an_earlier_signature_claims_no_more_than_it_holds(
    office: Office, signed: bytes, two: bytes
) -> None:
    end = embedded(signed)[1].sig_object["/ByteRange"]
    cut = signed[: int(end[2]) + int(end[3])]
    report = await office.judge(cut)
    assert report.state == "valid"
    assert [one.field for one in report.signatures] == ["secretary", "chair"]
    assert len(cut) == len(two)


def test_the_first_signature_certifies_and_only_the_first(signed: bytes) -> None:
    first, *others = embedded(signed)
    assert first.docmdp_level == MDPPerm.FILL_FORMS
    assert [other.docmdp_level for other in others] == [None, None]
    for one in (first, *others):
        assert one.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_the_time_in_the_file_is_that_of_vietnam(signed: bytes) -> None:
    for one in embedded(signed):
        assert one.sig_object["/M"] == "D:20261124090000+07'00'"


def test_pades_attributes_are_those_of_the_baseline(signed: bytes) -> None:
    """EN 319 142-1: no signing-time in the CMS, the certificate named by its hash, a timestamp unsigned."""
    for one in embedded(signed):
        names = {attribute["type"].native for attribute in one.signer_info["signed_attrs"]}
        assert "signing_certificate_v2" in names
        assert "signing_time" not in names
        assert {a["type"].native for a in one.signer_info["unsigned_attrs"]} == {"signature_time_stamp_token"}


def test_fields_are_laid_where_they_were_asked_for(laid: bytes) -> None:
    wanted = {field.name: field for field in fields_of(typeset.typeset(minutes_form(), FONTS)[1])}
    wanted["extra"] = Field("extra", 1, (20, 20, 70, 70))
    found = {field.get_object()["/T"]: field.get_object() for field in form_of(laid)["/Fields"]}
    assert found.keys() == wanted.keys()
    for name, field in found.items():
        assert field["/FT"] == "/Sig"
        assert "/V" not in field
        for side, asked in zip(field["/Rect"], wanted[name].box, strict=True):
            assert abs(float(side) - asked) <= 0.5


def form_of(pdf: bytes) -> dict[str, list[object]]:
    found: dict[str, list[object]] = PdfFileReader(io.BytesIO(pdf)).root["/AcroForm"]
    return found


# ── steps ──


async def test_a_step_survives_being_stored(office: Office, laid: bytes) -> None:
    holder = office.holders["secretary"]
    prepared, pending, signature = await office.prepare(laid, "secretary", holder, True)
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(pending), type=Pending)
    assert stored == pending
    hole = prepared[pending.start : pending.end]
    assert re.fullmatch(rb"<0+>", hole)
    assert len(hole) == pades.reserved(office.signatory(holder), STAMP) + 2
    assert hashlib.sha256(prepared[: pending.start] + prepared[pending.end :]).digest() == pending.digest
    stamp = await office.stamp(signature)
    signed = await office.embed(prepared, stored, holder, signature, stamp)
    assert signed[: pending.start] == prepared[: pending.start]
    assert signed[pending.end :] == prepared[pending.end :]
    assert (await office.judge(signed)).state == "valid"


async def test_what_another_key_signed_is_not_valid(office: Office, laid: bytes) -> None:
    """The wrong member's token answered: the certificate in the step is not that of the key."""
    holder, other = office.holders["secretary"], office.holders["chair"]
    prepared, pending, _ = await office.prepare(laid, "secretary", holder, True)
    signature = other.key.sign(pending.attributes, ec.ECDSA(hashes.SHA256()))
    signed = await office.embed(prepared, pending, holder, signature, await office.stamp(signature))
    report = await office.judge(signed)
    assert (report.state, report.reason) == ("not-valid", "broken")


async def test_attributes_of_another_document_are_not_valid(office: Office, laid: bytes) -> None:
    """A step's digest was tampered with: the signature is true, but of something else."""
    holder = office.holders["secretary"]
    prepared, pending, _ = await office.prepare(laid, "secretary", holder, True)
    _, other, signature = await office.prepare(laid + b"\n", "secretary", holder, True)
    mixed = msgspec.structs.replace(pending, attributes=other.attributes)
    signed = await office.embed(prepared, mixed, holder, signature, await office.stamp(signature))
    report = await office.judge(signed)
    assert (report.state, report.reason) == ("not-valid", "changed-bytes")


# ── other people's tools ──


def test_qpdf_finds_nothing_wrong(on_disk: str) -> None:
    found = run("qpdf", "--check", on_disk)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "No syntax or stream encoding errors found" in found.stdout


def test_pdfsig_calls_all_three_valid(on_disk: str) -> None:
    found = run("pdfsig", "-nocert", on_disk).stdout
    assert found.count("Signature is Valid") == 3
    assert re.findall(r"Signature Field Name: (\w+)", found) == [*ORDER, "extra"]
    assert found.count("Signature Type: ETSI.CAdES.detached") == 3
    assert found.count("Total document signed") == 1  # the last one


def test_they_say_the_same_of_a_file_that_was_made_to_last(archived: bytes, tmp_path: Path) -> None:
    """Poppler checks no document timestamps; it must find the three signatures as they were."""
    path = tmp_path / "archived.pdf"
    path.write_bytes(archived)
    assert run("qpdf", "--check", str(path)).returncode == 0
    found = run("pdfsig", "-nocert", str(path)).stdout
    assert found.count("Signature is Valid") == 3
    assert found.count("Signature has not yet been verified") == 1  # the archive timestamp


def test_openssl_accepts_the_archive_timestamp(office: Office, archived: bytes, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        absent("openssl is not installed")
    held, one = office.authority, embedded(archived)[-1]
    for name, holder in (("root", held.root), ("between", held.issuing)):
        (tmp_path / f"{name}.pem").write_bytes(holder.certificate.public_bytes(Encoding.PEM))
    _, first, second, rest = (int(part) for part in one.sig_object["/ByteRange"])
    (tmp_path / "data").write_bytes(archived[:first] + archived[second : second + rest])
    (tmp_path / "token").write_bytes(bytes(one.pkcs7_content).rstrip(b"\0"))
    words = ["openssl", "ts", "-verify", "-token_in", "-in", "token", "-data", "data", "-untrusted", "between.pem"]
    words += ["-CAfile", "root.pem", "-attime", str(int(LATER.timestamp()))]
    found = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False)
    assert found.returncode == 0, found.stderr.decode()


def test_every_font_is_embedded(on_disk: str) -> None:
    lines = run("pdffonts", on_disk).stdout.splitlines()[2:]
    assert lines
    for line in lines:
        embedded_, subset, unicode = re.search(r"\s(yes|no)\s+(yes|no)\s+(yes|no)\s+\d+\s+\d+$", line).groups()  # type: ignore[union-attr]
        assert (embedded_, subset, unicode) == ("yes", "yes", "yes"), line


def test_openssl_accepts_signatures_and_timestamps(office: Office, signed: bytes, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        absent("openssl is not installed")
    held, at = office.authority, str(int(NOW.timestamp()) + 60)
    for name, holder in (("root", held.root), ("between", held.issuing)):
        (tmp_path / f"{name}.pem").write_bytes(holder.certificate.public_bytes(Encoding.PEM))
    for one in embedded(signed):
        _, first, second, rest = (int(part) for part in one.sig_object["/ByteRange"])
        (tmp_path / "data").write_bytes(signed[:first] + signed[second : second + rest])
        (tmp_path / "cms").write_bytes(bytes(one.pkcs7_content))
        token = one.signer_info["unsigned_attrs"][0]["values"][0]
        (tmp_path / "token").write_bytes(token.dump())
        (tmp_path / "signature").write_bytes(one.signer_info["signature"].native)
        trust = ["-CAfile", "root.pem", "-attime", at]
        cms = ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "cms", "-content", "data"]
        ts = ["ts", "-verify", "-token_in", "-in", "token", "-data", "signature", "-untrusted", "between.pem"]
        for words in ([*cms, "-purpose", "any", "-out", "/dev/null"], ts):
            found = subprocess.run(["openssl", *words, *trust], cwd=tmp_path, capture_output=True, check=False)
            assert found.returncode == 0, found.stderr.decode()
