"""web.cli.certificate: a person's or a seal's certificate from the machine's console, in the running node and in its
place."""

from __future__ import annotations

import asyncio
import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from signing import authority
from signing.authority import Holder
from tests.kit.authority import Office
from tests.kit.node import Node, running
from web import console
from web.cli import main

CHAIR, WORD = "Phạm Thị Thử", "một câu thật dài"


@pytest.fixture
def data(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A node at rest. The terminal is English."""
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    shutil.copytree(template, tmp_path / "data")
    return tmp_path / "data"


class Console:
    """The verb as somebody types it, with what they type when asked."""

    def __init__(self, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._data, self._monkeypatch, self._capsys = data, monkeypatch, capsys

    def __call__(self, *words: str, typed: str = "", verb: str = "certificate") -> tuple[int, str]:
        self._monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        status = main(["--data", str(self._data), verb, *words])
        out, err = self._capsys.readouterr()
        return status, out + err


@pytest.fixture
def typed(data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Console:
    return Console(data, monkeypatch, capsys)


def unit_of(data: Path) -> tuple[str, str]:
    """Code and id of the unit that the node's clerk serves."""

    async def ask() -> tuple[str, str]:
        async with running(data) as node:
            [seal] = [one for one in await node.office.kits.mine(node.committee.who["clerk"]) if one.holder != "me"]
            return next((one.code, str(one.id)) for one in await node.office.people.tree() if one.id == seal.holder)

    return asyncio.run(ask())


def test_a_certificate_is_issued_to_a_person_and_a_seal(typed: Console, data: Path) -> None:
    status, told = typed("issue", "--person", "Chair", typed=f"{WORD}\n")
    assert status == 0 and f"Certificate of {CHAIR}" in told
    code, unit = unit_of(data)
    assert typed("issue", "--seal", code, typed=f"{WORD}\n")[0] == 0
    status, listed = typed("list", verb="authority")
    assert status == 0 and listed.count("seal") == 1 and CHAIR in listed
    again, told = typed("issue", "--seal", unit, typed=f"{WORD}\n")
    assert again == 1 and "certificate" in told


@pytest.mark.parametrize(
    ("words", "typed_", "why"),
    [
        (("issue", "--person", "nobody"), WORD, "account"),
        (("issue", "--seal", "nowhere"), WORD, "unit"),
        (("issue", "--person", "chair"), "ngắn", "passphrase"),
        (("bring", "--person", "chair", "/nowhere"), WORD, "file"),
        (("answer", "--person", "chair", __file__), "", "request"),
        (("bring", "--person", "chair", __file__), f"x\n{WORD}", ".p12"),
    ],
)
def test_what_cannot_be_is_refused(typed: Console, words: tuple[str, ...], typed_: str, why: str) -> None:
    status, told = typed(*words, typed=f"{typed_}\n")
    assert status == 1 and why in told.splitlines()[-1], told
    assert CHAIR not in typed("list", verb="authority")[1]


def test_a_file_with_a_key_is_brought(typed: Console, data: Path, tmp_path: Path) -> None:
    others = trusted(typed, tmp_path)
    one = others.holder(CHAIR)
    sealed = pkcs12.serialize_key_and_certificates(
        b"me", one.key, one.certificate, None, BestAvailableEncryption("mở".encode())  # type: ignore[arg-type]
    )  # fmt: skip
    (tmp_path / "me.p12").write_bytes(sealed)
    assert typed("bring", "--person", "chair", str(tmp_path / "me.p12"), typed=f"sai\n{WORD}\n")[0] == 1
    status, told = typed("bring", "--person", "chair", str(tmp_path / "me.p12"), typed=f"mở\n{WORD}\n")
    assert status == 0 and CHAIR in told
    (tmp_path / "large.p12").write_bytes(sealed + bytes(70_000))
    assert typed("bring", "--person", "secretary", str(tmp_path / "large.p12"), typed=f"mở\n{WORD}\n")[0] == 1


def test_another_authority_is_asked_and_answers(typed: Console, data: Path, tmp_path: Path) -> None:
    others, file = trusted(typed, tmp_path), tmp_path / "request.pem"
    status, told = typed("ask", "--person", "chair", str(file), typed=f"{WORD}\n")
    assert status == 0 and str(file) in told and "BEGIN" not in told
    asked = x509.load_pem_x509_csr(file.read_bytes())
    assert asked.is_signature_valid and CHAIR in asked.subject.rfc4514_string()
    public = asked.public_key()
    answer = authority.issue(others.authority.issuing, asked.subject, public, "person", others.now)  # type: ignore[arg-type]
    (tmp_path / "answer.pem").write_bytes(answer.public_bytes(Encoding.PEM))
    status, told = typed("answer", "--person", "chair", str(tmp_path / "answer.pem"))
    assert status == 0 and f"Certificate of {CHAIR}" in told


async def test_the_running_node_does_it(template: Path, tmp_path: Path) -> None:
    async with running(tmp_path / "data", template) as node, console.listening(node.settings, node.office.house):
        given = {"act": "issue", "person": "chair", "seal": "", "passphrase": WORD}
        outcome = await asyncio.to_thread(console.run, node.settings, "certificate", given)
        assert (outcome.status, outcome.lines[0].code) == (0, "cli.certificate-kept")
        assert await signs(node, str(outcome.lines[0].params["serial"]))


async def signs(node: Node, serial: str) -> bool:
    """Does the passphrase that was typed open the key?"""
    key = await node.office.signing.key_on_file(serial, WORD)
    return bool(await key.sign(b"x"))


def test_a_request_whose_file_cannot_be_written_is_shown(typed: Console, tmp_path: Path) -> None:
    """The one asked before is void by then."""
    status, told = typed("ask", "--person", "chair", str(tmp_path), typed=f"{WORD}\n")
    assert status == 1 and str(tmp_path) in told
    begins, ends = told.index("-----BEGIN"), told.index("-----END")
    assert x509.load_pem_x509_csr(told[begins : told.index("\n", ends) + 1].encode()).is_signature_valid


def trusted(typed: Console, folder: Path) -> Office:
    """Another authority that this node trusts."""
    others = Office("Ban Cơ yếu (thử)", datetime.now(UTC).replace(microsecond=0))
    assert isinstance(others.root, Holder)
    pem = b"".join(one.certificate.public_bytes(Encoding.PEM) for one in (others.root, others.authority.issuing))
    (folder / "chain.pem").write_bytes(pem)
    assert typed("trust", "--kind", "public-service", str(folder / "chain.pem"), verb="authority")[0] == 0
    for number, der in enumerate(others.trust().lists):
        (folder / f"{number}.crl").write_bytes(der)
        assert typed("lists", str(folder / f"{number}.crl"), verb="authority")[0] == 0
    return others
