"""Units, people, offices and sites as values. Pure.

A *site* (điểm cầu) is a room with a camera and a wall; a *person* reads, speaks and votes. Dates are ISO days
(`2025-01-01`); `valid_to` is the first day on which a fact no longer holds, and "" means it still does.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NewType

import msgspec

from store.errors import Refused

UnitId = NewType("UnitId", str)
PersonId = NewType("PersonId", str)
SiteId = NewType("SiteId", str)
Role = Literal[
    "chair", "deputy", "secretary", "office-head", "member", "specialist", "clerk", "technician", "administrator"
]  # fmt: skip
ROLES: tuple[Role, ...] = (
    "chair", "deputy", "secretary", "office-head", "member", "specialist", "clerk", "technician", "administrator",
)  # fmt: skip

# These sign, decide, number or administer: a password alone does not let them in.
TWO_FACTOR: frozenset[Role] = frozenset({"chair", "deputy", "secretary", "clerk", "technician", "administrator"})


class Unit(msgspec.Struct, frozen=True):
    """An administrative unit as it is on one day. `symbol` is its part of a document number (`UBND`)."""

    id: UnitId
    code: str
    name: str  # thị trấn Hồ Xá
    kind: str  # tinh | thanh-pho | thi-xa | huyen | huyen-dao | thi-tran | xa | phuong | dac-khu
    tier: int  # 1 is the highest
    parent: UnitId | None
    place: str  # as in "Vĩnh Linh, ngày ..."
    symbol: str = "UBND"
    valid_from: str = ""
    valid_to: str = ""


def agency_of(unit: Unit) -> str:
    """The committee of a unit by its full name: Ủy ban nhân dân huyện Vĩnh Linh."""
    return f"Ủy ban nhân dân {unit.name[:1].lower()}{unit.name[1:]}"


class Membership(msgspec.Struct, frozen=True):
    """A person's office at a unit. `counted`: one of the committee's members, whom quorum and majority count."""

    id: str
    person: PersonId
    unit: UnitId
    role: Role
    office: str  # Chủ tịch UBND tỉnh
    counted: bool
    valid_from: str = ""
    valid_to: str = ""


class Person(msgspec.Struct, frozen=True):
    id: PersonId
    name: str
    honorific: str  # ong | ba | ""
    email: str = ""


class Site(msgspec.Struct, frozen=True):
    id: SiteId
    unit: UnitId
    name: str
    room: str
    enrolled: bool = False
    revoked: bool = False


def holds_on(day: str, valid_from: str, valid_to: str) -> bool:
    return (not valid_from or valid_from <= day) and (not valid_to or day < valid_to)


# The 29 letters, then the five tones in the order of Vietnamese dictionaries.
_LETTERS = {letter: index for index, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền, hỏi, ngã, sắc, nặng
_SHAPES = {"\u0306": "breve", "\u0302": "hat", "\u031b": "horn"}
_SHAPED = {
    ("a", "breve"): "ă",
    ("a", "hat"): "â",
    ("e", "hat"): "ê",
    ("o", "hat"): "ô",
    ("o", "horn"): "ơ",
    ("u", "horn"): "ư",
}


def sort_key(text: str) -> str:
    """A string that sorts as a Vietnamese reader expects: by letters first, tones only between equals."""
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", text.casefold()):
        if char in _TONES and tones:
            tones[-1] = str(_TONES[char])
        elif char in _SHAPES and letters:
            letters[-1] = _SHAPED.get((letters[-1], _SHAPES[char]), letters[-1])
        elif not unicodedata.combining(char):
            letters.append(char)
            tones.append("0")
    ranked = "".join(chr(0x100 + _LETTERS[letter]) if letter in _LETTERS else letter for letter in letters)
    return f"{ranked}\x02{''.join(tones)}"


def name_key(name: str) -> str:
    """People are sorted by given name (the last word), then middle names, then family name."""
    words = name.split()
    return "\x01".join(sort_key(word) for word in [*words[:0:-1], words[0]]) if words else ""


def fold(text: str) -> str:
    """Text as searched without tone marks: casefolded, marks dropped, đ as d."""
    stripped = "".join(
        char for char in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(char)
    )
    return stripped.replace("đ", "d")


HIGHEST = 200  # characters in any name
BIDI = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})  # Unicode Standard Annex 9


def is_control(char: str) -> bool:
    """No part of a name or a title: a control character, or one that turns the direction of the text behind it."""
    return unicodedata.category(char) in ("Cc", "Cs") or unicodedata.bidirectional(char) in BIDI


# As HTML's own e-mail fields take it, with a domain of two parts at least.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def address(text: str) -> str:
    """An e-mail address as it is kept, "" for none. Raises Refused for what no letter can be sent to."""
    tidy = text.strip()
    if tidy and (len(tidy) > HIGHEST or not ADDRESS.fullmatch(tidy)):
        raise Refused("field-wrong", field="email")
    return tidy


def clean(text: str, field: str) -> str:
    """A name as people typed it, tidied. Raises Refused for an empty or endless one."""
    tidy = " ".join(unicodedata.normalize("NFC", text).split())
    if not tidy:
        raise Refused("field-needed", field=field)
    if any(is_control(char) for char in tidy):
        raise Refused("field-wrong", field=field)
    if len(tidy) > HIGHEST:
        raise Refused("field-long", field=field)
    return tidy
