"""signing.evidence on NIST's PKITS: 203 certificates whose paths must hold or must not, judged by our own settings.

Each by the revocation lists of its own authorities alone: all 173 at once would be asked of every certificate.
"""

from __future__ import annotations

import functools
import importlib.resources
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from asn1crypto import x509
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from signing import evidence
from signing.evidence import Listed, Store
from signing.model import Trust
from signing.signer import parsed

AT = datetime(2015, 1, 1, tzinfo=UTC)  # inside the terms of what is to be valid
FOLDER = importlib.resources.files("cryptography_vectors") / "x509" / "PKITS_data"
ANCHOR = "TrustAnchorRootCertificate"
OURS = {"ValidDSASignaturesTest4EE", "ValidDSAParameterInheritanceTest5EE"}  # DSA with SHA-1 holds nowhere here


@functools.cache
def certificates() -> dict[str, bytes]:
    return {path.name[:-4]: path.read_bytes() for path in (FOLDER / "certs").iterdir() if path.name.endswith(".crt")}


@functools.cache
def lists() -> tuple[Listed, ...]:
    found = [Listed.of(path.read_bytes()) for path in (FOLDER / "crls").iterdir() if path.name.endswith(".crl")]
    return evidence.current(found, AT)


@functools.cache
def by_subject() -> dict[str, list[x509.Certificate]]:
    found: dict[str, list[x509.Certificate]] = {}
    for der in certificates().values():
        found.setdefault(parsed(der).subject.hashable, []).append(parsed(der))
    return found


def _names(certificate: x509.Certificate) -> Iterator[str]:
    """Who issued it, and whose list tells of it where that is another's."""
    yield certificate.issuer.hashable
    for point in certificate.crl_distribution_points_value or ():
        if point["crl_issuer"].native:
            yield from (name.chosen.hashable for name in point["crl_issuer"] if name.name == "directory_name")


def authorities_of(certificate: x509.Certificate) -> set[str]:
    seen: set[str] = set()
    left = [certificate]
    while left:
        for name in _names(left.pop()):
            if name not in seen:
                seen.add(name)
                left += by_subject().get(name, [])
    return seen


CASES = sorted(name for name in certificates() if re.match("(Valid|Invalid).*EE$", name))


def test_the_set_is_whole() -> None:
    assert len(CASES) == 203 and len(lists()) == 170


@pytest.mark.parametrize("name", CASES)
async def test_a_path_holds_where_it_must_and_nowhere_else(name: str) -> None:
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    held, certificate = certificates(), parsed(certificates()[name])
    between = tuple(der for one, der in held.items() if not one.endswith("EE") and one != ANCHOR)
    asked = authorities_of(certificate)
    some = [one for one in lists() if one.issuer in asked]
    context = evidence.context(Trust((held[ANCHOR],), between), Store(), some, AT, past=False)
    try:
        await CertificateValidator(certificate, [], validation_context=context).async_validate_path()
        holds = True
    except (PathValidationError, PathBuildingError, ValueError, NotImplementedError):
        holds = False
    assert holds == (name.startswith("Valid") and name not in OURS)
