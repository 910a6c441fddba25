"""The printed sheet of the minutes: what it says in canonical bytes, and the code on it that says so itself. Pure."""

from __future__ import annotations

import hashlib
import io

import msgspec
import segno

from documents.model import MinutesForm
from signing import paper_code
from signing.algorithms import Private
from signing.paper_code import PaperCode
from store import chain

from .rules import AGAINST, FOR
from .state import State

LOOKS = {"check_url", "check_picture", "seal_mm", "kind"}  # of a form: not what it says


def canonical(form: MinutesForm) -> bytes:
    """What the printed text says, with the journal's head, whatever it looks like."""
    return chain.canonical({name: told for name, told in msgspec.to_builtins(form).items() if name not in LOOKS})


def digest(form: MinutesForm) -> bytes:
    return hashlib.sha256(canonical(form)).digest()


def code(form: MinutesForm, state: State, address: str, key: Private) -> str:
    """What the code on the sheet holds, signed by the node: an address of the check page in capitals."""
    signers = (form.secretary_name, form.chair_name)
    head = (form.check_code, form.head.symbol, form.head.date, form.head.agency)
    return paper_code.sign(PaperCode(*head, signers, votes(state), 0, digest(form)), address.upper(), key)


def votes(state: State) -> tuple[tuple[int, int, int, int], ...]:
    """Item, for, against, neither: of each vote that was counted and told, but for choices among names."""
    number = {item.id: place for place, item in enumerate(state.items, 1) if not item.closed}
    found = []
    for ballot in state.ballots:
        if ballot.item in number and ballot.result is not None and not ballot.held and not ballot.options:
            counts = dict(ballot.result.counts)
            yes, no = counts.get(FOR, 0), counts.get(AGAINST, 0)
            found.append((number[ballot.item], yes, no, ballot.result.members - yes - no))
    return tuple(found)


def picture(text: str) -> str:
    """A QR symbol as SVG: capitals and digits only, which it packs tightly; mended where a seventh of it is lost."""
    out = io.BytesIO()
    made = segno.make(text, error="m", mode="alphanumeric", boost_error=False)
    made.save(out, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None)
    return out.getvalue().decode()
