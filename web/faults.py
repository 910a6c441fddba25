"""One table: which fault becomes which HTTP status, in whose words, and how loud it is logged."""

from __future__ import annotations

import logging

from store.errors import Denied, Fault, Malformed, Missing, Refused, Stale, Unavailable

from . import wire
from .words import text, words

# fault -> (status, log level), the most special first
TABLE: tuple[tuple[type[Fault], int, int], ...] = (
    (Stale, 409, logging.INFO),
    (Missing, 404, logging.INFO),
    (Denied, 403, logging.WARNING),
    (Refused, 422, logging.INFO),
    (Malformed, 400, logging.WARNING),
    (Unavailable, 503, logging.ERROR),
)
# codes whose status says more than their kind
STATUS = {
    "sign-in-first": 401,
    "sign-in-wrong": 401,
    "site-unknown": 401,
    "token-unknown": 401,
    "code-needed": 401,
    "code-wrong": 401,
    "code-set-up": 401,
    "too-many-tries": 429,
    "too-large": 413,
    "body-large": 413,
    "body-slow": 408,
    "kind-unknown": 415,
    "office-old": 415,
    "office-absent": 415,
    "origin": 403,
    "not-now": 409,
    "minutes-not-now": 409,
    "store-full": 507,
    "tus-version": 412,
    "upload-longer": 413,
}


def status_of(fault: Fault) -> int:
    if fault.code in STATUS:
        return STATUS[fault.code]
    return next(status for kind, status, _ in TABLE if isinstance(fault, kind))


def level_of(fault: Fault) -> int:
    return next(level for kind, _, level in TABLE if isinstance(fault, kind))


def told(fault: Fault) -> str:
    """A fault as the log may have it: a second factor's secret is its owner's alone."""
    return fault.code if fault.code == "code-set-up" else str(fault)


def refusal(fault: Fault, locale: str, command: str = "") -> wire.Refusal:
    """What the browser is told: the code for programs, the text for people."""
    code = f"refused.{fault.code}"
    known = code if code in words(locale) else "refused.unknown"
    params = {
        name: words(locale).get(f"field.{value}", value) if name == "field" else value
        for name, value in fault.params.items()
    }
    return wire.Refusal(fault.code, text(locale, known, params), fault.params, command)
