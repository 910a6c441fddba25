"""signing.timestamp: tokens and answers by RFC 3161; refusals are answers too; openssl agrees."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import algos, core, tsp
from cryptography.hazmat.primitives.serialization import Encoding

from signing import timestamp
from signing.authority import Holder

from ..conftest import absent
from ..kit.authority import NOW, Office

DIGEST = hashlib.sha256(b"minutes").digest()


def request(algorithm: str = "sha256", digest: bytes = DIGEST, **more: Any) -> bytes:
    imprint = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": algorithm}), "hashed_message": digest}
    return bytes(tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "cert_req": True, **more}).dump())


async def ask(office: Office, asked: bytes) -> tsp.TimeStampResp:
    held = office.authority
    return tsp.TimeStampResp.load(await timestamp.respond(asked, held.timestamp, held.chain, NOW, 99))


def info_of(response: tsp.TimeStampResp) -> tsp.TSTInfo:
    assert response["status"]["status"].native == "granted"
    return response["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed


async def refusal(office: Office, asked: bytes) -> set[str]:
    """Why it was refused, as openssl reads it too: a response with a status and no token."""
    held = office.authority
    given = await timestamp.respond(asked, held.timestamp, held.chain, NOW, 99)
    status = core.Sequence.load(given)[0]
    assert core.Sequence.load(given).native.keys() == {"0"}, "a refusal has no token"
    info = tsp.PKIStatusInfo.load(status.dump())
    assert info["status"].native == "rejection"
    found: set[str] = info["fail_info"].native
    return found


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
async def test_a_good_request_is_granted(office: Office, algorithm: str) -> None:
    digest = hashlib.new(algorithm, b"minutes").digest()
    info = info_of(await ask(office, request(algorithm, digest, nonce=2**63 + 5)))
    assert info["message_imprint"]["hash_algorithm"]["algorithm"].native == algorithm
    assert info["message_imprint"]["hashed_message"].native == digest
    assert info["gen_time"].native == NOW
    assert info["serial_number"].native == 99
    assert info["nonce"].native == 2**63 + 5
    assert info["policy"].native == timestamp.POLICY
    assert info["accuracy"]["seconds"].native == 1


async def test_without_a_nonce_there_is_none_and_its_own_policy_is_welcome(office: Office) -> None:
    info = info_of(await ask(office, request(req_policy=timestamp.POLICY)))
    assert info["nonce"].native is None


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [
        ("sha1", hashlib.sha1(b"minutes").digest()),
        ("md5", hashlib.md5(b"minutes").digest()),
        ("sha224", hashlib.sha224(b"minutes").digest()),
        ("sha256", b""),
        ("sha256", DIGEST[:-1]),
        ("sha256", DIGEST + b"\0"),
        ("sha512", DIGEST),
        ("sha1", DIGEST),
    ],
)
async def test_weak_digests_and_lengths_that_do_not_fit_are_refused(
    office: Office, algorithm: str, digest: bytes
) -> None:
    assert await refusal(office, request(algorithm, digest)) == {"bad_alg"}


async def test_a_foreign_policy_is_refused(office: Office) -> None:
    assert await refusal(office, request(req_policy="1.2.3.4")) == {"unaccepted_policy"}


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\0",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x30\x80",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x03\x02\x01\x01",
        request()[:-3],
        request() + b"behind it",
        b"\x30" * 2000,
        bytes(range(256)) * 20,
    ],
)
async def test_junk_is_refused_as_junk(office: Office, junk: bytes) -> None:
    assert await refusal(office, junk) == {"bad_data_format"}


async def test_every_shortened_or_bent_request_gets_an_answer(office: Office) -> None:
    """Whatever is sent, what comes back is a response: granted or refused, never a surprise."""
    good, held = request(nonce=5), office.authority
    bent = [good[:at] for at in range(len(good))]
    bent += [
        good[:at] + bytes([good[at] ^ bits]) + good[at + 1 :] for at in range(0, len(good), 3) for bits in (1, 128)
    ]
    for asked in bent:
        given = await timestamp.respond(asked, held.timestamp, held.chain, NOW, 1)
        status = tsp.PKIStatusInfo.load(core.Sequence.load(given)[0].dump())["status"].native
        assert status in ("granted", "rejection"), asked.hex()


async def test_a_token_names_its_certificate_and_carries_the_chain(office: Office) -> None:
    held = office.authority
    made = await timestamp.token(held.timestamp, held.chain, DIGEST, NOW, 5)
    signed = made["content"]
    certificates = {choice.chosen.dump() for choice in signed["certificates"]}
    assert certificates == {held.timestamp.der, held.issuing.der}
    named = {attribute["type"].native for attribute in signed["signer_infos"][0]["signed_attrs"]}
    assert "signing_certificate_v2" in named  # RFC 5816


# ── openssl ──


def pem(*holders: Holder) -> str:
    return "".join(holder.certificate.public_bytes(Encoding.PEM).decode() for holder in holders)


def openssl(office: Office, folder: Path, *words: str, at: int) -> subprocess.CompletedProcess[str]:
    if shutil.which("openssl") is None:
        absent("openssl is not installed")
    (folder / "root.pem").write_text(pem(office.authority.root))
    (folder / "between.pem").write_text(pem(office.authority.issuing))
    trust = ["-CAfile", "root.pem", "-untrusted", "between.pem", "-attime", str(at)]
    return subprocess.run(["openssl", "ts", *words, *trust], cwd=folder, capture_output=True, text=True, check=False)


async def test_openssl_accepts_the_response(office: Office, tmp_path: Path) -> None:
    moment = int((NOW + timedelta(minutes=1)).timestamp())
    held = office.authority
    asked = request(nonce=77)
    (tmp_path / "q").write_bytes(asked)
    (tmp_path / "r").write_bytes(await timestamp.respond(asked, held.timestamp, held.chain, NOW, 1))
    (tmp_path / "data").write_bytes(b"minutes")
    words = ("-verify", "-in", "r")
    assert "Verification: OK" in openssl(office, tmp_path, *words, "-queryfile", "q", at=moment).stdout
    assert "Verification: OK" in openssl(office, tmp_path, *words, "-data", "data", at=moment).stdout
    (tmp_path / "data").write_bytes(b"minutes, altered")
    assert openssl(office, tmp_path, *words, "-data", "data", at=moment).returncode != 0
    (tmp_path / "q").write_bytes(request(nonce=78))
    assert openssl(office, tmp_path, *words, "-queryfile", "q", at=moment).returncode != 0


async def test_openssl_reads_the_refusal(office: Office, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        absent("openssl is not installed")
    held = office.authority
    given = await timestamp.respond(request("sha1", bytes(20)), held.timestamp, held.chain, NOW, 1)
    (tmp_path / "r").write_bytes(given)
    words = ["openssl", "ts", "-reply", "-in", str(tmp_path / "r"), "-text"]
    shown = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    assert "Status: Rejected" in shown
    assert "unrecognized or unsupported algorithm" in shown
