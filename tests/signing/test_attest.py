"""signing.attest: what the node states is signed by its certificate, beside the bytes; anything else is not."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from signing import attest, authority, timestamp
from signing.attest import judge
from signing.authority import Holder, Revocation
from signing.model import Trust

from ..conftest import absent
from ..kit.authority import NOW, Office

DATA = b'{"what":"circulated"}'
LATER = NOW + timedelta(minutes=5)
YEAR = timedelta(days=365)


def attested(office: Office, data: bytes = DATA, by: Holder | None = None, at: datetime = NOW) -> bytes:
    held = office.authority

    async def stamp(digest: bytes) -> bytes:
        return bytes((await timestamp.token(held.timestamp, held.chain, digest, at, 7)).dump())

    return asyncio.run(attest.attest(by or held.node, (held.issuing.der,), data, stamp))


@pytest.fixture(scope="module")
def made(office: Office) -> bytes:
    return attested(office)


async def test_a_statement_is_valid_and_says_who_and_when(office: Office, made: bytes) -> None:
    found = await judge(made, DATA, office.trust(at=LATER), LATER)
    assert (found.state, found.reason, found.signer) == ("valid", "", "bacap: máy chủ")
    assert found.at == int(NOW.timestamp() * 1000) and found.until > found.at
    assert len(made) < 6000


async def test_other_bytes_or_another_authority_s_are_not(office: Office, made: bytes) -> None:
    trust = office.trust(at=LATER)
    assert (await judge(made, DATA + b" ", trust, LATER)).reason == "changed-bytes"
    assert (await judge(made, DATA, Office("Nơi khác").trust(at=LATER), LATER)).reason == "untrusted"
    forged = bytearray(made)
    forged[-2000] ^= 1
    assert (await judge(bytes(forged), DATA, trust, LATER)).state == "not-valid"
    for junk in (b"", b"junk", b"\x30\x80", made[:-1], made + b"\0", DATA):
        assert (await judge(junk, DATA, trust, LATER)).state == "not-valid"
    assert (await judge(made, DATA, Trust(trust.anchors, trust.between), LATER)).state == "not-valid", "no lists"


async def test_a_revoked_node_states_nothing_more_but_what_it_stated_stays(office: Office, made: bytes) -> None:
    serial = office.authority.node.certificate.serial_number
    before, after = [Revocation(serial, NOW + moved) for moved in (-timedelta(hours=1), timedelta(hours=1))]
    at = NOW + timedelta(hours=2)
    assert (await judge(made, DATA, office.trust([before], at), at)).reason == "revoked"
    assert (await judge(made, DATA, office.trust([after], at), at)).state == "valid"


async def test_years_later_the_lists_of_then_are_enough_until_the_timestamp_s_certificate_ends(
    office: Office, made: bytes
) -> None:
    trust = office.trust(at=LATER)
    assert (await judge(made, DATA, trust, NOW + 3 * YEAR)).state == "valid"
    late = await judge(made, DATA, trust, NOW + 6 * YEAR)
    assert (late.state, late.reason) == ("cannot-tell", "expired")


async def test_a_timestamp_from_the_future_is_none(office: Office) -> None:
    early = attested_at(office, NOW + YEAR)
    assert (await judge(await early, DATA, office.trust(at=LATER), LATER)).state == "not-valid"


async def attested_at(office: Office, at: datetime) -> bytes:
    return await asyncio.to_thread(attested, office, DATA, None, at)


async def test_openssl_agrees(office: Office, made: bytes, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        absent("openssl is not installed")
    (tmp_path / "s").write_bytes(made)
    (tmp_path / "d").write_bytes(DATA)
    root = authority.trust_in(office.authority, (), NOW, "internal").anchors[0]
    (tmp_path / "root.der").write_bytes(root)
    (tmp_path / "root.pem").write_bytes(office.root.certificate.public_bytes(Encoding.PEM))
    at = str(int(LATER.timestamp()))
    words = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "s", "-content", "d"]
    words += ["-CAfile", "root.pem", "-purpose", "any", "-attime", at, "-out", "/dev/null"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (tmp_path / "d").write_bytes(DATA + b".")
    assert subprocess.run(words, cwd=tmp_path, capture_output=True, check=False).returncode != 0


async def test_no_member_s_and_no_seal_s_certificate_states_as_a_node(office: Office) -> None:
    for name in ("chair", "seal"):
        forged = await asyncio.to_thread(attested, office, DATA, office.holders[name])
        found = await judge(forged, DATA, office.trust(at=LATER), LATER)
        assert (found.state, found.reason) == ("not-valid", "purpose"), name
