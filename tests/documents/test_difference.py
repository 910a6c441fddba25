"""documents.difference: pages matched as wholes, words compared; nothing told that did not change."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from documents.difference import Part, between

LONG = " ".join(f"từ{number}" for number in range(100))


def test_the_same_twice_has_no_changes() -> None:
    assert between(["a b", "c"], ["a  b", "c"]) == []


def test_a_word_that_changed_is_told_with_what_stands_about_it() -> None:
    [page] = between([f"{LONG} cũ {LONG}"], [f"{LONG} mới {LONG}"])
    assert (page.before, page.after) == (1, 1)
    kept, out, in_, rest = page.parts
    assert (out, in_) == (Part("out", "cũ"), Part("in", "mới"))
    assert kept.cut and kept.text.split() == [f"từ{number}" for number in range(88, 100)]
    assert rest.text.split() == [f"từ{number}" for number in range(12)]


def test_a_page_put_in_between_leaves_the_others_alone() -> None:
    [page] = between(["một", "hai", "ba"], ["một", "mới", "hai", "ba"])
    assert (page.before, page.after, page.parts) == (0, 2, (Part("in", "mới"),))
    [page] = between(["một", "hai", "ba"], ["một", "ba"])
    assert (page.before, page.after, page.parts) == (2, 0, (Part("out", "hai"),))


def test_a_page_too_long_to_compare_is_told_as_a_whole() -> None:
    [page] = between(["a " * 3000 + "x"], ["a " * 3000 + "y"])
    assert [part.change for part in page.parts] == ["out", "in"]


TEXTS = st.lists(st.lists(st.sampled_from("abcd"), max_size=8).map(" ".join), max_size=5)


@given(TEXTS, TEXTS)
def test_what_went_out_was_there_and_what_came_in_is(before: list[str], after: list[str]) -> None:
    for page in between(before, after):
        out = " ".join(part.text for part in page.parts if part.change == "out").split()
        in_ = " ".join(part.text for part in page.parts if part.change == "in").split()
        old = before[page.before - 1].split() if page.before else []
        new = after[page.after - 1].split() if page.after else []
        assert len(old) - len(out) == len(new) - len(in_)
        assert Counter(out) <= Counter(old) and Counter(in_) <= Counter(new)
    same = [" ".join(text.split()) for text in before] == [" ".join(text.split()) for text in after]
    assert bool(between(before, after)) == (not same)
