"""meetings.signatories.kit, meetings.signatories.records, web.routes.kits: what one signs with, over the API."""

from __future__ import annotations

import asyncio
import base64
import io
from pathlib import Path

import pytest
from asn1crypto import pkcs12 as asn1_pkcs12
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image
from pypdf import PdfReader

from documents import pictures
from signing import anchors, authority
from signing.tokens import Token
from tests.documents.test_ink import photograph
from tests.kit.authority import Office
from tests.kit.node import Browser, Node, running
from tests.kit.softhsm import PIN
from tests.meetings.sitting.test_minutes import PASSPHRASE, SIGNERS, base, certify, closed, numbered, sign
from tests.signing.test_enrolment import p12

FONTS = Path(__file__).resolve().parents[3] / "web" / "fonts"
RAW = {"Content-Type": "application/octet-stream"}


async def kits(browser: Browser) -> dict[str, dict[str, object]]:
    return {one["holder"]: one for one in (await browser.get("/api/kits")).body}


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def trusting(node: Node, office: Office) -> None:
    folder = node.office.signing.safe.trusted
    assert folder is not None
    chain = b"".join(one.certificate.public_bytes(Encoding.PEM) for one in (office.root, office.authority.issuing))
    anchors.add(folder, "public-service", chain)
    for der in office.trust(at=None).lists:
        anchors.add_list(folder, der)


async def test_each_sees_their_own_and_the_clerk_the_seal_too(node: Node) -> None:
    chair, clerk = await node.signed_in("chair"), await node.signed_in("clerk")
    assert set(await kits(chair)) == {"me"} and set(await kits(clerk)) == {"me", "district"}
    seal = (await kits(clerk))["district"]
    assert seal["certificate"] is None and seal["millimetres"] == 36
    word = await node.confirmed("chair")
    for act, body in (("certificate", {"passphrase": PASSPHRASE}), ("end", {"reason": "superseded"})):
        assert (await chair.post(f"/api/kits/district/{act}", body | word)).status == 403
    assert (await chair.get("/api/kits/district/picture.png")).status == 403
    asked = {"passphrase": PASSPHRASE} | await node.confirmed("clerk")
    assert (await clerk.post("/api/kits/none/certificate", asked)).status == 403
    assert (await (await node.browser()).get("/api/kits")).code == "sign-in-first"


async def test_a_certificate_is_made_given_up_and_made_anew(node: Node) -> None:
    chair, word = await node.signed_in("chair"), await node.confirmed("chair")
    wrong = {"passphrase": PASSPHRASE, "password": "another"}
    assert (await chair.post("/api/kits/me/certificate", wrong)).code == "confirm-wrong", (
        "a session alone is not enough"
    )
    assert (await chair.post("/api/kits/me/certificate", {"passphrase": "short"} | word)).code == "passphrase-short"
    assert (await chair.post("/api/kits/me/certificate", {"passphrase": PASSPHRASE} | word)).status == 204
    first = (await kits(chair))["me"]["certificate"]
    assert isinstance(first, dict) and (first["kept"], first["outside"]) == ("file", False)
    assert (
        await chair.post("/api/kits/me/certificate", {"passphrase": PASSPHRASE} | word)
    ).code == "certificate-exists"
    assert (await chair.post("/api/kits/me/end", {"reason": "because"} | word)).code == "field-wrong"
    assert (await chair.post("/api/kits/me/end", {"reason": "key-compromise"} | word)).status == 204
    assert (await kits(chair))["me"]["certificate"] is None
    assert (await chair.post("/api/kits/me/end", {"reason": "superseded"} | word)).status == 404
    assert (await chair.post("/api/kits/me/certificate", {"passphrase": PASSPHRASE} | word)).status == 204


async def test_a_certificate_of_another_authority_signs_minutes(node: Node) -> None:
    """Brought as PKCS#12 by the secretary, answered to a request of the chair's: both judged as public-service."""
    others = Office("Ban Cơ yếu (thử)", node.office.signing._now())
    trusting(node, others)
    secretary, chair = await node.signed_in("secretary"), await node.signed_in("chair")
    name = str((await kits(secretary))["me"]["name"])
    word = {name: await node.confirmed(name) for name in ("secretary", "chair")}
    given = {"file": b64(p12(others.holder(name))), "opens": "pw", "passphrase": PASSPHRASE} | word["secretary"]
    assert (await secretary.post("/api/kits/me/pkcs12", given | {"opens": "x"})).code == "pkcs12-unreadable"
    assert (await chair.post("/api/kits/me/pkcs12", given)).code == "certificate-name", "it is the secretary's"
    assert (await secretary.post("/api/kits/me/pkcs12", given)).status == 204
    made = await chair.post("/api/kits/me/request", {"passphrase": PASSPHRASE} | word["chair"])
    asked = x509.load_pem_x509_csr(made.body["pem"].encode())
    assert (await kits(chair))["me"]["asked"] is True
    issue = authority.issue(others.authority.issuing, asked.subject, asked.public_key(), "person", others.now)  # type: ignore[arg-type]
    answer = {"file": b64(issue.public_bytes(Encoding.PEM))}
    assert (await chair.post("/api/kits/me/answer", {"file": b64(b"none")})).code == "chain-unreadable"
    assert (await chair.post("/api/kits/me/answer", answer)).status == 204
    room = await closed(node)
    await numbered(node, room)
    for browser, (field, _) in zip((secretary, chair), SIGNERS, strict=False):
        assert (await sign(browser, room, field)).status == 204
    report = await node.office.signing.verify(await node.office.house.blobs.load(room.state.minutes.pdf))
    assert [one.trust for one in report.signatures] == ["public-service", "public-service"]
    assert report.state == "valid"


