"""Which layer of its source each place gets: by its role on the screen and by what the viewer's line carries. Pure.

The stage comes first, then the others get their smallest picture, then whoever may have a better one gets it in order.
Down at once; up when the line has been quiet for a while; what the line is not known to carry is tried a layer at a
time (rate.py). Where not even a smallest picture fits, there is sound only.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from .place import Place
from .room import Endpoint
from .source import PACED, PLAIN, Layer, Source, redundant

NOMINAL = (150_000, 500_000, 1_500_000)  # bits a second of a layer that is not being sent
QUIET = 8_000  # bits a second: a sender that says less is silent
SOUND_HEADERS = 18_000  # bits a second of UDP, IP and SRTP around fifty packets
SOUND_SHARE = 0.9  # of what the line carries, sound may take so much
HEADERS = 1.08  # what UDP, IP and SRTP add to a picture
FEW = 4  # so many pictures on a screen, and those beside the stage are large enough for the middle layer
LOSS_FOR_MIDDLE, LOSS_FOR_SMALL = 0.13, 0.22  # shares: a picture of fewer packets is likelier to come whole
STAGE_TOP, TILE_TOP, MOSAIC_TOP = 2, 1, 0


def cost(layer: Layer, now: int) -> int:
    """Bits a second of a layer: as measured, once it has come for a while, else as such layers cost."""
    traffic = layer.traffic
    if traffic.live(now) and traffic.flow.rate:
        return int(traffic.flow.rate * HEADERS)
    return NOMINAL[min(layer.index, 2)]


def sound(viewer: Endpoint, now: int) -> int:
    """Bits a second of the voices VIEWER hears."""
    return sum(SOUND_HEADERS + rate * (1 + viewer.redundancy) for rate in _voices(viewer, now))


def _voices(viewer: Endpoint, now: int) -> list[int]:
    """The rate of each voice that VIEWER hears now."""
    heard = (place.layer.traffic for place in viewer.places["audio"] if place.layer is not None)
    return [traffic.flow.rate for traffic in heard if traffic.live(now) and traffic.flow.rate > QUIET]


def most_redundancy(viewer: Endpoint, now: int) -> int:
    """How often sound may be repeated so that VIEWER's line surely carries it. Against a queue that spills, more of the
    same does not help."""
    if viewer.estimate.queued:
        return 0
    carries = viewer.line.carries(viewer.estimate.carries(now))
    rates = _voices(viewer, now)
    return int((carries * SOUND_SHARE - sum(SOUND_HEADERS + rate for rate in rates)) / max(1, sum(rates)))


def rate_of(place: Place, now: int) -> int:
    """Bits a second that go to PLACE."""
    return cost(place.layer, now) if place.layer is not None else 0


def top_of(viewer: Endpoint, index: int) -> int:
    """The highest layer of use at place INDEX."""
    places = len(viewer.places["video"])
    if index >= places - viewer.mosaic:
        role = MOSAIC_TOP
    elif index:
        role = TILE_TOP if places - viewer.mosaic <= FEW else MOSAIC_TOP
    else:
        role = STAGE_TOP
    loss = viewer.estimate.loss
    return min(role, viewer.line.top, 2 if loss < LOSS_FOR_MIDDLE else 1 if loss < LOSS_FOR_SMALL else 0)


def choose(viewer: Endpoint, now: int) -> list[Layer]:
    """Give every place its layer; returns layers of which a key frame is needed."""
    estimate, line, voices = viewer.estimate, viewer.line, sound(viewer, now)
    budget, calm, spent = estimate.budget(line) - voices, estimate.calm(now), 0
    ladders: dict[Place, list[Layer]] = {}
    for index, place in enumerate(viewer.places["video"]):
        place.top = top_of(viewer, index) if place.source is not None else -1
        ladders[place] = _ladder(place, now)

    def keeps(place: Place, layer: Layer) -> bool:
        """A sender may take more than it seemed, and the line may carry that too: without trouble, nothing is cut."""
        return place.holds(layer) and not line.rate and not estimate.fell_since(place.chosen_at)

    chosen: dict[Place, int] = {}
    for place, ladder in ladders.items():
        if ladder and (calm or not place.cut):
            first = cost(ladder[0], now)
            if spent + first <= budget or keeps(place, ladder[0]):
                chosen[place] = 0
                spent += first
    for place, step in chosen.items():
        ladder = ladders[place]
        for layer, above in itertools.pairwise(ladder[step:]):
            more = cost(above, now) - cost(layer, now)
            fits = spent + more <= budget and (calm or place.fresh or place.holds(above))
            if not (fits or keeps(place, above)):
                break
            chosen[place] += 1
            spent += more
    if spent > budget and not line.rate:
        estimate.prove(estimate.budget_for(spent + voices))
    viewer.spent = spent + voices
    if calm:
        _try_more(viewer, now, ladders, chosen)
    return _turn(ladders, chosen, now)


def _turn(ladders: Mapping[Place, list[Layer]], chosen: Mapping[Place, int], now: int) -> list[Layer]:
    """Turn every place to what was chosen for it; returns layers of which a key frame is needed."""
    wanting = []
    for place, ladder in ladders.items():
        layer = ladder[chosen[place]] if place in chosen else None
        place.cut = layer is None and bool(ladder)
        if place.turn_to(layer) and layer is not None:
            place.chosen_at = now
            wanting.append(layer)
    return wanting


def _ladder(place: Place, now: int) -> list[Layer]:
    """The layers that could stand at PLACE now, from the smallest up. Where nothing is being sent yet, the smallest
    will come first."""
    if place.source is None or place.top < 0:
        return []
    layers = place.source.layers
    if len(layers) == 1:
        return layers
    live = place.source.live(now)
    return [layer for layer in live if layer.index <= place.top] or live[:1] or layers[:1]


def _try_more(viewer: Endpoint, now: int, ladders: Mapping[Place, list[Layer]], chosen: dict[Place, int]) -> None:
    """The line has been quiet: one step more than it is known to carry."""
    estimate, line = viewer.estimate, viewer.line
    for place, ladder in ladders.items():
        step = chosen.get(place, -1) + 1
        if step >= len(ladder):
            continue
        before = cost(ladder[step - 1], now) if step else 0
        wanted = viewer.spent + cost(ladder[step], now) - before
        needed = estimate.budget_for(wanted)
        if not estimate.doubts(now, wanted) and line.carries(needed) == needed:
            estimate.rise(now, needed)
            chosen[place] = step
            return


def ways(viewer: Endpoint, now: int) -> None:
    """How sound and pictures reach VIEWER: with how much redundancy, and whether at a measured pace."""
    paced = bool(viewer.line.rate) or viewer.estimate.strained(now)
    for place in viewer.places["video"]:
        place.go(PACED if paced else PLAIN)
    for place in viewer.places["audio"]:
        place.go(redundant(viewer.redundancy, place.plain_type) if place.red_type >= 0 else PLAIN)


def demand(source: Source) -> int:
    """The highest layer of SOURCE that anybody could use; -1: nobody watches."""
    return max((place.top for place in source.places), default=-1)
