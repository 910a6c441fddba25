"""Signing and verifying beside plain pyHanko doing the same work in the same run: identical profile, attributes, chain.

In one process, as a workshop worker does it, with an RSA-2048 key. The peer is pyHanko's own one call for each level;
what is measured here is prepare, the key's signature, the timestamp, embed, and the evidence for what lasts.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from asn1crypto import cms  # noqa: E402
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: E402
from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: E402
from pyhanko.sign.fields import SigSeedSubFilter  # noqa: E402
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner  # noqa: E402
from pyhanko.sign.signers.pdf_signer import DSSContentSettings  # noqa: E402
from pyhanko.sign.timestamps import TimeStamper  # noqa: E402
from pyhanko.sign.validation import async_validate_pdf_signature  # noqa: E402

from documents.signed import SignedFiles  # noqa: E402
from documents.workshop import Workshop  # noqa: E402
from meetings.load.meter import Meter  # noqa: E402
from meetings.load.rows import Row, run  # noqa: E402
from meetings.load.tally import share  # noqa: E402
from signing import algorithms, archive, asn1, authority, evidence, hexadecimal, pades, timestamp  # noqa: E402
from signing.authority import Holder  # noqa: E402
from signing.model import Field  # noqa: E402
from signing.signer import HeldKey  # noqa: E402
from signing.verify import judge, verify  # noqa: E402
from tests.kit.authority import NOW, ORDER, STAMP, Office, minutes  # noqa: E402
from tests.kit.pdfs import scanned  # noqa: E402

ROUNDS, BATCH = 40, 1000
LATER = NOW + timedelta(minutes=5)


class Stamper(TimeStamper):
    """Our timestamp authority as pyHanko asks it."""

    def __init__(self, office: Office) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._office = office

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        held = self._office.authority
        return await timestamp.token(held.timestamp, held.chain, message_digest, NOW, 3, algorithm=md_algorithm)


def rsa_office() -> Office:
    """People and seal sign with RSA-2048."""
    office = Office()
    for name in ORDER:
        key = authority.new_key("rsa2048")
        subject = authority.subject(name, office.organization)
        use = "seal" if name == "seal" else "person"
        office.holders[name] = Holder(
            authority.issue(office.authority.issuing, subject, key.public_key(), use, NOW), key
        )
    return office


async def ours(office: Office, laid: bytes, level: str) -> bytes:
    signed = await office.sign(laid, "secretary", first=True)
    if level == "T":
        return signed
    _, held = await judge(signed, office.trust(at=LATER), LATER)
    file = io.BytesIO(signed)
    archive.enclose(file, held)
    return file.getvalue()


async def plain(office: Office, laid: bytes, level: str) -> bytes:
    """The same signature by pyHanko's own call."""
    holder, trust = office.holders["secretary"], office.trust(at=LATER)
    lists = tuple(evidence.Listed.of(der) for der in trust.lists)
    long = level == "LT"
    context = evidence.context(trust, evidence.Store(tuple(office.authority.chain)), lists, LATER, past=False)
    metadata = PdfSignatureMetadata(
        field_name="secretary", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, certify=True,
        embed_validation_info=long, validation_context=context if long else None,
        dss_settings=DSSContentSettings(include_vri=False),
    )  # fmt: skip
    picture = pades.stamp_style(office.picture("secretary"), writer := IncrementalPdfFileWriter(io.BytesIO(laid)))
    signer = PdfSigner(
        metadata, HeldKey(holder, tuple(office.authority.chain)), timestamper=Stamper(office), stamp_style=picture
    )
    made = await signer.async_sign_pdf(writer, existing_fields_only=True)
    return bytes(made.getvalue())


