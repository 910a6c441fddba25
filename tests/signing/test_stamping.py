"""signing.stamping: tokens of one's own authority or of another's; what does not fit what was asked is none."""

from __future__ import annotations

import hashlib

import pytest
from asn1crypto import cms

from signing import timestamp
from signing.stamping import Safe, Stamps
from store.errors import Unavailable

from ..kit.authority import NOW, Office
from ..kit.world import Fixed

DIGEST = hashlib.sha256(b"signature").digest()


def stamps(office: Office, ask: object = None) -> Stamps:
    return Stamps(Safe(office.authority), Fixed(), ask)  # type: ignore[arg-type]


async def test_our_own_authority_stamps_and_answers_anybody(office: Office) -> None:
    ours = stamps(office)
    made = cms.ContentInfo.load(await ours.token(DIGEST, NOW))["content"]["encap_content_info"]["content"].parsed
    assert made["message_imprint"]["hashed_message"].native == DIGEST and made["gen_time"].native == NOW
    response = await ours.answer(timestamp.request(DIGEST, 7), NOW)
    assert timestamp.granted(response, DIGEST, 7)
    until = ours.until()
    assert until == timestamp.until(timestamp.granted(response, DIGEST, 7))


async def test_another_s_authority_is_asked_and_its_end_is_known(office: Office) -> None:
    other = Office("Ban Cơ yếu (thử)")
    theirs = stamps(other)

    async def ask(request: bytes) -> bytes:
        return await theirs.answer(request, NOW)

    ours = stamps(office, ask)
    assert ours.until() is None and ours.longest() > theirs.longest()
    token = await ours.token(DIGEST, NOW)
    assert len(token) < theirs.longest()
    brought = [one.chosen.dump() for one in cms.ContentInfo.load(token)["content"]["certificates"]]
    assert other.authority.timestamp.der in brought
    assert ours.until() == theirs.until()


@pytest.mark.parametrize("how", ["junk", "empty", "refused", "other-digest", "other-nonce", "away", "slow"])
async def test_what_does_not_fit_is_no_timestamp(office: Office, how: str) -> None:
    theirs = stamps(office)

    async def ask(request: bytes) -> bytes:
        if how in ("junk", "empty"):
            return b"<html>" if how == "junk" else b""
        if how in ("away", "slow"):
            raise (ConnectionError("none") if how == "away" else TimeoutError)
        asked = {
            "refused": b"\x30\x03\x02\x01\x01",
            "other-digest": timestamp.request(bytes(32), 1),
            "other-nonce": timestamp.request(DIGEST, 1),
        }
        return await theirs.answer(asked[how], NOW)

    with pytest.raises(Unavailable, match="timestamp-away"):
        await stamps(office, ask).token(DIGEST, NOW)
