"""Documents in the forms of Decree 30/2020/NĐ-CP, as PDF/A-2b with every font inside. Runs in the workshop only.

What people wrote goes in as data, never as markup. The date inside the file is the document's own, so that the same
words always give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import typst

from store.errors import Refused

from .model import Form, MinutesForm, Spot, Typeset
from .pictures import SEAL_MM, SIGNATURE_MM

FORMS = Path(__file__).parent / "forms"
UNPRINTABLE = re.compile('the text `"(.+?)"` could not be displayed')
MM = 72 / 25.4
A4_HEIGHT = 297 * MM


def typeset(form: Form, fonts: Path) -> tuple[bytes, Typeset]:
    """FORM as PDF, and where its signatures go. Raises Refused for text that PDF/A cannot hold."""
    given = {"data": msgspec.json.encode(form).decode()}
    source = FORMS / f"{form.__struct_config__.tag}.typ"
    where: dict[str, Any] = {
        "root": str(FORMS),
        "font_paths": [str(fonts)],
        "ignore_system_fonts": True,
        "sys_inputs": given,
    }
    try:
        pdf = typst.compile(str(source), format="pdf", pdf_standards="a-2b", **where)
    except typst.TypstError as error:
        raise _refusal(error) from error
    spots: tuple[Spot, ...] = ()
    if isinstance(form, MinutesForm):
        spots = lay(json.loads(typst.query(str(source), "<spot>", field="value", **where)), form.seal_mm)
    pages = pdf.count(b"/Type /Page\n") + pdf.count(b"/Type/Page/") or 1
    return pdf, Typeset(pages, spots)


def corner(lines: Sequence[str], size: tuple[float, float], fonts: Path) -> bytes:
    """A sheet of SIZE (points) with nothing on it but LINES in its upper right corner, to be laid over a page."""
    given = {"data": json.dumps({"lines": list(lines), "width": size[0], "height": size[1]})}
    where: dict[str, Any] = {"root": str(FORMS), "font_paths": [str(fonts)], "ignore_system_fonts": True}
    made: bytes = typst.compile(str(FORMS / "copy.typ"), format="pdf", sys_inputs=given, **where)
    return made


def _refusal(error: typst.TypstError) -> Exception:
    """What a person can mend is named; anything else stays what it is."""
    told = str(error.diagnostic)
    strange = dict.fromkeys(UNPRINTABLE.findall(told))
    if strange:
        return Refused("text-unprintable", text=" ".join(strange)[:100])
    return Refused("text-unbroken") if "PDF string is longer" in told else error


def lay(found: list[dict[str, object]], seal_mm: int = SEAL_MM) -> tuple[Spot, ...]:
    """Signature fields from the marks on the page; the seal covers the left third of the chair's signature."""
    spots = {}
    for mark in found:
        at = mark["at"]
        assert isinstance(at, dict)
        left, top = float(str(at["x"]).removesuffix("pt")), A4_HEIGHT - float(str(at["y"]).removesuffix("pt"))
        width, height = SIGNATURE_MM[0] * MM, SIGNATURE_MM[1] * MM
        name = str(mark["name"])
        spots[name] = Spot(name, int(at["page"]), left, top - height, left + width, top)
    chair = spots["chair"]
    side = seal_mm * MM
    right = chair.left + (chair.right - chair.left) / 3
    middle = (chair.top + chair.bottom) / 2
    spots["seal"] = Spot("seal", chair.page, right - side, middle - side / 2, right, middle + side / 2)
    return tuple(spots.values())
