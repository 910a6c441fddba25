"""How long records are kept: the terms of retention.toml. Pure, but for reading that file once."""

from __future__ import annotations

import functools
from datetime import date
from importlib import resources

import msgspec

from store.errors import Refused


class Term(msgspec.Struct, frozen=True):
    """`years` 0: for good. `unsure`: its source was not read in full. `suits`: the sittings it is offered for first."""

    code: str
    years: int
    unsure: bool
    suits: tuple[str, ...]


class Retention(msgspec.Struct, frozen=True):
    source: str
    terms: tuple[Term, ...]

    def term(self, code: str) -> Term:
        """Raises Refused `field-wrong`."""
        for term in self.terms:
            if term.code == code:
                return term
        raise Refused("field-wrong", field="term")


@functools.cache
def official() -> Retention:
    return msgspec.toml.decode(resources.files(__package__).joinpath("retention.toml").read_bytes(), type=Retention)


def until(day: str, term: Term) -> str:
    """The last day of the term, counted from the end of the year of DAY (ISO); "" for good."""
    return date(date.fromisoformat(day).year + term.years, 12, 31).isoformat() if term.years else ""
