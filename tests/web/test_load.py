"""A small load test from its node to its figures: web.load, web.cli.load.

web.load.node, web.load.sites, web.load.run, meetings.load.rows
"""

from __future__ import annotations

import json

import pytest

from meetings.load.rows import Row, told
from web.cli import main


def test_a_load_test_tells_what_it_measured(capsys: pytest.CaptureFixture[str]) -> None:
    main(["load", "--sites", "4", "--publish", "2", "--over", "1", "--seconds", "2", "--json"])
    rows = {row["measure"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["sites that did not get in"]["value"] == 0
    assert rows["delivered"]["value"] > 0.9
    assert rows["packets to the sites"]["value"] > 4 * 50  # each hears at least one voice
    for measure in ("join to first sound p95", "join to first picture p95", "relay: CPU per packet forwarded"):
        assert rows[measure]["value"] > 0


@pytest.mark.parametrize("words", [["--sites", "0"], ["--sites", "201"], ["--publish", "30"], ["--seconds", "0"]])
def test_a_load_without_bounds_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", *words]) == 2
    assert "200" in capsys.readouterr().out


def test_rows_are_judged_by_value_by_ratio_or_not_at_all() -> None:
    assert Row("a", 2, "s", None, 1).met is False
    assert Row("a", 2, "s", None, 1, more=True).met is True
    assert Row("a", 2, "s", 4, 0.6, by_ratio=True).met is True
    assert (Row("a", 2, "s", None, 0.6, by_ratio=True).met, Row("a", 2, "s").met) == (None, None)
    assert "NO" in told([Row("a", 2, "s", None, 1)], False)
    assert json.loads(told([Row("a", 2, "s", 4)], True))[0]["ratio"] == 0.5
