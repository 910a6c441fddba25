"""Credentials for an external TURN server: web.turn."""

from __future__ import annotations

import base64
import hashlib
import hmac

from web import turn
from web.settings import Settings, read


def test_none_is_named_unless_it_is_set_whole() -> None:
    for settings in (Settings(), Settings(turn=("turn:a",)), Settings(turn_secret="x")):
        assert turn.servers(settings, "site-a", 1000) == []


def test_the_credential_is_what_the_server_works_out_and_ends() -> None:
    settings = read(None, {"BACAP_TURN": "turns:t.example.vn:443 turn:t.example.vn", "BACAP_TURN_SECRET": "quê"})
    [server] = turn.servers(settings, "site-a", 1000)
    assert server.urls == ["turns:t.example.vn:443", "turn:t.example.vn"]
    assert server.username == f"{1000 + turn.GOOD_S}:site-a"
    expected = hmac.new("quê".encode(), server.username.encode(), hashlib.sha1).digest()
    assert base64.b64decode(server.credential) == expected
