"""Who may do what: one table of verbs, one answer. Pure.

`scope(actor, verb)` returns a predicate as data. `holds` evaluates it for a single thing; `records.py` compiles
the same predicate to SQL for lists and counts, and a property test proves that the two agree. Nothing is allowed
that the table does not name, and every route and command names its verb.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from store.errors import Denied

from .model import Role

# ── predicates ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Everything:
    """Allowed whatever the thing is."""


@dataclass(frozen=True, slots=True)
class InUnits:
    """Things of these units."""

    units: frozenset[str]


@dataclass(frozen=True, slots=True)
class TakesPart:
    """Sittings in which the person has one of these roles."""

    person: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Predicate, ...]  # none of them: nothing is allowed


Predicate = Everything | InUnits | TakesPart | AnyOf
NOTHING = AnyOf(())


@dataclass(frozen=True, slots=True)
class Thing:
    """What a right is asked about: its unit, and who has which role in it."""

    unit: str = ""
    people: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `grants`: role -> units it is held at today, everything below them included where `DEEP` says so."""

    kind: str  # person | site | token | agent | nobody
    id: str
    grants: Mapping[str, frozenset[str]] = field(default_factory=dict)
    name: str = ""
    mandate: str = ""


NOBODY = Principal("nobody", "")

# ── the table ───────────────────────────────────────────────────────────────

ANYONE = "anyone"  # signed in or not
PERSON = "person"  # any signed-in person
SITE = "site"  # an enrolled room
AGENT = "agent"  # a program on a person's machine, beside their token
Rule = tuple[frozenset[str], frozenset[str]]  # roles at the thing's unit, roles in the sitting


def _rule(unit: str = "", sitting: str = "") -> Rule:
    return frozenset(unit.split()), frozenset(sitting.split())


_PART = "chair deputy secretary member guest substitute presenter"

VERBS: Mapping[str, Rule | str] = {
    # open to all
    "page.see": ANYONE,
    "session.begin": ANYONE,
    "signature.verify": ANYONE,
    "timestamp.ask": ANYONE,
    "agent.pair": ANYONE,  # needs a one-time code
    "site.enrol": ANYONE,  # needs a one-time code
    "metrics.see": ANYONE,  # on this machine, or with the token of the settings
    "account.first": ANYONE,  # needs the one-time link that the console printed
    # one's own
    "session.end": PERSON,
    "desk.see": PERSON,
    "tablet.keep": PERSON,
    "signature.keep": PERSON,  # what one signs with
    "agent.serve": AGENT,
    "upload.send": PERSON,  # a file that belongs to nothing yet
    "tree.see": PERSON,
    # administration
    "tree.change": _rule("administrator technician"),
    "people.see": _rule("administrator technician secretary office-head chair"),
    "people.change": _rule("administrator technician"),
    "site.see": _rule("administrator technician secretary chair"),
    "site.change": _rule("administrator technician"),
    "journal.see": _rule("administrator technician"),
    "certificate.see": _rule("administrator technician"),
    "certificate.revoke": _rule("administrator technician"),
    "integration.keep": _rule("administrator technician"),
    "tablet.cut": _rule("administrator technician"),
    "opinion.put": _rule("secretary office-head chair"),
    "task.answer": _rule("secretary office-head chair deputy clerk"),  # at the unit that has the task
    "register.see": _rule("administrator clerk secretary office-head chair"),
    "register.keep": _rule("clerk"),
    "seal.keep": _rule("clerk"),
    "power.give": _rule("chair office-head"),  # to sign in the chair's place
    "rules.see": _rule("administrator technician secretary office-head chair"),
    "rules.adopt": _rule("office-head chair"),
    "styleguide.see": _rule("administrator technician"),
    # the sitting
    "sitting.plan": _rule("secretary office-head chair"),
    "sitting.see": _rule("", _PART + " clerk approver recipient"),
    "sitting.prepare": _rule("", "secretary"),
    "agenda.approve": _rule("", "approver"),
    "convening.answer": _rule("secretary office-head chair clerk"),  # at the unit that was convened
    "sitting.preside": _rule("", "chair"),
    "sitting.conduct": _rule("", "chair secretary"),
    "sitting.attend": _rule("", _PART + " approver"),
    # who of them has a vote, the electorate says
    "sitting.vote": _rule("", "member chair deputy secretary clerk approver substitute"),
    "rehearsal.hold": _rule("technician", "chair secretary"),
    "line.choose": _rule("technician", "chair secretary"),
    "recording.switch": _rule("", "chair"),
    "sitting.archive": _rule("", "clerk"),
    "sitting.export": _rule("", "chair secretary clerk"),
    "recording.see": _rule("", "chair secretary clerk"),
    "sitting.site": SITE,
    "minutes.read": _rule("", "chair secretary clerk signer"),
    "minutes.comment": _rule("", _PART + " clerk approver"),  # who was there, while the draft is open to comments
    "minutes.edit": _rule("", "secretary"),
    "minutes.approve": _rule("", "chair"),
    "minutes.number": _rule("", "clerk"),
    "minutes.seal": _rule("", "clerk"),
    "minutes.sign": _rule("", "secretary chair clerk signer"),
    "minutes.circulate": _rule("", "secretary clerk"),
    # once circulated; a guest, if sent to
    "minutes.see": _rule("", "recipient chair deputy secretary member clerk approver"),
    "minutes.acknowledge": _rule("", "recipient"),
    "paper.read": _rule("", _PART + " clerk approver"),
    "paper.comment": _rule("", _PART + " clerk approver"),
    "paper.add": _rule("", "secretary"),
}

