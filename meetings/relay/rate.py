"""What a viewer's line carries, by how packets travel (transit.py) and what is lost: falls at once, rises slowly. Pure.

Nobody knows of room that nobody uses. So more is tried, a layer at a time, after a while without trouble; a try that
ends in trouble makes the next one wait longer.
"""

from __future__ import annotations

from .lines import Line
from .transit import Trip

START = 300_000  # bits a second to begin with
LEAST, MOST = 40_000, 20_000_000
USED = 0.85  # share of the estimate that is given out
LOSSY = 0.10  # from here on loss may be a queue that spills
LOSING = 0.01  # from here on we want to know which it is
FALL_MS = 500  # between two falls: so long a fall takes to show
FALLS = 0.8  # to this share of what came
TRUST_MS = 2000  # what was told longer ago says nothing
FIRST_PATIENCE_MS, PATIENCE_MS, LONGEST_PATIENCE_MS = 1000, 5000, 60_000
FIRST_STRAIN_MS, STRAIN_MS = 3000, 10_000  # pictures go at a measured pace so long, at first and after trouble
QUEUE_MS, STANDING_MS, LONG_QUEUE_MS = 80, 150, 300  # a queue that stands so long, or one so long at once, is trouble
LONG_TRIP_MS = 200  # a round trip longer by this than the shortest is a queue
TRIPS_MS = 30_000  # the shortest of the last so long, and of the stretch before, is the way without a queue
TRIAL_MS = 5000  # trouble so soon after a rise is that rise's fault
DARING = 1.4  # times of what it carried: of 128 kbit/s, a picture beside voices wants 1.55 and spoils both
CEILING_MS = 60_000  # what the line carried in its last trouble is believed for so long


class Estimate:
    __slots__ = (
        "_ceiling", "_fell_at", "_patience", "_queued_since", "_quiet_since", "_risen_at", "_shortest",
        "_shortest_before", "_strained_at", "_told_at", "_trips_since", "loss", "queued", "value",
    )  # fmt: skip

    def __init__(self) -> None:
        self.value = START
        self.loss = 0.0  # smoothed share
        self.queued = False  # there is a queue in the line
        self._ceiling = MOST
        self._told_at = -TRUST_MS
        self._fell_at = -CEILING_MS
        self._queued_since = self._quiet_since = self._risen_at = self._strained_at = 0
        self._patience = FIRST_PATIENCE_MS  # until the first trouble
        self._shortest = self._shortest_before = 1 << 30  # ms, the round trip, in this stretch of time and the last
        self._trips_since = 0

    def begin(self, now: int) -> None:
        self._quiet_since, self._strained_at = now, now + FIRST_STRAIN_MS - STRAIN_MS

    def tell(self, now: int, trip: Trip, sound: int) -> None:
        """How pictures travel; SOUND bits a second go beside them."""
        self._told_at = now
        full = trip.queue > QUEUE_MS
        self._queued_since = (self._queued_since or now) if full else 0
        self.queued = full and (now - self._queued_since >= STANDING_MS or trip.queue > LONG_QUEUE_MS)
        if self.queued:
            self._fall(now, trip.rate + sound if trip.rate else self.value)
        elif not full:
            self.value = max(self.value, min(MOST, trip.rate + sound))

    def lose(self, now: int, share: float, sending: int, pictures: bool) -> None:
        """A receiver report: SHARE of what was sent did not come. PICTURES: some are being sent, so that less could.

        The first after a calm is believed only if the next says so too: it may tell of a line that was cut and is whole
        again, and meanwhile pictures are numbered."""
        if self.queued or now - self._fell_at < TRUST_MS:
            return  # spilt by a queue: that was answered
        self.loss += (share - self.loss) * (0.3 if share > self.loss else 0.1)
        if share <= LOSING:
            return
        known = now - self._told_at < TRUST_MS
        again = self.strained(now) and now - self._strained_at > FALL_MS
        if share > LOSSY and pictures and not known and again:
            self._fall(now, sending)
        self._strained_at = now

    def trip(self, now: int, rtt: int, sending: int, pictures: bool) -> None:
        """A round trip of RTT ms was measured, of reports: all there is where pictures are not numbered. PICTURES: some
        are being sent, so that less could."""
        if now - self._trips_since > TRIPS_MS:  # the way may have become longer for good
            self._shortest_before, self._shortest, self._trips_since = self._shortest, rtt, now
        self._shortest = min(self._shortest, max(1, rtt))
        if now - self._told_at >= TRUST_MS:
            self.queued = rtt - min(self._shortest, self._shortest_before) > LONG_TRIP_MS
            if self.queued and pictures:
                self._fall(now, sending)

    def _fall(self, now: int, came: int) -> None:
        if now - self._fell_at < FALL_MS:
            return
        if self._risen_at and now - self._risen_at < TRIAL_MS:
            self._patience *= 2
            self._risen_at = 0
        self._patience = min(LONGEST_PATIENCE_MS, max(PATIENCE_MS, self._patience))
        self._ceiling = max(LEAST, min(self.value, came or self.value))
        self.value = max(LEAST, int(self._ceiling * FALLS))
        self._fell_at = self._quiet_since = self._strained_at = now

    def calm(self, now: int) -> bool:
        """Has it been quiet so long that more may be tried?"""
        return now - self._quiet_since >= self._patience

    def doubts(self, now: int, wanted: int) -> bool:
        """Is WANTED so far beyond what the line carried when it last was full that trying would only hurt?"""
        return now - self._fell_at < CEILING_MS and wanted > self._ceiling * DARING

    def prove(self, bits: int) -> None:
        """So much goes out, and there was no trouble."""
        self.value = max(self.value, min(MOST, bits))

    def fell_since(self, when: int) -> bool:
        return self._fell_at >= when

    def rise(self, now: int, to: int) -> None:
        """More is tried: TO bits a second."""
        self.value = max(self.value, min(MOST, to))
        self._risen_at = self._quiet_since = now

    def strained(self, now: int) -> bool:
        """Was there trouble or loss of late, or is nothing known yet? Then pictures go out at a measured pace."""
        return now - self._strained_at < STRAIN_MS

    def carries(self, now: int) -> int:
        """Bits a second that it surely carries: not what is only being tried."""
        return min(self.value, self._ceiling) if now - self._fell_at < CEILING_MS else self.value

    def budget(self, line: Line) -> int:
        """Bits a second that may be given out over LINE."""
        return int(line.carries(self.value) * USED)

    def budget_for(self, wanted: int) -> int:
        """The estimate at which WANTED bits a second would be given out."""
        return int(wanted / USED) + 1


def redundancy(loss: float, before: int, most: int) -> int:
    """How many earlier packets each one of sound should carry at a share of LOSS, MOST at most for the line's sake;
    what was, stays while it is near."""
    wanted = 0 if loss < 0.01 else 1 if loss < 0.03 else 2 if loss < 0.15 else 3
    if wanted < before and loss > (0.0, 0.005, 0.02, 0.1)[before]:
        wanted = before
    return max(0, min(wanted, most))
