"""Vietnamese words as search compares them: with their marks, or without. Pure.

A word is kept under two keys: as it is written, and without marks ("đ" is "d" then). Where a tone stands within a word
is a matter of fashion ("hoà", "hòa"): the key with marks holds the letters and the tone apart. All keys are plain ASCII
and begin with a letter, so that every database takes them for words, and the same ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

WORD = re.compile(r"[^\W_]+")
TONES = {"\u0300": "1", "\u0301": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}  # huyền, sắc, hỏi, ngã, nặng
LONGEST = 40  # letters of a key: what is longer is no word of any language we know
BARE, MARKED = "f", "e"  # first letters of the two kinds of keys
BETWEEN = "zz zz zz"  # of no key: no phrase reaches from one kind into the other


def words(text: str) -> list[str]:
    """The words of a text, in small letters, as they are written."""
    return WORD.findall(unicodedata.normalize("NFC", text).lower())


def bare(word: str) -> str:
    """Without any marks."""
    parts = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join(char for char in parts if not unicodedata.combining(char))


def bare_key(word: str) -> str:
    return BARE + _ascii(bare(word))


def marked_key(word: str) -> str:
    parts = unicodedata.normalize("NFD", word)
    tone = "".join(TONES[char] for char in parts if char in TONES)
    letters = unicodedata.normalize("NFC", "".join(char for char in parts if char not in TONES))
    return MARKED + _ascii(letters) + (f"q{tone}" if tone else "")


def _ascii(letters: str) -> str:
    return "".join(char if char.isascii() else f"x{ord(char):x}" for char in letters[:LONGEST])


def keys(text: str) -> str:
    """What is put in the index for a text: every word under both keys, in order."""
    found = words(text)
    return " ".join((*map(bare_key, found), BETWEEN, *map(marked_key, found)))


def sought(query: str) -> list[list[str]]:
    """A query as phrases of keys: a word alone is a phrase of one, words in quotation marks stay together. A word that
    has marks is to have just these; one without is found with any."""
    phrases = []
    for quoted, word in re.findall(r'"([^"]*)"|([^\s"]+)', query.replace("“", '"').replace("”", '"')):
        found = words(quoted or word)
        if quoted:
            exact = any(bare(one) != one for one in found)
            groups = [found]
        else:
            exact, groups = False, [[one] for one in found]
        for group in groups:
            marked = exact or any(bare(one) != one for one in group)
            if group:
                phrases.append([(marked_key if marked else bare_key)(one) for one in group])
    return phrases


def spots(text: str, query: str) -> Iterator[tuple[int, int]]:
    """Where in TEXT the words of QUERY stand, from left to right."""
    wanted = {key for phrase in sought(query) for key in phrase}
    tidy = unicodedata.normalize("NFC", text)
    for found in WORD.finditer(tidy.lower()):
        if bare_key(found[0]) in wanted or marked_key(found[0]) in wanted:
            yield found.span()


def snippet(text: str, query: str, around: int = 90) -> str:
    """A stretch of TEXT about its first hit, on one line, its hits between « and »."""
    tidy = unicodedata.normalize("NFC", text).replace("«", "“").replace("»", "”")
    hits = list(spots(tidy, query))
    if not hits:
        return " ".join(tidy[: 2 * around].split())
    start = max(0, hits[0][0] - around)
    end = min(len(tidy), hits[0][0] + 2 * around)
    out, at = ["…" if start else ""], start
    for left, right in hits:
        if start <= left and right <= end:
            out += [tidy[at:left], "«", tidy[left:right], "»"]
            at = right
    out += [tidy[at:end], "…" if end < len(tidy) else ""]
    return " ".join("".join(out).split())
