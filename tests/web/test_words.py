"""The words on screen: both languages whole, every code in the sources has its text. web.words, web.faults"""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

import pytest

from meetings.people.model import ROLES
from meetings.sitting.events import Answer, SeatRole, VoteWay
from meetings.sitting.minutes import NEXT, SIGNING_ORDER
from meetings.sitting.model import Phase
from meetings.sitting.notices import Kind as NoticeKind
from meetings.sitting.rules import RESOLUTION, Occasion, RuleSet
from signing.model import State
from store import errors
from store.errors import Denied, Fault, Malformed, Missing, Refused, Stale, Unavailable
from web import faults, words
from web.demo.tree import units
from web.words import PSEUDO, choose, fill, text

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("store", "signing", "documents", "meetings", "web")
FAULTS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Fault)}
CODE = re.compile(r"""["'`]([a-z][a-z-]*(?:\.[a-z0-9-]+)+)["'`]""")
JS = sorted((ROOT / "web" / "static" / "js").rglob("*.js"))


def places(template: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", template))


def test_both_languages_have_the_same_codes_and_the_same_places_to_fill() -> None:
    vi, en = words.words("vi"), words.words("en")
    assert set(vi) ^ set(en) == set() and len(vi) > 500
    wrong = {code: (places(vi[code]), places(en[code])) for code in vi if places(vi[code]) != places(en[code])}
    assert wrong == {}


@pytest.mark.parametrize("locale", words.LOCALES)
def test_no_code_is_there_twice_and_no_text_is_empty(locale: str) -> None:
    source = (words.FOLDER / locale / "LC_MESSAGES" / "bacap.po").read_text()
    found = re.findall(r'^msgid "(.+)"$', source, re.MULTILINE)
    assert len(found) == len(set(found)) == len(words.words(locale))
    assert all(value.strip() == value and value for value in words.words(locale).values())


def test_the_pseudo_locale_marks_every_text() -> None:
    pseudo, vi = words.words(PSEUDO), words.words("vi")
    assert set(pseudo) == set(vi) and all(pseudo[code] == f"⟦{vi[code]}⟧" for code in vi)


def test_an_unknown_language_is_vietnamese_and_an_unknown_code_shows_itself() -> None:
    assert words.words("fr") == words.words("vi")
    assert text("vi", "no.such-code") == "no.such-code"
    assert fill("{a} và {b} và {a}", {"a": 1, "b": "hai"}) == "1 và hai và 1"


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [("", "vi"), ("C.UTF-8", "vi"), ("en_GB.UTF-8", "en"), ("vi_VN", "vi"), ("fr,en;q=0.8", "en"),
     ("qps", "qps"), ("x", "vi")],
)  # fmt: skip
def test_the_language_of_a_terminal(accepted: str, chosen: str) -> None:
    assert choose(accepted) == chosen


# ── every code has its text ──


# Wire parsers of the relay: what they refuse is a packet, and nobody reads why.
UNREAD = {f"meetings/relay/{name}.py" for name in ("rtp", "rtcp", "stun")}


