"""documents.fold: Vietnamese words as they are compared: with marks, without, wherever the tone is put."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import fold


@pytest.mark.parametrize(("word", "bare"), [
    ("đường", "duong"), ("nghị", "nghi"), ("quyết", "quyet"), ("uỷ", "uy"), ("ban", "ban"), ("2026", "2026"),
])  # fmt: skip
def test_without_marks(word: str, bare: str) -> None:
    assert fold.bare(word) == bare
    assert fold.bare_key(word) == fold.bare_key(bare)


@pytest.mark.parametrize(("one", "other"), [("hòa", "hoà"), ("ủy", "uỷ"), ("thúy", "thuý"), ("lõa", "loã")])
def test_where_the_tone_is_put_makes_no_difference(one: str, other: str) -> None:
    assert fold.marked_key(one) == fold.marked_key(other)


def test_marks_tell_words_apart() -> None:
    alike = ["ma", "má", "mà", "mả", "mã", "mạ", "mâ", "mấ", "mă", "mắ"]
    assert len({fold.marked_key(word) for word in alike}) == len(alike)
    assert len({fold.bare_key(word) for word in alike}) == 1


def test_decomposed_text_is_the_same_text() -> None:
    text = "Tờ trình số 05/TTr-UBND về đất đai"
    assert fold.keys(unicodedata.normalize("NFD", text)) == fold.keys(text)
    assert fold.words(text) == ["tờ", "trình", "số", "05", "ttr", "ubnd", "về", "đất", "đai"]


@given(st.text(max_size=200))
def test_keys_are_plain_words_to_any_database(text: str) -> None:
    for key in fold.keys(text).split():
        assert key.isascii() and key.isalnum() and key[0].isalpha() and key == key.lower()
    for phrase in fold.sought(text):
        assert phrase and all(key.isascii() and key.isalnum() and key[0].isalpha() for key in phrase)


@given(st.text(max_size=200))
def test_a_text_holds_its_own_words(text: str) -> None:
    keys = set(fold.keys(text).split())
    for word in fold.words(text):
        [[key]] = fold.sought(word) or [[fold.bare_key(word)]]
        assert key in keys


def test_a_query_is_words_and_phrases() -> None:
    assert fold.sought("dat đai") == [[fold.bare_key("dat")], [fold.marked_key("đai")]]
    assert fold.sought('"ngan sach" tinh') == [["fngan", "fsach"], ["ftinh"]]
    assert fold.sought("“ngân sách”") == [[fold.marked_key("ngân"), fold.marked_key("sách")]]
    assert fold.sought('"uỷ ban"') == [[fold.marked_key("ủy"), fold.marked_key("ban")]]
    assert fold.sought("05/TTr") == [["f05"], ["fttr"]]
    assert fold.sought(' "" - !') == []


def test_a_snippet_shows_where_it_stands() -> None:
    text = "Một. " * 60 + "Phân bổ ngân sách năm 2027\ncho các xã. " + "Hai. " * 60
    told = fold.snippet(text, "ngan sach")
    assert "«ngân» «sách» năm 2027 cho các xã" in told
    assert told.startswith("…") and told.endswith("…") and len(told) < 330
    assert fold.snippet("Không có", "xyz") == "Không có"
    assert fold.snippet("«Đất»", "dat") == "“«Đất»”"
