from __future__ import annotations

from store.world import System, short_code


def test_a_short_code_can_be_read_out_and_is_not_guessed() -> None:
    codes = {short_code(System()) for _ in range(1000)}
    assert len(codes) == 1000
    for code in codes:
        assert len(code) == 9 and code[4] == "-" and not set(code) & set("IO01l")
