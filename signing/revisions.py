"""The states a signed PDF went through, and whether each step from one to the next only added what may be added.

Every step is looked at once. (Each signature vouches for its own state; whatever any later step changed is held against
all signatures before it. To compare each signature's state with all later ones instead would cost the square of that.)
"""

from __future__ import annotations

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, SuspiciousModification
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from . import strict
from .model import Revision


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
