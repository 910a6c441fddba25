"""meetings.proof.evidence, meetings.proof.appraisal: a package that a court judges alone; and what an opponent would
change in it."""

from __future__ import annotations

import asyncio
import hashlib
import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pypdfium2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from meetings.proof import appraisal, judge
from meetings.proof.appraisal import Appraisal
from meetings.proof.evidence import MINUTES, PAGE, VOTES
from meetings.proof.judge import SIGNED_SUMS, SUMS
from meetings.sitting import commands as c
from meetings.sitting.room import Room
from signing import attest, authority, checkpoint, timestamp
from signing.authority import Authority, Holder
from signing.model import Report, Trust
from signing.verify import verify
from store import chain
from store.errors import Refused
from tests.conftest import absent
from tests.kit.authority import Office
from tests.kit.node import Node, running
from tests.meetings.circulation.test_circulation import PEOPLE, settled
from tests.meetings.sitting.test_minutes import closed
from web.cli import main
from web.cli import verify as verb

Files = dict[str, bytes]


async def packed(node: Node, *, circulated: bool = True) -> tuple[Room, Files]:
    room = await closed(node)
    await node.signed_minutes_of(room)
    if circulated:
        for _ in range(400):
            if room.state.minutes.proved_until:
                break
            await asyncio.sleep(0.02)
        await room.ask(node.committee.who["clerk"], c.Circulate(PEOPLE))
        await settled(node, room, len(PEOPLE))
    answer = await (await node.signed_in("secretary")).get(f"/api/sittings/{room.sitting}/evidence.zip")
    assert answer.status == 200, answer.data
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return room, {name: archive.read(name) for name in archive.namelist()}


@dataclass(frozen=True)
class Package:
    """Made once for all that only look at it. `root`: what a court gets from elsewhere."""

    files: Files
    minutes: str
    symbol: str
    authority: Authority

    @property
    def root(self) -> Trust:
        return Trust((self.authority.root.der,))

    async def attested(self, data: bytes, by: Holder | None = None) -> bytes:
        """Stated by the node, or by anybody's certificate."""
        held, now = self.authority, datetime.now(UTC).replace(microsecond=0)

        async def stamp(digest: bytes) -> bytes:
            return bytes((await timestamp.token(held.timestamp, held.chain, digest, now, 7)).dump())

        return await attest.attest(by or held.node, (held.issuing.der,), data, stamp)


@pytest.fixture(scope="module")
def package(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Package:
    async def make() -> Package:
        async with running(tmp_path_factory.mktemp("evidence") / "data", template) as node:
            room, files = await packed(node)
            made = room.state.minutes
            return Package(files, made.pdf, made.symbol, node.office.signing.safe.authority)

    return asyncio.run(make())


async def appraised(files: Files, trust: Trust) -> Appraisal:
    now = datetime.now(UTC)

    async def checked(pdf: bytes, given: Trust) -> Report:
        return await verify(pdf, given, now)

    return await appraisal.appraise(files, trust, now, checked)


async def test_a_package_holds_by_its_root_alone(package: Package) -> None:
    files = package.files
    found = await appraised(files, package.root)
    assert (found.state, found.reason) == ("valid", ""), found
    assert found.receipts == (len(PEOPLE) + 1, len(PEOPLE) + 1) and found.journal.whole
    assert {one.level for one in found.minutes.signatures} == {"B-LTA"}
    assert hashlib.sha256(files[MINUTES]).hexdigest() == package.minutes
    votes = msgspec.json.decode(files[VOTES])
    assert dict(votes[0]["result"]["counts"])["for"] == 7 and len(votes[0]["answers"]) == 8
    assert judge.judge(files).whole, "bacap journal verify accepts it too"


async def test_before_it_is_circulated_and_never_before_it_is_signed(node: Node) -> None:
    _, files = await packed(node, circulated=False)
    found = await appraised(files, Trust((node.office.signing.safe.authority.root.der,)))
    assert (found.state, found.receipts) == ("valid", (0, 0))
    room = await closed(node)
    secretary = await node.signed_in("secretary")
    assert (await secretary.get(f"/api/sittings/{room.sitting}/evidence.zip")).code == "evidence-not-now"
    member = await node.signed_in("member1")
    assert (await member.get(f"/api/sittings/{room.sitting}/evidence.zip")).status == 403


async def test_the_page_for_a_judge_is_one_page_and_says_what_counts(package: Package) -> None:
    document = pypdfium2.PdfDocument(package.files[PAGE])
    assert len(document) == 1
    words = " ".join(document[0].get_textpage().get_text_range().split())
    document.close()
    for word in (
        package.symbol,
        "tán thành 7",
        "Thống nhất phân bổ kinh phí",
        "bacap verify",
        "openssl cms",
    ):
        assert word in words, word
    assert package.minutes[:40] in words.replace(" ", "") and "không chứng minh điều gì" in words


def resummed(files: Files) -> Files:
    """As who changes a file puts the list right: but not the node's signature over it."""
    rest = {name: data for name, data in files.items() if name not in (SUMS, SIGNED_SUMS)}
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(rest.items())).encode()
    return files | {SUMS: sums}


def _flip(data: bytes) -> bytes:
    return data[:-40] + bytes([data[-40] ^ 1]) + data[-39:]


