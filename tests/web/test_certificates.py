"""web.routes.certificates, web.cli.authority, meetings.people.certificates: listed, revoked, told to others."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from meetings.sitting.room import Room
from signing import root
from signing.authority import Away, Holder
from store.errors import Refused
from tests.kit.authority import Office
from tests.kit.node import Node, settings_for
from web import console
from web.cli import authority as verb
from web.cli import main
from web.cli.verify import judge, own_trust, read_trust
from web.signing_desk import open_safe

REASON = "key-compromise"


async def signed(node: Node) -> tuple[Room, bytes]:
    room = await node.opened()
    pdf = await node.signed_minutes(room)
    await asyncio.sleep(1.1)  # lists tell whole seconds: what is revoked in that of the signature was revoked by then
    return room, pdf


async def serial_of(node: Node, person: str) -> str:
    row = await node.office.signing.certificate_of("person", person)
    assert row is not None
    return str(row.serial)


async def test_whose_certificates_there_are_is_listed(node: Node) -> None:
    technician = await node.signed_in("technician")
    assert {row["use"] for row in (await technician.get("/api/certificates/issued")).body} <= {"node"}
    await signed(node)
    rows = (await technician.get("/api/certificates/issued")).body
    assert sorted(row["use"] for row in rows) == ["node", "person", "person", "seal"]
    assert all(row["held"] and not row["revoked"] for row in rows)
    for other in ("chair", "secretary", "clerk", "member1"):
        assert (await (await node.signed_in(other)).get("/api/certificates/issued")).status == 403


async def test_a_revoked_certificate_signs_nothing_more_and_undoes_nothing(node: Node) -> None:
    _, pdf = await signed(node)
    serial, technician = await serial_of(node, "chair"), await node.signed_in("technician")
    path = f"/api/certificates/{serial}/revocation"
    for other in ("chair", "clerk", "secretary"):
        assert (await (await node.signed_in(other)).post(path, {"reason": REASON})).status == 403
    assert (await technician.post(path, {"reason": "bored"})).code == "field-wrong"
    assert (await technician.post("/api/certificates/ff/revocation", {"reason": REASON})).status == 404
    assert (await technician.post(path, {"reason": REASON})).status == 204
    rows = {row["serial"]: row for row in (await technician.get("/api/certificates/issued")).body}
    first = rows[serial]["revoked"]
    assert first > 0 and rows[serial]["reason"] == REASON
    assert (await technician.post(path, {"reason": "superseded"})).status == 204
    again = {row["serial"]: row for row in (await technician.get("/api/certificates/issued")).body}[serial]
    assert (again["revoked"], again["reason"]) == (first, REASON), "the first moment and reason stand"
    assert await node.office.signing.certificate_of("person", "chair") is None
    assert (await node.office.minutes.check(pdf)).report.state == "valid"


async def test_what_one_has_to_know_to_judge_is_public(node: Node, tmp_path: Path) -> None:
    _, pdf = await signed(node)
    serial = await serial_of(node, "chair")
    await node.office.certificates.revoke(node.committee.who["technician"], serial, REASON)
    anyone = await node.browser()
    chain = await anyone.get("/signing.pem")
    assert len(x509.load_pem_x509_certificates(chain.data)) == 2
    lists = [await anyone.get(f"/signing/{number}.crl") for number in range(3)]
    assert [one.status for one in lists] == [200, 200, 404]
    assert (await anyone.get("/signing/x.crl")).status == 404
    found = x509.load_der_x509_crl(lists[1].data)
    entry = found.get_revoked_certificate_by_serial_number(int(serial, 16))
    assert entry is not None
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.key_compromise
    (tmp_path / "signing.pem").write_bytes(chain.data)
    for number in range(2):
        (tmp_path / f"{number}.crl").write_bytes(lists[number].data)
    trust = read_trust(tmp_path / "signing.pem", [tmp_path / "0.crl", tmp_path / "1.crl"])
    assert (await judge(pdf, trust)).state == "valid"
    assert (await judge(pdf, read_trust(tmp_path / "signing.pem", []))).state != "valid", "lists are needed"


async def test_the_console_lists_and_revokes(node: Node) -> None:
    await signed(node)
    serial = await serial_of(node, "secretary")
    listed = await console.perform(node.office.house, node.settings, console.Asked("authority", {"act": "list"}))
    assert len([line for line in listed.lines if line.params["use"] != "node"]) == 3 and {
        line.code for line in listed.lines
    } == {"cli.authority-line"}
    given = {"act": "revoke", "serial": serial, "reason": "cessation"}
    assert (await console.perform(node.office.house, node.settings, console.Asked("authority", given))).status == 0
    listed = await console.perform(node.office.house, node.settings, console.Asked("authority", {"act": "list"}))
    revoked = next(line for line in listed.lines if line.params["serial"] == serial)
    assert (revoked.code, revoked.params["reason"]) == ("cli.authority-line-revoked", "cessation")
    missing = await console.perform(
        node.office.house, node.settings, console.Asked("authority", given | {"serial": "ff"})
    )
    assert (missing.status, missing.lines[0].code) == (1, "refused.certificate")


def test_the_console_writes_down_what_others_need(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = settings_for(tmp_path / "data")
    assert verb.export(made, tmp_path / "out") == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0.crl", "1.crl", "signing.pem"]
    assert str(tmp_path / "out") in capsys.readouterr().out
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="file-unwritable"):
        verb.export(made, tmp_path / "file")


def test_authorities_of_others_are_taken_in_and_on_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other, data = Office("Ban Cơ yếu (thử)"), str(tmp_path / "data")
    chain = tmp_path / "chain.pem"
    chain.write_bytes(other.authority.root.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "a.crl").write_bytes(other.trust().lists[0])
    (tmp_path / "broken").write_text("none")
    assert main(["--data", data, "authority", "trust", str(chain), "--kind", "public-service"]) == 0
    assert main(["--data", data, "authority", "lists", str(tmp_path / "a.crl")]) == 0
    assert "bacap: chứng thư gốc" in capsys.readouterr().out
    held = own_trust(settings_for(tmp_path / "data"))
    assert held.kind_of(other.authority.root.der) == "public-service" and len(held.lists) == 3
    assert main(["--data", data, "authority", "trust", str(tmp_path / "broken"), "--kind", "internal"]) == 1
    assert main(["--data", data, "authority", "lists", str(tmp_path / "broken")]) == 1
    assert main(["--data", data, "authority", "lists", str(tmp_path / "nowhere")]) == 1


def test_the_root_is_put_away_and_brought_by_the_console(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, file = str(tmp_path / "data"), tmp_path / "root.p12"

    def run(act: str, word: str) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(word + "\n"))
        return main(["--data", data, "authority", act, str(file)])

    assert run("root-use", "một câu dài") == 1, "there is no file yet"
    assert run("root-away", "một câu dài") == 0 and file.exists()
    assert "root.p12" in capsys.readouterr().out
    assert not (tmp_path / "data" / "keys" / "authority" / "root.key").exists()
    held = open_safe(settings_for(tmp_path / "data")).authority
    assert isinstance(held.root, Away)
    assert own_trust(settings_for(tmp_path / "data")).lists[0] == held.root.list
    assert run("root-use", "a wrong word") == 1 and run("root-use", "một câu dài") == 0
    assert run("root-away", "một câu dài") == 1


async def test_a_running_node_lets_go_of_a_root_that_was_put_away(node: Node, tmp_path: Path) -> None:
    signing, folder = node.office.signing, node.office.signing.safe.folder
    assert folder is not None
    await asyncio.to_thread(root.put_away, folder, tmp_path / "root.p12", "một câu dài", datetime.now(UTC))
    assert isinstance(signing.safe.authority.root, Holder)
    await signing.renew_authority()
    assert isinstance(signing.safe.authority.root, Away)
    technician = await node.signed_in("technician")
    rows = (await technician.get("/api/certificates")).body
    assert next(row for row in rows if row["use"] == "root-list")["ends"] > 0
    _, pdf = await signed(node)
    assert (await node.office.minutes.check(pdf)).report.state == "valid"
    assert (await technician.get("/signing/0.crl")).data == signing.safe.authority.root.list


def test_a_demonstration_s_certificates_say_what_they_are(tmp_path: Path) -> None:
    for name, demonstration, kind in (("a", True, "demonstration"), ("b", False, "internal")):
        made = settings_for(tmp_path / name, demonstration=demonstration)
        assert open_safe(made).kind == kind
        assert set(own_trust(made).kinds) == {kind}
