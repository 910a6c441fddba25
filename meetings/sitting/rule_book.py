"""Rule sets as documents: those shipped, those a unit has taken in, and which of them is in force where and when.

A document is TOML: the values of a RuleSet and `[[case]]` tables, votes and attendances that it must decide as told.
What fails its own cases is refused, so that a typing error in a regulation is found before a sitting is held under it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib import resources

import msgspec

from store.chain import Draft
from store.db import Connection
from store.errors import Refused

from ..house import House, actor_of
from ..people import rights
from ..people.rights import Principal, Thing
from . import records, rules
from .rules import AGAINST, FOR, SILENT, Poll, RuleSet

LARGEST = 64 * 1024
MOST = 1000  # members of any committee in a case
CHAIR = "chair"


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"yes": FOR, "no": AGAINST}):
    """An attendance (`quorate`) or a vote (`passed`) that a rule set must decide as told. The chair's vote, where one
    is given, is among those counted."""

    members: int
    present: int
    yes: int = 0
    no: int = 0
    silent: int = 0
    chair: str = ""
    quorate: bool | None = None
    passed: bool | None = None
    by_chair: bool = False
    says: str = ""

    def holds(self, rule: RuleSet) -> bool:
        if self.quorate is not None and rules.quorate(rule, self.present, self.members) is not self.quorate:
            return False
        if self.passed is None:
            return True
        counts = {FOR: self.yes, AGAINST: self.no, SILENT: self.silent}
        poll = Poll((), 1, self.members, self.present)
        chosen = (self.chair,) if self.chair else ()
        found = rules.result(rule, poll, counts, sum(counts.values()), chosen)
        return (found.passed, found.by_chair) == (self.passed, self.by_chair)


class Document(msgspec.Struct, frozen=True):
    rule: RuleSet
    cases: tuple[Case, ...]
    text: str


def read(text: str) -> Document:
    """A rule set's document. Raises Refused `rule-set-wrong` (with where) or `rule-set-case` (with which)."""
    if len(text) > LARGEST:
        raise Refused("field-long", field="document")
    try:
        raw = msgspec.toml.decode(text)
        cases = msgspec.convert(raw.pop("case", ()), tuple[Case, ...])
        rule = msgspec.convert(raw, RuleSet)
        date.fromisoformat(rule.valid_from)
    except (msgspec.DecodeError, msgspec.ValidationError, ValueError, AttributeError, RecursionError) as error:
        raise Refused("rule-set-wrong", reason=str(error)[:200]) from None
    _check(rule, cases)
    for number, case in enumerate(cases, 1):
        if not case.holds(rule):
            raise Refused("rule-set-case", number=number)
    return Document(rule, cases, text)


def _check(rule: RuleSet, cases: tuple[Case, ...]) -> None:
    unknown = [name for name in rule.unsure if name not in RuleSet.__struct_fields__]
    for share in (rule.quorum, rule.majority):
        if share[0] > share[1]:
            raise Refused("rule-set-wrong", reason=f"{share[0]}/{share[1]} > 1")
    if unknown or not re.fullmatch(r"[a-z0-9-]{1,64}", rule.id):
        raise Refused("rule-set-wrong", reason=", ".join(unknown) or f"id: {rule.id[:64]}")
    if not cases:
        raise Refused("rule-set-cases-needed")
    if any(not 0 <= n <= MOST for case in cases for n in (case.members, case.present, case.yes, case.no, case.silent)):
        raise Refused("rule-set-wrong", reason=f"case: 0-{MOST}")


@cache
def shipped() -> tuple[Document, ...]:
    """The sets that come with the program."""
    folder = resources.files(__package__) / "rule_sets"
    return tuple(read(file.read_text("utf-8")) for file in sorted(folder.iterdir(), key=lambda file: file.name))


def pick(documents: Iterable[Document], day: str) -> Document | None:
    """The one of DOCUMENTS in force on DAY: the last that had begun."""
    begun = [document for document in documents if document.rule.valid_from <= day]
    return max(begun, key=lambda document: document.rule.valid_from) if begun else None


def in_force(conn: Connection, unit: str, day: str) -> RuleSet:
    """The rule set of UNIT's committee on DAY: its own regulation where it has taken one in, else the law's.
    Raises Refused `no-rule-set`."""
    found = pick(map(read, records.rule_sets_of(conn, unit)), day) or pick(shipped(), day)
    if found is None:
        raise Refused("no-rule-set")
    return found.rule


class RuleSetRow(msgspec.Struct, frozen=True):
    """A rule set as the page of rules shows it. `own`: the unit took it in itself."""

    rule: RuleSet
    own: bool
    in_force: bool
    cases: int
    text: str


class RuleBook:
    def __init__(self, house: House) -> None:
        self._house = house

    async def listed(self, who: Principal, unit: str) -> list[RuleSetRow]:
        """The rule sets a unit's committee has had and will have, the newest first; the law's among them."""
        rights.demand(who, "rules.see", Thing(unit))
        own = [read(text) for text in await self._house.read(records.rule_sets_of, unit)]
        today = self._house.today()
        now = pick(own, today) or pick(shipped(), today)
        found = [(document, True) for document in own] + [(document, False) for document in shipped()]
        found.sort(key=lambda pair: pair[0].rule.valid_from, reverse=True)
        return [RuleSetRow(one.rule, mine, one is now, len(one.cases), one.text) for one, mine in found]

    async def adopt(self, who: Principal, unit: str, text: str) -> RuleSet:
        """Take in a unit's own regulation. Sittings that are planned keep the set they were planned under.
        Raises Refused, also `rule-set-exists` for an id or a first day that the unit has already."""
        rights.demand(who, "rules.adopt", Thing(unit))
        rule = read(text).rule

        def use(conn: Connection) -> None:
            for one in map(read, records.rule_sets_of(conn, unit)):
                if one.text == text:
                    return
                if one.rule.id == rule.id or one.rule.valid_from == rule.valid_from:
                    raise Refused("rule-set-exists")
            records.put_rule_set(conn, unit, rule.id, rule.valid_from, text)
            drafts = [Draft("rule-set-adopted", {"unit": unit, "rule": msgspec.to_builtins(rule)})]
            self._house.record(conn, actor_of(who), drafts, unit=unit)

        await self._house.write(use)
        return rule
