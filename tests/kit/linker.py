"""An adversary who tries to tie secret votes to voters, given everything an installation leaves behind.

It knows all files of the node, its log, and how long each voter waited for the answer; of half of the votes it knows
the truth, as one who bribed half of the voters would, and learns from them what to look for. Whether it does better
than chance is judged by permutation: the choices of each vote are dealt anew among its voters, so that every tally
stays what it was, and the adversary has to do better with the truth than with 99 of 100 such deals.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from store.chain import digest_of

DEALS = 400
WINDOW = 160  # bytes before and behind a voter's name in a file


@dataclass(frozen=True)
class Trace:
    """One voter in one vote, as the adversary meets them."""

    ballot: str
    voter: str
    command: str  # the id the browser gave
    waited_us: int
    answer: str  # what the browser got


Feature = Callable[[Trace], object]


@dataclass
class Linker:
    """CHOICES: what may be chosen, with every way it might be written down (a code, the marks on the line)."""

    files: Sequence[bytes]
    rows: Sequence[tuple[Mapping[str, object], str, str]]  # of the journal: body, salt, digest
    traces: Sequence[Trace]
    choices: dict[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        self._behind = self._read_behind()
        self._near = self._read_near()
        self._events: dict[tuple[object, object], list[tuple[Mapping[str, object], str, str]]] = defaultdict(list)
        for body, salt, digest in self.rows:
            self._events[body.get("ballot"), body.get("person")].append((body, salt, digest))
        waits: dict[str, list[int]] = defaultdict(list)
        for trace in self.traces:
            waits[trace.ballot].append(trace.waited_us)
        self._waits = {ballot: statistics.quantiles(times, n=4) for ballot, times in waits.items()}
        self._order = {(trace.ballot, trace.voter): n for n, trace in enumerate(self.traces)}

    def features(self) -> dict[str, Feature]:
        return {
            "digest": self._guess_digest,
            "salted": self._guess_salted,
            "near": lambda trace: self._near.get((trace.ballot, trace.voter)),
            "waited": lambda trace: sum(trace.waited_us > edge for edge in self._waits[trace.ballot]),
            "answer": lambda trace: len(trace.answer),
            "parity": lambda trace: self._order[trace.ballot, trace.voter] % 2,
            "place": lambda trace: self._order[trace.ballot, trace.voter] % 50 // 10,
            "id": lambda trace: trace.command[-1],
        }

    def _guess_digest(self, trace: Trace) -> str:
        """Does the command's id stand beside an unsalted hash of what the command was?"""
        kept = self._behind.get(trace.command, set())
        for choice, written in self.choices.items():
            for text in (choice, *written):
                for body in _bodies(trace.ballot, text):
                    if kept & {hashlib.sha256(start + body).hexdigest() for start in (b"", b"cast-secretly\n")}:
                        return choice
        return ""

    def _read_behind(self) -> dict[str, set[str]]:
        """The hashes that stand behind each command's id."""
        found: dict[str, set[str]] = defaultdict(set)
        ids = {trace.command for trace in self.traces}
        for file in self.files:
            for hit in re.finditer(rb"(?=([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}))", file):
                if (command := hit[1].decode()) in ids:
                    found[command] |= _hex_digests(file[hit.end(1) : hit.end(1) + WINDOW])
        return found

    def _guess_salted(self, trace: Trace) -> str:
        """Does an event's digest, salt in hand, stand for more than the body that is kept beside it?"""
        for body, salt, digest in self._events.get((trace.ballot, trace.voter), ()):
            for choice, written in self.choices.items():
                for more in ({"choice": choice}, {"choices": [choice]}, {"marks": written[0]}):
                    if digest_of(salt, {**body, **more}) == digest:
                        return choice
        return ""

    def _read_near(self) -> dict[tuple[str, str], str]:
        """Which choice is written closest to each voter's name beside this vote's, counted over all files."""
        found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        ballots: dict[bytes, set[bytes]] = defaultdict(set)
        for trace in self.traces:
            ballots[trace.voter.encode()].add(trace.ballot.encode())
        for file in self.files:
            for voter in sorted(ballots, key=len, reverse=True):
                for at in _places(file, voter):
                    around = file[max(0, at - WINDOW) : at + WINDOW]
                    for ballot in (ballot for ballot in ballots[voter] if ballot in around):
                        for choice, written in self.choices.items():
                            hits = sum(around.count(f'"{text}"'.encode()) for text in (choice, *written))
                            found[ballot.decode(), voter.decode()][choice] += hits
        return {key: hits.most_common(1)[0][0] for key, hits in found.items() if hits and max(hits.values())}

    def judge(self, truth: dict[tuple[str, str], str], seed: int = 1) -> dict[str, tuple[float, float]]:
        """For each thing looked at: the share of votes told rightly, and the share that chance reaches in 99 of 100."""
        dealer = random.Random(seed)
        ballots = sorted({trace.ballot for trace in self.traces})
        by_ballot = {ballot: [trace for trace in self.traces if trace.ballot == ballot] for ballot in ballots}
        known, other = ([by_ballot[ballot] for ballot in part] for part in (ballots[::2], ballots[1::2]))
        deals = [_deal(known, other, truth, dealer if number else None) for number in range(DEALS + 1)]
        verdicts = {}
        for name, feature in self.features().items():
            learn, tell = ([feature(trace) for traces in part for trace in traces] for part in (known, other))
            first, *rest = (_score(learn, tell, *deal) for deal in deals)
            verdicts[name] = (first, sorted(rest)[int(DEALS * 0.99)])
        return verdicts


def _deal(
    known: list[list[Trace]], other: list[list[Trace]], truth: dict[tuple[str, str], str], dealer: random.Random | None
) -> tuple[list[str], list[str]]:
    """The choices of both halves, in the order of their traces; dealt anew within each vote where there is a DEALER."""
    halves = []
    for half in (known, other):
        dealt: list[str] = []
        for traces in half:
            choices = [truth[trace.ballot, trace.voter] for trace in traces]
            if dealer is not None:
                dealer.shuffle(choices)
            dealt += choices
        halves.append(dealt)
    return halves[0], halves[1]


def _score(learn: list[object], tell: list[object], known: list[str], other: list[str]) -> float:
    """Learn from the KNOWN half what a value says; the share of the OTHER half that this tells rightly."""
    pairs = Counter(zip(learn, known, strict=True))
    best: dict[object, tuple[int, str]] = {}
    for (value, choice), count in pairs.items():
        best[value] = max(best.get(value, (0, "")), (count, choice))
    right = sum(value in best and best[value][1] == choice for value, choice in zip(tell, other, strict=True))
    return right / max(1, len(tell))


def _bodies(ballot: str, choice: str) -> Iterable[bytes]:
    compact = {"separators": (",", ":")}
    for shape in (
        {"kind": "cast-secretly", "ballot": ballot, "marks": choice},
        {"ballot": ballot, "marks": choice},
        {"ballot": ballot, "choice": choice},
    ):
        yield json.dumps(shape, **compact).encode()  # type: ignore[arg-type]
    yield f"{ballot}{choice}".encode()


def _hex_digests(file: bytes) -> set[str]:
    """Every run of 64 hex digits, also where two columns of a row touch."""
    return {found.decode() for found in re.findall(rb"(?=([0-9a-f]{64}))", file)}


def _places(file: bytes, word: bytes) -> Iterable[int]:
    at = file.find(word)
    while at >= 0:
        yield at
        at = file.find(word, at + 1)
