"""signing.asn1: only the true indefinite form is encoded anew; a length that merely ends in 0x80 is left alone."""

from __future__ import annotations

import hashlib

import pytest
from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509.oid import NameOID

from signing import asn1, authority, verify
from signing.authority import Holder
from signing.timestamp import Given, HeldKey, token

from ..kit.authority import NOW, Office


@pytest.mark.parametrize(
    ("header", "indefinite"),
    [
        ("3080", True),
        ("2480", True),
        ("bf7f80", True),  # a tag of two octets
        ("bfff7f80", True),  # a tag of three
        ("3000", False),
        ("307f", False),
        ("308180", False),  # 128 in the long form
        ("30820180", False),
        ("30821880", False),  # the length that stalled
        ("3083010080", False),
        ("bf7f8180", False),
        ("bf7f820180", False),
    ],
)
def test_indefinite_is_one_octet_of_80_behind_the_tag(header: str, indefinite: bool) -> None:
    assert asn1.is_indefinite(bytes.fromhex(header)) is indefinite


def wasteful_integer(size: int) -> bytes:
    """An INTEGER of SIZE octets in all that DER would write shorter: encoding anew would show."""
    body = size - 4
    return b"\x02\x82" + body.to_bytes(2, "big") + b"\x01" * body


class Pair(core.Sequence):  # type: ignore[misc]
    _fields = [("number", core.Integer)]  # noqa: RUF012


class Many(core.SetOf):  # type: ignore[misc]
    _child_spec = core.Integer


@pytest.mark.parametrize("kind", [Pair, Many], ids=["sequence", "set of"])
@pytest.mark.parametrize("length", [0x80, 0x180, 0x1880])
def test_a_definite_length_ending_in_80_is_left_as_it_is(kind: type[core.Asn1Value], length: int) -> None:
    tag = b"\x30" if kind is Pair else b"\x31"
    head = b"\x81\x80" if length == 0x80 else b"\x82" + length.to_bytes(2, "big")
    # a long form where DER asks for the short one: kept as long as nothing is encoded anew
    inner = wasteful_integer(length) if length > 0x84 else b"\x02\x81\x7d" + b"\x01" * 0x7D
    given = tag + head + inner
    value = kind.load(given)
    assert value.native  # its parts are parsed
    assert value.dump() == given
    assert value.dump() == given  # and nothing was left behind by the first time


