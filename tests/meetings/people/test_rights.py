"""One table of rights, two evaluators that must agree: meetings.people.rights against its SQL in records."""

from __future__ import annotations

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from meetings.people import records, rights
from meetings.people.rights import NOBODY, Principal, Thing
from meetings.sitting.records import parts
from store.db import metadata

UNITS, PEOPLE, ROLES = ("u1", "u2"), ("p1", "p2"), ("chair", "secretary", "member", "guest", "clerk", "technician")
principals = st.builds(
    Principal,
    st.just("person"),
    st.sampled_from(PEOPLE),
    st.dictionaries(st.sampled_from(ROLES), st.frozensets(st.sampled_from(UNITS)), max_size=3),
)
things = st.builds(
    Thing,
    st.sampled_from(UNITS),
    st.dictionaries(st.sampled_from(PEOPLE), st.frozensets(st.sampled_from(ROLES)), max_size=2),
)
listed = sa.table("listed", sa.column("id", sa.Text), sa.column("unit", sa.Text))
ENGINE = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
metadata.create_all(ENGINE, tables=[metadata.tables[name] for name in ("streams", "sittings", "sitting_parts")])


@given(principals, st.sampled_from(sorted(rights.VERBS)), things)
def test_the_query_and_the_evaluator_agree(who: Principal, verb: str, thing: Thing) -> None:
    predicate = rights.scope(who, verb)
    rows = [{"thing": "t", "person": p, "role": r} for p, held in thing.people.items() for r in held]
    with ENGINE.connect() as conn:
        if rows:
            conn.execute(parts.insert(), rows)
        things_ = sa.select(sa.literal("t").label("id"), sa.literal(thing.unit).label("unit")).subquery()
        where = records.where(predicate, things_.c.unit, things_.c.id, parts)
        found = conn.execute(sa.select(things_.c.id).where(where)).first() is not None
        conn.rollback()
    assert found == rights.holds(predicate, thing)


def test_nobody_may_only_what_is_open_to_all() -> None:
    for verb, rule in rights.VERBS.items():
        assert rights.anywhere(NOBODY, verb) == (rule == rights.ANYONE), verb


def test_a_site_may_only_be_a_site() -> None:
    site = Principal("site", "s1")
    allowed = {verb for verb in rights.VERBS if rights.anywhere(site, verb)}
    assert {verb for verb in allowed if rights.VERBS[verb] != rights.ANYONE} == {"sitting.site"}


def test_a_technician_sees_no_ballot_no_draft_and_no_paper() -> None:
    technician = Principal("person", "p1", {"technician": frozenset(UNITS), "administrator": frozenset(UNITS)})
    for verb in rights.VERBS:
        if verb.split(".")[0] in ("sitting", "minutes", "paper"):
            assert not rights.may(technician, verb, Thing("u1")), verb


def test_administration_reaches_down_and_not_sideways() -> None:
    grants = rights.grants_of([("technician", "u1"), ("secretary", "u1")], {"u1": ["u1", "u1a"]})
    who = Principal("person", "p1", grants)
    assert rights.may(who, "tree.change", Thing("u1a"))
    assert not rights.may(who, "tree.change", Thing("u2"))
    assert not rights.may(who, "sitting.plan", Thing("u1a"))
