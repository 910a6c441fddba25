"""The states a signed PDF went through, and whether each step from one to the next only added what may be added.

Every step is looked at once. (Each signature vouches for its own state; whatever any later step changed is held against
all signatures before it. To compare each signature's state with all later ones instead would cost the square of that.)
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils.generic import IndirectObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    CatalogModificationRule,
    FormUpdatingRule,
    ModificationLevel,
    StandardDiffPolicy,
    SuspiciousModification,
)
from pyhanko.sign.diff_analysis.constants import ROOT_EXEMPT_STRICT_COMPARISON
from pyhanko.sign.diff_analysis.rules_api import ReferenceUpdate
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from . import strict
from .model import Revision


class Certifying(CatalogModificationRule):
    """What the first signature may do to the catalog besides: name itself there as the one that certifies the document
    (ISO 32000-2, 12.8.6), where nothing does yet."""

    def __init__(self) -> None:
        super().__init__(ROOT_EXEMPT_STRICT_COMPARISON | {"/Perms"})  # type: ignore[no-untyped-call]

    def apply_qualified(self, old: Any, new: Any) -> Iterator[Any]:
        yield from super().apply_qualified(old, new)
        if "/Perms" in old.root or set(new.root.get("/Perms", {})) - {"/DocMDP"}:
            raise SuspiciousModification("/Perms")
        named = new.root.raw_get("/Perms") if "/Perms" in new.root else None
        if isinstance(named, IndirectObject):
            yield ModificationLevel.LTA_UPDATES, ReferenceUpdate(named.reference, context_checked=None)


_FORM = DEFAULT_DIFF_POLICY.form_rule
assert _FORM is not None
FIRST = StandardDiffPolicy(
    [Certifying(), *DEFAULT_DIFF_POLICY.global_rules[1:]],
    FormUpdatingRule(_FORM.field_rules, ignored_acroform_keys=_FORM.ignored_acroform_keys | {"/SigFlags"}),
)


class Steps:
    """`reached(signature)` is the first rule broken behind SIGNATURE, "" for none."""

    def __init__(self, reader: PdfFileReader) -> None:
        self._reader = reader
        self._last = reader.total_revisions - 1
        self._flaws: dict[int, str] = {}

    def behind(self, signature: EmbeddedPdfSignature) -> str:
        coverage = signature.evaluate_signature_coverage()
        if coverage not in strict.WHOLE:
            return "coverage"
        if signature.signed_revision == self._last and coverage != SignatureCoverageLevel.ENTIRE_FILE:
            return "coverage"
        steps = range(signature.signed_revision, self._last)
        return next((flaw for step in steps if (flaw := self._step(step))), "")

    def _step(self, before: int) -> str:
        if before not in self._flaws:
            self._flaws[before] = self._compare(before)
        return self._flaws[before]

    def _compare(self, before: int) -> str:
        """Only further signatures and their data may be added (DocMDP 2, ISO 32000-2, 12.8.2.2)."""
        old, new = (self._reader.get_historical_resolver(number) for number in (before, before + 1))
        try:
            found = DEFAULT_DIFF_POLICY.apply(old, new, doc_mdp=MDPPerm.FILL_FORMS)
        except SuspiciousModification:
            return "changed"
        return "" if found.modification_level in strict.HARMLESS else "changed"


def fills(prepared: bytes, size: int, field: str, hole: tuple[int, int]) -> bool:
    """Is PREPARED the file of its first SIZE bytes with one revision behind it, which does nothing but fill FIELD with
    a signature whose contents will be HOLE? Never raises for what is in it."""
    try:
        before = PdfFileReader(io.BytesIO(prepared[:size]), strict=True)
        after = PdfFileReader(io.BytesIO(prepared), strict=True)
        there = {name for name, value, _ in enumerate_sig_fields(before) if value is not None}
        signed = {name: value for name, value, _ in enumerate_sig_fields(after) if value is not None}
        if after.total_revisions != before.total_revisions + 1 or set(signed) - there != {field} or there - set(signed):
            return False
        first, start, second, rest = (int(part) for part in signed[field].get_object()["/ByteRange"])
        if (first, start, second, second + rest) != (0, hole[0], hole[1], len(prepared)):
            return False
        last = after.total_revisions - 1
        old, new = (after.get_historical_resolver(number) for number in (last - 1, last))
        policy = DEFAULT_DIFF_POLICY if there else FIRST
        found = policy.apply(old, new, doc_mdp=MDPPerm.FILL_FORMS)
        return found.modification_level in strict.HARMLESS
    except Exception:  # hostile bytes: whatever a library makes of them, nothing is signed
        return False


def listed(reader: PdfFileReader, size: int) -> tuple[Revision, ...]:
    """What each revision added; SIZE is the file's."""
    signed = {one.signed_revision: one for one in reader.embedded_signatures}
    found = []
    for number in range(reader.total_revisions):
        one = signed.get(number)
        if one is None:
            later = [signed[other].byte_range[3] + signed[other].byte_range[2] for other in signed if other > number]
            end = reader.xrefs.get_xref_container_info(number).end_location if later else size
            found.append(Revision("document" if number == 0 else "data", "", end))
            continue
        end, name = one.byte_range[2] + one.byte_range[3], str(one.field_name)
        found.append(Revision("stamp" if one.sig_object_type == "/DocTimeStamp" else "signature", name, end))
    return tuple(found)