@pytest.mark.parametrize("length", [0x80, 0x180, 0x1880])
def test_a_primitive_value_of_such_a_length_is_not_encoded_anew(monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    """A signature by RSA-3072 is such a value: 0x180 octets."""
    given = core.OctetString(b"s" * length).dump()
    value = core.OctetString.load(given)
    forbid_encoding(monkeypatch)
    assert value.dump() == given


def test_the_indefinite_form_is_still_encoded_anew() -> None:
    given = b"\x30\x80" + b"\x02\x81\x01\x05" + b"\x00\x00"
    assert Pair.load(given).dump() == b"\x30\x03\x02\x01\x05"


def test_force_still_forces() -> None:
    given = b"\x30\x82\x01\x80" + wasteful_integer(0x180)
    value = Pair.load(given)
    assert value.dump(force=True) == Pair({"number": value["number"].native}).dump()


def test_correcting_twice_changes_nothing() -> None:
    before = [kind.__dict__.get("dump") for kind in asn1.CORRECTED]
    asn1.apply()
    assert [kind.__dict__.get("dump") for kind in asn1.CORRECTED] == before
    assert any(before)


def forbid_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on, making a header is an error: what was read is only to be given back."""

    def forbidden(_class: int, _method: int, tag: int, contents: bytes) -> bytes:
        raise AssertionError(f"tag {tag} of {len(contents)} octets was encoded anew")

    monkeypatch.setattr(core, "_dump_header", forbidden)


def padded(office: Office, pad: int) -> Holder:
    """A signer whose certificate is PAD octets longer, in names of up to 60."""
    names = [x509.NameAttribute(NameOID.COMMON_NAME, "S")]
    while pad > 0:
        names.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "u" * min(60, max(1, pad - 11))))
        pad -= 71 if pad > 71 else pad
    key = authority.new_key()
    made = authority.issue(office.authority.issuing, x509.Name(names), key.public_key(), "person", NOW)
    return Holder(made, key)


async def sign(office: Office, holder: Holder) -> bytes:
    """A CMS object with a timestamp inside, as it stands in a PDF: nested as deep as it gets."""
    held = office.authority
    stamp = await token(held.timestamp, held.chain, hashlib.sha256(b"").digest(), NOW, 1)
    signer = HeldKey(holder, tuple(held.chain))
    made = await signer.async_sign_general_data(b"x" * 40, "sha256", use_cades=True, timestamper=Given(stamp))
    return bytes(made.dump())


async def cms_that_stalled(office: Office) -> bytes:
    """Search: signatures vary by a few octets, so the padding is corrected until the last length octet is 0x80."""
    pad, holder = 12, padded(office, 12)
    for _ in range(200):
        made = await sign(office, holder)
        length = len(cms.ContentInfo.load(made)["content"].contents)
        away = (0x80 - length) % 256
        if away == 0:
            return made
        if 2 < away < 254:  # else the next signature may do
            pad += away
            holder = padded(office, pad)
    raise AssertionError("no such length in 200 tries")


async def test_cms_whose_length_ends_in_80_is_not_encoded_anew(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await cms_that_stalled(office)
    loaded = cms.ContentInfo.load(made)
    signed_data = loaded["content"]
    assert signed_data._header[-1] == 0x80
    info = signed_data["signer_infos"][0]
    stamp = next(one for one in info["unsigned_attrs"] if one["type"].native == "signature_time_stamp_token")
    assert stamp["values"][0]["content"]["signer_infos"][0]["signature"].native  # parsed to the bottom
    forbid_encoding(monkeypatch)  # uncorrected, 1.2 million headers were made here
    assert signed_data.dump() in made
    assert loaded.dump() == made


def named(*parts: tuple[x509.ObjectIdentifier, str]) -> asn1_x509.RDNSequence:
    der = x509.Name([x509.NameAttribute(kind, value) for kind, value in parts]).public_bytes()
    return asn1_x509.Name.load(der).chosen


COMMON, COUNTRY = NameOID.COMMON_NAME, NameOID.COUNTRY_NAME
LONG = "Ủy ban " * 7


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (named((COMMON, "Ủy ban")), named((COMMON, "Ủy ban")), True),
        (named((COMMON, "Ủy ban")), named((COMMON, "ỦY  BAN ")), True),  # RFC 4518: case and blanks do not count
        (named((COMMON, "Ủy ban")), named((COMMON, "Uy ban")), False),
        (named((COMMON, "A"), (COUNTRY, "VN")), named((COUNTRY, "VN"), (COMMON, "A")), False),
        (named((COMMON, "A")), named((COMMON, "A"), (COMMON, "A")), False),
        (named(*[(COMMON, LONG)] * 20), named(*[(COMMON, LONG.upper())] * 20), True),  # too long to be worth keeping
    ],
)
def test_names_are_compared_as_before(one: asn1_x509.RDNSequence, other: asn1_x509.RDNSequence, same: bool) -> None:
    """RFC 5280, 7.1"""
    assert (one == other) is (other == one) is same
    assert (one.hashable == other.hashable) is same
    asn1.undo()
    try:
        assert (one == other) is same
        before = one.hashable
    finally:
        asn1.apply()
    assert one.hashable == before and one != "A"


def test_what_a_stranger_may_make_large_is_not_kept() -> None:
    """Nor does reading it push out what is kept."""
    read: list[int] = []

    small = 100

    @asn1.remembered(small=small)
    def length(der: bytes) -> int:
        read.append(len(der))
        return len(der)

    for size in (9, small, small + 1, small + 1, 9, small):
        assert length(bytes(size)) == size
    assert read == [9, small, small + 1, small + 1]


async def test_no_room_to_judge_is_no_judgement(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(verify, "PdfFileReader", full)
    with pytest.raises(MemoryError):
        await verify.verify(b"%PDF-1.7", Office().trust(), NOW)