CHANGES: dict[str, Callable[[Files], Files]] = {
    "minutes altered": lambda f: f | {MINUTES: _flip(f[MINUTES])},
    "minutes altered, sums mended": lambda f: resummed(f | {MINUTES: _flip(f[MINUTES])}),
    "votes altered": lambda f: f | {VOTES: f[VOTES].replace(b'"for"', b'"against"')},
    "votes altered, sums mended": lambda f: resummed(f | {VOTES: f[VOTES].replace(b'"for"', b'"against"')}),
    "a file more": lambda f: f | {"files/extra": b"x"},
    "a file more, sums mended": lambda f: resummed(f | {"files/extra": b"x"}),
    "a receipt less": lambda f: {k: v for k, v in f.items() if "001" not in k},
    "a receipt altered": lambda f: f | {k: v.replace(b'"sent"', b'"read"') for k, v in f.items() if "001" in k},
    "the journal's end cut off": lambda f: f | {"journal.jsonl": f["journal.jsonl"][: f["journal.jsonl"].rindex(b"{")]},
    "no signature over the sums": lambda f: {k: v for k, v in f.items() if k != SIGNED_SUMS},
    "no certificates": lambda f: {k: v for k, v in f.items() if not k.startswith("trust/")},
    "no minutes": lambda f: {k: v for k, v in f.items() if k != MINUTES},
    "no heads": lambda f: f | {"heads.jsonl": b""},
    "nothing": lambda f: {},
}


async def test_whatever_is_changed_in_it_is_found(package: Package) -> None:
    for how, change in CHANGES.items():
        found = await appraised(change(dict(package.files)), package.root)
        assert found.state == "not-valid" and found.reason, how


async def test_a_member_s_own_certificate_makes_no_package(package: Package) -> None:
    """Heads, sums and certificates of somebody with a good certificate of this authority: and yet no evidence."""
    held, key = package.authority, authority.new_key()
    name = authority.subject("Nguyễn Văn Thứ 1", "UBND")
    certificate = authority.issue(held.issuing, name, key.public_key(), "person", datetime.now(UTC))
    manifest, events, _ = judge.opened(package.files)
    last = events[-1]
    head = checkpoint.sign(manifest.sitting, chain.Head(last.seq, last.hash), last.at, key)
    pem = certificate.public_bytes(Encoding.PEM)
    forged = {name: data for name, data in package.files.items() if not name.startswith("receipts/")}
    forged = resummed(forged | {"heads.jsonl": msgspec.json.encode(head) + b"\n", "trust/node.pem": pem})
    by_member = forged | {SIGNED_SUMS: await package.attested(forged[SUMS], Holder(certificate, key))}
    assert (await appraised(by_member, package.root)).reason == "purpose"
    by_node = forged | {SIGNED_SUMS: await package.attested(forged[SUMS])}
    assert (await appraised(by_node, package.root)).reason in ("heads-stranger", "node-stranger")


async def test_receipts_cannot_be_left_out(package: Package) -> None:
    fewer = resummed({name: data for name, data in package.files.items() if not name.startswith("receipts/001")})
    fewer[SIGNED_SUMS] = await package.attested(fewer[SUMS])
    assert (await appraised(fewer, package.root)).reason == "receipts-missing"


async def test_the_journal_is_the_one_that_the_minutes_name(node: Node) -> None:
    """Another sitting's signed minutes beside this one's journal."""
    _, files = await packed(node, circulated=False)
    _, other = await packed(node, circulated=False)
    mixed = resummed(files | {MINUTES: other[MINUTES]})
    mixed[SIGNED_SUMS] = await node.office.signing.attest(mixed[SUMS])
    root = Trust((node.office.signing.safe.authority.root.der,))
    assert (await appraised(mixed, root)).state == "not-valid"


async def test_another_root_and_another_s_whole_package_do_not_hold(package: Package) -> None:
    other = Office("Nơi khác")
    assert (await appraised(package.files, Trust((other.root.der,)))).state == "not-valid"
    swapped = package.files | {"trust/authority.pem": other.root.certificate.public_bytes(Encoding.PEM)}
    assert (await appraised(swapped, Trust((other.root.der,)))).state == "not-valid"


async def test_the_command_judges_it_without_a_node(
    package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files, path, root = package.files, tmp_path / "goi.zip", tmp_path / "root.pem"
    root.write_bytes(package.authority.root.certificate.public_bytes(Encoding.PEM))

    def written(held: Files) -> int:
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in held.items():
                archive.writestr(name, data)
        return main(["verify", str(path), "--trust", str(root)])

    assert await asyncio.to_thread(written, files) == 0
    assert f"{len(PEOPLE) + 1}" in capsys.readouterr().out
    assert await asyncio.to_thread(written, files | {VOTES: b"[]"}) == 1
    with pytest.raises(Refused, match="evidence-none"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a", "b")
        verb.judge_package(path, package.root, as_json=False)


async def test_tools_of_others_agree(package: Package, tmp_path: Path) -> None:
    """What the page for the judge says to run."""
    for name, data in package.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    root = package.authority.root.certificate
    (tmp_path / "goc.pem").write_bytes(root.public_bytes(Encoding.PEM))
    if shutil.which("openssl") is None or shutil.which("sha256sum") is None:
        absent("openssl or sha256sum is not installed")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run("sha256sum", "-c", SUMS).returncode == 0
    words = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", SIGNED_SUMS, "-content", SUMS]
    words += ["-CAfile", "goc.pem", "-purpose", "any", "-out", "/dev/null"]
    assert run(*words).returncode == 0, run(*words).stderr
