"""The words on screen, from PO files: `locale/LANGUAGE/LC_MESSAGES/bacap.po`.

Message ids are codes (`act.open-sitting`, `refused.not-quorate`), the same ones that travel on the wire; both
languages are complete, and a test fails where one is not. `{name}` in a text is filled from the parameters.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

LOCALES = ("vi", "en")
PSEUDO = "qps"  # for tests: every known text in brackets, so that a bare one stands out
FOLDER = Path(__file__).parent / "locale"


@cache
def words(locale: str) -> Mapping[str, str]:
    """Code -> text. An unknown locale is Vietnamese."""
    if locale == PSEUDO:
        return {code: f"⟦{text}⟧" for code, text in words("vi").items()}
    chosen = locale if locale in LOCALES else LOCALES[0]
    with (FOLDER / chosen / "LC_MESSAGES" / "bacap.po").open("rb") as file:
        catalog = read_po(file, locale=chosen)
    return {str(message.id): str(message.string) for message in catalog if message.id and message.string}


def text(locale: str, code: str, params: Mapping[str, str | int] | None = None) -> str:
    """The text of CODE, filled in. A code without a text is shown as it is: the test finds it before people do."""
    return fill(words(locale).get(code, code), params or {})


def fill(template: str, params: Mapping[str, str | int]) -> str:
    for name, value in params.items():
        template = template.replace("{" + name + "}", str(value))
    return template


def digest(locale: str) -> str:
    """Changes with any text of a language."""
    return hashlib.sha256(as_json(locale)).hexdigest()[:16]


@cache
def as_json(locale: str) -> bytes:
    return json.dumps(words(locale), ensure_ascii=False, sort_keys=True).encode()


def choose(accepted: str) -> str:
    """The first language of a list (LANG, LC_ALL) that we speak; Vietnamese otherwise."""
    for part in accepted.split(","):
        language = part.split(";")[0].strip().lower()
        if language == PSEUDO or language[:2] in LOCALES:
            return language if language == PSEUDO else language[:2]
    return LOCALES[0]
