"""documents.lifecycle: every step and every act, against a table written a second time by hand."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from documents import lifecycle
from store.errors import Refused

DOCS = Path(__file__).resolve().parents[2] / "docs" / "papers.md"
ALLOWED = {
    ("draft", "release"): "released", ("draft", "replace"): "replaced", ("released", "replace"): "replaced",
    ("released", "recall"): "recalled", ("released", "archive"): "archived", ("recalled", "replace"): "recalled",
}  # fmt: skip


@pytest.mark.parametrize("step", get_args(lifecycle.Step))
@pytest.mark.parametrize("act", get_args(lifecycle.Act))
def test_what_may_be_done_in_each_step(step: lifecycle.Step, act: lifecycle.Act) -> None:
    if (step, act) in ALLOWED:
        assert lifecycle.after(step, act) == ALLOWED[step, act]
    else:
        with pytest.raises(Refused) as refusal:
            lifecycle.after(step, act)
        assert (refusal.value.code, refusal.value.params) == ("paper-not-now", {"step": step})


def test_what_was_replaced_or_recalled_is_read_no_more() -> None:
    assert set(get_args(lifecycle.Step)) - lifecycle.READABLE == {"replaced", "recalled"}


def test_the_table_is_printed_in_the_docs_as_it_is() -> None:
    assert lifecycle.printed() in DOCS.read_text()