async def side_by_side(
    one: Callable[[], Awaitable[Any]], other: Callable[[], Awaitable[Any]], rounds: int = ROUNDS
) -> tuple[list[float], list[float]]:
    """Seconds of each, in turns, so that both meet the same machine."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for act, list_ in ((one, took[0]), (other, took[1])):
            began = time.perf_counter()
            await act()
            list_.append(time.perf_counter() - began)
    return took


async def signing(office: Office, laid: bytes) -> list[Row]:
    rows = []
    for level, least in (("T", 25), ("LT", 20)):
        mine, theirs = await side_by_side(lambda: ours(office, laid, level), lambda: plain(office, laid, level))  # noqa: B023
        rate, peer = 1 / statistics.median(mine), 1 / statistics.median(theirs)
        rows.append(Row(f"signed at {level} (RSA-2048)", rate, "/s", peer, least, more=True))
        rows.append(Row(f"the same beside plain pyHanko, {level}", rate, "/s", peer, 1.0, more=True, by_ratio=True))
    return rows


@contextlib.contextmanager
def as_released() -> Iterator[None]:
    """The libraries without what `signing` puts into them."""
    for ours_ in (asn1, hexadecimal):
        ours_.undo()
    try:
        yield
    finally:
        for ours_ in (asn1, hexadecimal):
            ours_.apply()


async def verifying(office: Office, laid: bytes) -> list[Row]:
    full = await office.sign_all(laid)
    archived = await office.archive(full, LATER)
    trust = office.trust(at=LATER)
    report = await verify(archived, trust, LATER)
    assert report.state == "valid", report

    async def theirs() -> None:
        lists = tuple(evidence.Listed.of(der) for der in trust.lists)
        with as_released():
            for embedded in PdfFileReader(io.BytesIO(full)).embedded_regular_signatures:
                context = evidence.context(trust, evidence.Store(), lists, LATER, past=False)
                assert (await async_validate_pdf_signature(embedded, context, context)).bottom_line

    three, peer = await side_by_side(lambda: verify(full, trust, LATER), theirs, 20)
    whole, _ = await side_by_side(lambda: verify(archived, trust, LATER), lambda: asyncio.sleep(0), 20)
    pictures = sum(len(office.picture(name)) for name in ORDER)
    return [
        Row("three signatures verified", 1000 * statistics.median(three), "ms", 1000 * statistics.median(peer), 120),
        Row("the same with an archive timestamp", 1000 * statistics.median(whole), "ms", None, 120),
        Row("added by three signatures and an archive timestamp", (len(archived) - len(laid)) / 1e3, "kB"),
        Row("the same without their pictures", (len(archived) - len(laid) - pictures) / 1e3, "kB", None, 120),
    ]


def large(folder: Path) -> list[Row]:
    """A file of 100 MB signed in place, in a process of its own: what it takes and what it grows by."""
    path = folder / "large.pdf"
    path.write_bytes(scanned(100))
    words = (sys.executable, str(Path(__file__)), "--large", str(path))
    told = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    return [
        Row("100 MB signed in place at T", told["seconds"], "s", None, 0.5),
        Row("the same: memory grown by", told["grown"], "MB", None, 20),
    ]


async def sign_large(path: Path) -> dict[str, float]:
    """In place, by one signature; the process has signed a small file before, so that only the size counts."""
    office = rsa_office()
    who, picture = office.signatory(office.holders["secretary"]), office.picture("secretary")
    small = io.BytesIO(minutes())
    await pades.prepare(small, "secretary", who, picture, NOW, first=True, stamp=STAMP)
    before, began = Meter.of(os.getpid()), time.perf_counter()
    with path.open("r+b") as file:
        pades.lay(file, [Field("secretary", 1, (20, 20, 160, 90))])
        pending = await pades.prepare(file, "secretary", who, picture, NOW, first=True, stamp=STAMP)
        signature = algorithms.scheme_of(office.holders["secretary"].key.public_key()).sign(
            office.holders["secretary"].key, pending.attributes
        )
        await pades.embed(file, pending, who, signature, await office.stamp(signature))
    took, after = time.perf_counter() - began, Meter.of(os.getpid())
    return {"seconds": took, "grown": (after.kib - before.kib) / 1024}


async def batch(office: Office, laid: bytes) -> list[Row]:
    """A thousand minutes verified by two workers, while the loop has to answer."""
    files = SignedFiles(workshop := Workshop())
    await workshop.start()
    full, trust, late = await office.sign_all(laid), office.trust(at=LATER), []
    turn = asyncio.Semaphore(4)

    async def one() -> None:
        async with turn:
            assert (await files.verify(full, trust, LATER)).state == "valid"

    async def watch() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            late.append(time.perf_counter() - began - 0.005)

    watching, began = asyncio.create_task(watch()), time.perf_counter()
    await asyncio.gather(*(one() for _ in range(BATCH)))
    took = time.perf_counter() - began
    watching.cancel()
    await workshop.close()
    return [
        Row(f"{BATCH} minutes verified by two workers", took, "s", None, 60),
        Row("the same: lateness of the loop, p99", 1000 * share(late, 0.99), "ms", None, 20),
    ]


async def measure() -> list[Row]:
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.ERROR)
    office, laid = rsa_office(), minutes()
    rows = await signing(office, laid)
    rows += await verifying(office, laid)
    with tempfile.TemporaryDirectory() as name:
        rows += await asyncio.to_thread(large, Path(name))
    return rows + await batch(office, laid)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--large"]:
        sys.stdout.write(json.dumps(asyncio.run(sign_large(Path(sys.argv[2])))))
    else:
        run(__doc__, measure)
