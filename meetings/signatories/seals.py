"""The agency's signature on a document that has no signers of its own, as a certified copy: text only, no picture of a
seal (Decree 30/2020/NĐ-CP, Appendix I, part II, section 7). By the seal's certificate, with a timestamp."""

from __future__ import annotations

import base64

from signing.actions import Signing
from signing.keys import KeyHolder
from signing.model import Field
from store.errors import Refused

from ..people import rights
from ..people.rights import Principal, Thing

FIELD = "agency"
# One pixel that is not seen: what the copy says stands on the page itself.
NOTHING = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


class Seals:
    def __init__(self, signing: Signing) -> None:
        self._signing = signing

    async def key(self, who: Principal, unit: str, passphrase: str) -> tuple[str, KeyHolder]:
        """The serial of the seal's certificate, and its key. Raises Denied for who does not keep the seal (a program
        never does); Refused `certificate-none`, `passphrase-wrong`, `token-elsewhere` where the key is in the clerk's
        own token."""
        rights.demand(who, "seal.keep", Thing(unit))
        row = await self._signing.certificate_of("seal", unit)
        if row is None:
            raise Refused("certificate-none")
        if row.kept == "own":
            raise Refused("token-elsewhere")
        if row.kept == "server":
            return row.serial, await self._signing.key_on_server(row.serial)
        return row.serial, await self._signing.key_on_file(row.serial, passphrase)

    async def sign(self, pdf: bytes, box: tuple[float, float, float, float], seal: tuple[str, KeyHolder]) -> bytes:
        """PDF, signed in BOX of its first page. Raises Unavailable `timestamp-away`; then nothing is kept."""
        serial, key = seal
        laid = await self._signing.bench.lay(pdf, (Field(FIELD, 1, box),))
        step = await self._signing.begin(laid, FIELD, serial, NOTHING, first=True)
        try:
            await self._signing.sign(step, key)
            return await self._signing.finish(step)
        finally:
            await self._signing.drop(step)
