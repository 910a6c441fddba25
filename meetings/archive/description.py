"""What an archive package says of itself: the sitting, its term, and every document by the name under which it lies
there. Pure: it is made from the journal alone, so that a package can be compared with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from documents.compose import plain

from ..sitting.model import Paper, Version
from ..sitting.state import State

DESCRIPTION = "metadata.json"
Kind = Literal["invitation", "paper", "minutes", "minutes-text", "notice"]


class Document(msgspec.Struct, frozen=True):
    """`step`: of a paper, as its life is; `pdf_a`: whether the file says that it is PDF/A."""

    file: str
    kind: Kind
    title: str
    symbol: str
    day: str
    item: str
    version: int
    step: str
    sha256: str
    size: int = 0
    pdf_a: bool = False


class Description(msgspec.Struct, frozen=True):
    """`retention`: the term's code and years, the last day of it, and whose rule it is."""

    format: str
    sitting: str
    title: str
    unit: str
    agency: str
    opened: str
    closed: str
    place: str
    chair: str
    secretary: str
    present: list[str]
    items: list[str]
    minutes: str
    retention: dict[str, str | int]
    documents: list[Document]


def documents_of(state: State) -> list[Document]:
    """What a sitting leaves behind, in the order of a file: invitation, papers by item, minutes, notice."""
    found: list[Document] = []
    if state.invitation.sha256:
        name = f"01-giay-moi/{_symbol(state.invitation.symbol)}.pdf"
        found.append(
            _document(name, "invitation", "", state.invitation.symbol, state.invitation.day, state.invitation.sha256)
        )
    for number, item in enumerate(state.items, 1):
        for order, paper in enumerate((one for one in state.papers if one.item == item.id and not one.on_paper), 1):
            title = plain(f"{number}.{order} {paper.name}")
            found += [_version(title, item.title, paper, made, at) for at, made in enumerate(_versions(paper), 1)]
    made = state.minutes
    if made.pdf:
        found.append(
            _document(f"03-bien-ban/{_symbol(made.symbol)}.pdf", "minutes", "", made.symbol, made.day, made.pdf)
        )
    if made.sha256:
        name = f"03-bien-ban/{_symbol(made.symbol)}.json"
        found.append(_document(name, "minutes-text", "", made.symbol, made.day, made.sha256))
    if state.notice is not None:
        notice = state.notice
        name = f"04-thong-bao/{_symbol(notice.symbol)}.pdf"
        found.append(_document(name, "notice", "", notice.symbol, notice.day, notice.sha256))
    return found


def _versions(paper: Paper) -> Sequence[Version | Paper]:
    return (*paper.earlier, paper)


def _version(title: str, item: str, paper: Paper, made: Version | Paper, number: int) -> Document:
    last = made is paper
    name = f"02-tai-lieu/{title}.pdf" if last else f"02-tai-lieu/ban-truoc/{title} (v{number}).pdf"
    return Document(name, "paper", paper.name, "", "", item, number, made.step, made.sha256)


def _document(name: str, kind: Kind, title: str, symbol: str, day: str, sha256: str) -> Document:
    return Document(name, kind, title, symbol, day, "", 1, "", sha256)


def _symbol(symbol: str) -> str:
    return plain(symbol.replace("/", "-"))
