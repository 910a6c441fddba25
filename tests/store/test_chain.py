"""store/chain.py: any change to any event is found, and named."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import chain
from store.chain import Actor, Circumstance, Draft, Event, Flaw, Head
from store.errors import Malformed

ACTOR = Actor("person", "p1", "chair")


def story(length: int) -> list[Event]:
    head, made = Head(), []
    for number in range(length):
        draft = Draft("item-opened", {"item": number, "title": "Ngân sách"})
        event = chain.link(head, draft, Circumstance("s", 1000 + number, "n", ACTOR), bytes([number]) * 16)
        made.append(event)
        head = chain.head_of(event)
    return made


def test_an_untouched_stream_verifies_to_its_head() -> None:
    events = story(5)
    assert chain.verify(events) == Head(5, events[-1].hash, 1004)


def test_canonical_form_is_that_of_rfc_8785() -> None:
    value = {"b": [1, True, None], "a": 'x"\\\n\u0001é'}
    assert chain.canonical(value) == '{"a":"x\\"\\\\\\n\\u0001é","b":[1,true,null]}'.encode()


@pytest.mark.parametrize("value", [1.5, 2**53, {"é": 1}, {1: 1}, "e\u0301", "\ud800", b"x", {"a": [1.0]}])
def test_what_has_no_canonical_form_is_malformed(value: object) -> None:
    with pytest.raises(Malformed):
        chain.canonical(value)


CHANGES = {
    "seq": 9, "at": 5, "origin": "x", "session": "x", "command": "x", "kind": "x", "v": 2, "stream": "x",
    "actor": Actor("person", "p2"), "body": {"item": 7}, "salt": "ff" * 16, "body_digest": "0" * 64,
    "prev": "1" * 64, "hash": "2" * 64,
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_every_field_of_every_event_is_guarded(name: str, place: int) -> None:
    events = story(5)
    events[place] = replace(events[place], **{name: CHANGES[name]})
    found = chain.verify(events, {5: events[4].hash if place < 4 else story(5)[4].hash})
    assert isinstance(found, Flaw)
    assert found.seq in (place + 1, place + 2)  # a changed hash shows at the event that names it


@given(st.permutations(range(5)))
def test_order_matters(order: list[int]) -> None:
    events = story(5)
    found = chain.verify([events[index] for index in order])
    assert isinstance(found, Head) == (order == list(range(5)))


@given(st.integers(0, 4))
def test_a_removed_event_is_named(place: int) -> None:
    events = story(5)
    head = events[-1].hash
    del events[place]
    assert chain.verify(events, {5: head}) == Flaw(place + 1, "gap" if place < 4 else "short")


def test_a_withheld_body_still_verifies() -> None:
    events = story(3)
    events[1] = replace(events[1], body=None, salt=None)
    assert isinstance(chain.verify(events), Head)


def test_rewritten_and_rehashed_is_caught_only_by_a_checkpoint() -> None:
    true = story(5)
    head, forged = Head(), []
    for event in true:
        body = {"item": 99} if event.seq == 3 else event.body or {}
        given_ = Circumstance("s", event.at, "n", ACTOR)
        link = chain.link(head, Draft(event.kind, body), given_, bytes.fromhex(event.salt or ""))
        forged.append(link)
        head = chain.head_of(link)
    assert isinstance(chain.verify(forged), Head)
    assert chain.verify(forged, {4: true[3].hash}) == Flaw(4, "checkpoint")


def test_time_never_runs_backwards_in_a_stream() -> None:
    first = chain.link(Head(), Draft("a"), Circumstance("s", 2000, "n", ACTOR), bytes(16))
    second = chain.link(chain.head_of(first), Draft("b"), Circumstance("s", 1000, "n", ACTOR), bytes(16))
    assert second.at == 2000