async def test_a_seal_lies_in_the_node_s_own_token(tmp_path: Path, template: Path, token: Token) -> None:
    (tmp_path / "pin").write_text(PIN)
    given = {"pkcs11_module": token.module, "pkcs11_token": token.label, "pkcs11_pin_file": str(tmp_path / "pin")}
    async with running(tmp_path / "data", template, **given) as node:
        secretary, chair, clerk = [await node.signed_in(person) for _, person in SIGNERS]
        assert (await chair.post("/api/kits/me/token")).status == 403, "for seals"
        assert (await clerk.post("/api/kits/district/token")).status == 204
        held = (await kits(clerk))["district"]["certificate"]
        assert isinstance(held, dict) and held["kept"] == "server"
        room = await closed(node)
        await numbered(node, room)
        for browser, (field, _) in zip((secretary, chair), SIGNERS, strict=False):
            assert (await certify(browser, room, field)).status == 204
            assert (await sign(browser, room, field)).status == 204
        assert (await clerk.get(f"{base(room)}/signer")).body["kept"] == "server"
        assert (await sign(clerk, room, "seal", passphrase="")).status == 204
        assert room.state.minutes.step == "signed"
        checked = await node.office.minutes.check(await node.office.house.blobs.load(room.state.minutes.pdf))
        assert checked.report.state == "valid"


async def test_without_a_token_the_node_says_so(node: Node) -> None:
    clerk = await node.signed_in("clerk")
    assert (await clerk.post("/api/kits/district/token")).code == "token-none"


async def test_pictures_are_cleaned_shown_and_taken_back(node: Node) -> None:
    chair, clerk = await node.signed_in("chair"), await node.signed_in("clerk")
    drawn = (await chair.get("/api/kits/me/picture.png")).data
    assert Image.open(io.BytesIO(drawn)).format == "PNG"
    mine = photograph(pictures.signature("Nguyễn Thử", FONTS))
    answer = await chair.ask("POST", "/api/kits/me/picture", data=mine, headers=RAW)
    assert answer.status == 200 and answer.body["millimetres"] == 0
    shown = (await chair.get("/api/kits/me/picture.png")).data
    assert shown != drawn and Image.open(io.BytesIO(shown)).mode == "RGBA"
    assert (await chair.ask("POST", "/api/kits/me/picture", data=b"none", headers=RAW)).code == "picture-unreadable"
    assert (await chair.get("/api/kits/me/picture.png")).data == shown, "what was there stays"
    seal = photograph(pictures.seal("UBND", FONTS))
    for wrong in ("", "?mm=5", "?mm=99", "?mm=x"):
        assert (
            await clerk.ask("POST", f"/api/kits/district/picture{wrong}", data=seal, headers=RAW)
        ).code == "field-wrong"
    assert (await clerk.ask("POST", "/api/kits/district/picture?mm=42", data=seal, headers=RAW)).status == 200
    assert (await kits(clerk))["district"]["millimetres"] == 42
    assert (await chair.ask("DELETE", "/api/kits/me/picture")).status == 204
    assert (await chair.get("/api/kits/me/picture.png")).data == drawn


@pytest.mark.parametrize("millimetres", [36, 42])
async def test_a_seal_is_as_wide_on_the_page_as_it_is(node: Node, millimetres: int) -> None:
    """And the holder's own pictures are what stands there."""
    clerk = await node.signed_in("clerk")
    seal = photograph(pictures.seal("UBND", FONTS))
    path = f"/api/kits/district/picture?mm={millimetres}"
    assert (await clerk.ask("POST", path, data=seal, headers=RAW)).status == 200
    room = await closed(node)
    await numbered(node, room)
    pdf = await node.office.house.blobs.load(room.state.minutes.pdf)
    fields = PdfReader(io.BytesIO(pdf)).get_fields() or {}
    left, bottom, right, top = (float(side) for side in fields["seal"].indirect_reference.get_object()["/Rect"])  # type: ignore[union-attr]
    assert abs(right - left - millimetres * 72 / 25.4) < 1 and abs(top - bottom - millimetres * 72 / 25.4) < 1


async def test_a_hostile_file_of_a_key_holds_up_nobody(node: Node) -> None:
    """It says itself how often its password is to be hashed: two thousand million times, here."""
    chair, word = await node.signed_in("chair"), await node.confirmed("chair")
    made = asn1_pkcs12.Pfx.load(p12(Office("Nơi lạ").holder("x")))
    made["mac_data"]["iterations"] = 2**31 - 1
    given = {"file": b64(made.dump(force=True)), "opens": "pw", "passphrase": PASSPHRASE} | word
    loop, slowest = asyncio.get_running_loop(), 0.0

    async def watch() -> None:
        nonlocal slowest
        while True:
            before = loop.time()
            await asyncio.sleep(0.05)
            slowest = max(slowest, loop.time() - before)

    watching = asyncio.create_task(watch())
    answer = await chair.post("/api/kits/me/pkcs12", given)
    watching.cancel()
    assert answer.code in ("workshop-limit", "pkcs12-unreadable") and slowest < 5
