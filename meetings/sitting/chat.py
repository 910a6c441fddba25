"""The chat of a sitting: what is said to everybody, and notes to the chair. Pure.

While a closed item is on it is silent: not all who read it are in the room. What goes into the minutes is for the rules
to say, not for the writer.
"""

from __future__ import annotations

from store.errors import Refused

from . import commands as c
from . import events as e
from .agenda import identifier, text
from .state import State

LONGEST = 2000


def say(state: State, command: c.Say, who: str) -> list[e.AnyHappening]:
    if state.closed_item_on:
        raise Refused("chat-closed-item")
    if who not in state.present:
        raise Refused("check-in-first")
    told = text(command.text, "message", LONGEST)
    record = state.rule.chat_in_record and command.to == "all"
    return [e.Said(identifier(command.message, "message"), who, told, command.to, record)]