def calls() -> Iterator[tuple[str, str, str, set[str]]]:
    """(function, first argument, where, names of keywords) of every call with a literal first."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            where = path.relative_to(ROOT).as_posix()
            if "node_modules" in path.parts or where in UNREAD:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    names = {keyword.arg or "**" for keyword in node.keywords}
                    yield str(name), str(node.args[0].value), f"{where}:{node.lineno}", names


def raised() -> dict[str, str]:
    """Code -> where, of every fault that is made with a literal code."""
    return {code: where for name, code, where, _ in calls() if name in FAULTS}


def test_every_fault_that_is_raised_has_a_text_in_both_languages() -> None:
    found = raised()
    assert len(found) > 100
    missing = {code: where for code, where in found.items() if f"refused.{code}" not in words.words("vi")}
    assert missing == {}


def test_every_fault_in_the_table_of_statuses_is_raised_somewhere() -> None:
    assert set(faults.STATUS) - set(raised()) <= {"kind-unknown"}  # the workshop's, by name


def test_every_parameter_of_a_refusals_text_is_given() -> None:
    """A text may name only what its fault carries."""
    wrong = {}
    for name, code, where, names in calls():
        template = words.words("vi").get(f"refused.{code}", "") if name in FAULTS else ""
        if places(template) - names and "**" not in names:
            wrong[where] = f"{code}: {places(template) - names}"
    assert wrong == {}


def test_every_value_that_a_screen_names_has_its_text() -> None:
    """Codes that are put together from a part that is known only at run time."""
    acts = {
        code
        for name, code, where, _ in calls()
        if name == "Draft"
        and where.startswith(("meetings/people/", "meetings/register", "meetings/sitting/rule_book", "meetings/tasks/"))
    }
    values: dict[str, Iterable[str]] = {
        "role.": ROLES, "seat.": get_args(SeatRole), "choice.": (*RESOLUTION, "unheard"), "phase.": get_args(Phase),
        "put.": get_args(VoteWay), "occasion.": get_args(Occasion), "rule.": RuleSet.__struct_fields__[4:-1],
        "vote.open-": get_args(VoteWay),
        "signature.": SIGNING_ORDER, "sign.act-": SIGNING_ORDER, "verify.state-": get_args(State),
        "verify.journal-": ("same", "other", "unknown"), "line.": ("good", "weak", "none"),
        "certificate.": ("lan-authority", "node", "signing-root", "signing", "timestamp"),
        "flaw.": ("gap", "prev", "time", "digest", "hash", "checkpoint", "short", "malformed"),
        "kind.": {unit.kind for unit in units()}, "administrative.": acts,
        "notice.": get_args(NoticeKind), "letter.": get_args(NoticeKind), "letter.subject-": get_args(NoticeKind),
        "reply.": get_args(Answer),
        "waiting.": {"sign", "acknowledge", *(what for due in NEXT.values() for what, _ in due)},
        "waiting-act.": {"sign", "acknowledge", *(what for due in NEXT.values() for what, _ in due)},
    }  # fmt: skip
    assert len(acts) > 10
    missing = [
        start + value for start, found in values.items() for value in found if start + value not in words.words("vi")
    ]
    assert missing == []


def first_arguments(source: str) -> Iterator[str]:
    """The first argument of every `t(...)` of a script, as it is written."""
    for found in re.finditer(r"(?<![\w.])(?:t|has)\(", source):
        depth, at = 0, found.end()
        while at < len(source) and not (depth == 0 and source[at] in ",)"):
            depth += (source[at] in "([{") - (source[at] in ")]}")
            at += 1
        yield source[found.end() : at]


def test_every_text_that_the_browser_asks_for_is_there() -> None:
    known, missing, seen = set(words.words("vi")), [], 0
    for path in JS:
        for argument in first_arguments(path.read_text()):
            for code in CODE.findall(argument):
                seen += 1
                if code not in known:
                    missing.append((path.name, code))
            for start in re.findall(r"`([a-z][a-z-]*\.[a-z-]*)\$\{", argument):
                if not any(code.startswith(start) for code in known):
                    missing.append((path.name, f"{start}*"))
    assert missing == [] and seen > 200


def test_every_place_has_a_title() -> None:
    source = (ROOT / "web" / "static" / "js" / "places.js").read_text()
    tags = set(re.findall(r'place\("[^"]+", "([a-z-]+)"', source))
    assert len(tags) > 10 and {f"place.{tag}" for tag in tags} <= set(words.words("vi"))


# ── faults ──


@pytest.mark.parametrize(
    ("fault", "status", "level"),
    [
        (Refused("x"), 422, logging.INFO),
        (Stale("x"), 409, logging.INFO),
        (Missing("x"), 404, logging.INFO),
        (Denied("x"), 403, logging.WARNING),
        (Malformed("x"), 400, logging.WARNING),
        (Unavailable("x"), 503, logging.ERROR),
        (Refused("sign-in-first"), 401, logging.INFO),
        (Refused("too-many-tries", seconds=1), 429, logging.INFO),
        (Refused("too-large", limit=1), 413, logging.INFO),
        (Refused("kind-unknown"), 415, logging.INFO),
        (Unavailable("store-full"), 507, logging.ERROR),
        (Refused("minutes-not-now", step="draft"), 409, logging.INFO),
    ],
    ids=str,
)
def test_each_fault_has_its_status(fault: Fault, status: int, level: int) -> None:
    assert (faults.status_of(fault), faults.level_of(fault)) == (status, level)


def test_every_kind_of_fault_is_in_the_table() -> None:
    kinds = [getattr(errors, name) for name in FAULTS if name != "Fault"]
    assert {row[0] for row in faults.TABLE} == set(kinds)


def test_a_refusal_is_in_the_readers_words_with_its_fields_named() -> None:
    vi = faults.refusal(Refused("field-needed", field="name"), "vi", "k1")
    assert (vi.code, vi.id, vi.params) == ("field-needed", "k1", {"field": "name"})
    assert words.words("vi")["field.name"] in vi.text and "{" not in vi.text
    assert words.words("en")["field.name"] in faults.refusal(Refused("field-needed", field="name"), "en").text
    unknown = faults.refusal(Refused("a-code-of-tomorrow"), "vi")
    assert unknown.code == "a-code-of-tomorrow" and unknown.text == words.words("vi")["refused.unknown"]