# What a token of an integration may be given; its grants are by verb, not by role.
INTEGRATES = frozenset({"tree.see", "upload.send", "register.see", "register.keep", "paper.add"})

DEEP: frozenset[Role] = frozenset({"administrator", "technician"})  # held at a unit, held below it too


def scope(actor: Principal, verb: str) -> Predicate:
    """Which things ACTOR may do VERB with. An unknown verb is a programming error: KeyError."""
    rule = VERBS[verb]
    if rule == ANYONE:
        return Everything()
    if actor.kind == "nobody":
        return NOTHING
    if actor.kind == "token":
        units = actor.grants.get(verb, frozenset()) if verb in INTEGRATES else frozenset()
        return NOTHING if not units else Everything() if rule == PERSON else InUnits(units)
    if isinstance(rule, str):
        return Everything() if rule == actor.kind else NOTHING
    if actor.kind != "person":
        return NOTHING
    parts: list[Predicate] = []
    units = frozenset(unit for role in rule[0] for unit in actor.grants.get(role, ()))
    if units:
        parts.append(InUnits(units))
    if rule[1]:
        parts.append(TakesPart(actor.id, rule[1]))
    return AnyOf(tuple(parts))


def holds(predicate: Predicate, thing: Thing) -> bool:
    """The one evaluator."""
    if isinstance(predicate, Everything):
        return True
    if isinstance(predicate, InUnits):
        return thing.unit in predicate.units
    if isinstance(predicate, TakesPart):
        return bool(thing.people.get(predicate.person, frozenset()) & predicate.roles)
    return any(holds(part, thing) for part in predicate.parts)


def may(actor: Principal, verb: str, thing: Thing) -> bool:
    return holds(scope(actor, verb), thing)


def demand(actor: Principal, verb: str, thing: Thing) -> None:
    """Raise Denied unless ACTOR may do VERB with THING."""
    if not may(actor, verb, thing):
        raise Denied("no-right")


def units_of(predicate: Predicate) -> frozenset[str]:
    """The units that a predicate names."""
    if isinstance(predicate, InUnits):
        return predicate.units
    if isinstance(predicate, AnyOf):
        return frozenset(unit for part in predicate.parts for unit in units_of(part))
    return frozenset()


def anywhere(actor: Principal, verb: str) -> bool:
    """Is there any thing at all that ACTOR could do VERB with? Decides whether a place is shown."""
    predicate = scope(actor, verb)
    return predicate != NOTHING and not (isinstance(predicate, AnyOf) and not predicate.parts)


def grants_of(held: Iterable[tuple[Role, str]], below: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Grants from (role, unit) pairs. BELOW: unit -> itself and everything under it."""
    grants: dict[str, set[str]] = {}
    for role, unit in held:
        grants.setdefault(role, set()).update(below.get(unit, (unit,)) if role in DEEP else (unit,))
    return {role: frozenset(units) for role, units in grants.items()}
