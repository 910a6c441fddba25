"""The rule sets of a unit's committee: shown with what is unsure, and a regulation of its own taken in."""

from __future__ import annotations

from meetings.people import rights
from meetings.people.rights import Thing

from .. import answers, bodies
from ..guard import Call, Routes

routes = Routes()


@routes.add("GET", "/api/units/{unit}/rules", "rules.see")
async def rules(call: Call) -> answers.UnitRules:
    unit = call.param("unit")
    rows = await call.office.rule_book.listed(call.who, unit)
    return answers.UnitRules(rows, rights.may(call.who, "rules.adopt", Thing(unit)))


@routes.add("POST", "/api/units/{unit}/rules", "rules.adopt")
async def adopt(call: Call) -> answers.Made:
    """Take in a document; refused with where it is wrong, or which of its own cases it does not decide as told."""
    asked = await call.body(bodies.NewRules)
    return answers.Made((await call.office.rule_book.adopt(call.who, call.param("unit"), asked.document)).id)
