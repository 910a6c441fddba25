"""signing.verify on attacks made by others: none of the known ones is valid, whoever is trusted."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from asn1crypto import cms

from signing import verify
from signing.model import Trust

from ..kit.authority import NOW, Office


def attacks(corpora: Path) -> list[Path]:
    return sorted((corpora / "pdf" / "signature-attacks").iterdir())


async def test_no_known_attack_is_valid_even_with_its_own_certificate_trusted(office: Office, corpora: Path) -> None:
    files = attacks(corpora)
    assert len(files) == 15
    for path in files:
        data = path.read_bytes()
        own = certificates(data)
        for anchors in ((office.authority.root.der,), own, (*own, office.authority.root.der)):
            report = await verify.verify(data, Trust(anchors, (), office.trust().lists), NOW)
            assert report.state != "valid", path.name
        assert verify.shape(data) != "", path.name


def certificates(data: bytes) -> tuple[bytes, ...]:
    """Every certificate in the file's signatures, read by no PDF library: most of these files defeat one."""
    found = []
    for written in re.findall(rb"/Contents\s*<([0-9A-Fa-f]{64,})", data):
        with contextlib.suppress(ValueError, TypeError):
            signed_data = cms.ContentInfo.load(bytes.fromhex(written[: len(written) // 2 * 2].decode()))["content"]
            found += [choice.chosen.dump() for choice in signed_data["certificates"]]
    return tuple(found)


def test_the_attacks_do_name_certificates_that_one_might_trust(corpora: Path) -> None:
    assert sum(bool(certificates(path.read_bytes())) for path in attacks(corpora)) >= 9
