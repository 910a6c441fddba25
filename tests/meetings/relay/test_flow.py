"""How much flows, over a while and not through a pause: meetings.relay.flow."""

from __future__ import annotations

from meetings.relay.flow import STRETCH_MS, Flow

NOW = 100_000


def test_it_is_measured_over_a_while() -> None:
    flow, rates = Flow(), []
    for now in range(NOW, NOW + 5 * STRETCH_MS + 1, 100):
        flow.look(now)
        rates.append((flow.rate, flow.least))
        flow.bytes += 1250 if now < NOW + 3 * STRETCH_MS else 2500
    assert rates[0] == (0, 0) and rates[-1] == (200_000, 200_000)
    assert (100_000, 100_000) in rates and (200_000, 100_000) in rates


def test_a_pause_is_no_part_of_it() -> None:
    flow = Flow()
    flow.begin(NOW)
    flow.begin(NOW + 60_000)
    flow.bytes += 12_500
    flow.look(NOW + 60_000 + STRETCH_MS)
    assert flow.rate == 100_000
