"""The urn of a secret vote: sums in the memory of one process, and nothing else.

What comes in is added up at once, and who brought it is not said to the urn at all. It is never written: a process
that ends loses it, and the vote is void (docs/secret-votes.md says what this protects against, and what not).
"""

from __future__ import annotations

from collections.abc import Sequence

from .rules import Choice


class Urn:
    """Of one vote, and of the codes that may be chosen in it."""

    __slots__ = ("_sums", "ballot", "papers")

    def __init__(self, ballot: str, codes: Sequence[Choice]) -> None:
        self.ballot = ballot
        self.papers = 0
        self._sums = dict.fromkeys(codes, 0)

    def put(self, choices: Sequence[Choice]) -> None:
        self.papers += 1
        for code in choices:
            self._sums[code] += 1

    def open(self) -> tuple[tuple[Choice, int], ...]:
        """The sums, in the ballot's order."""
        return tuple(self._sums.items())
