"""Recording: started and stopped by the chair, never over a closed item, ended with the sitting. Pure.

What is recorded is a file; that it was made, when, and which bytes it has, is in the journal like everything else.
"""

from __future__ import annotations

from store.errors import Refused

from . import commands as c
from . import events as e
from .state import State


def start(state: State, command: c.StartRecording) -> list[e.AnyHappening]:
    if state.recording:
        raise Refused("recording-on")
    if state.closed_item_on:
        raise Refused("recording-closed-item")
    if state.is_secret(state.item):
        raise Refused("recording-secret")
    if not command.recording or len(command.recording) > 64 or not command.recording.replace("-", "").isalnum():
        raise Refused("field-wrong", field="recording")
    return [e.RecordingStarted(command.recording)]


def stop(state: State, command: c.StopRecording) -> list[e.AnyHappening]:
    if not state.recording:
        raise Refused("recording-off")
    return ended(state, "chair")


def end(state: State, command: c.EndRecording) -> list[e.AnyHappening]:
    """By the program, which cannot go on with it."""
    return ended(state, "failed") if state.recording == command.recording else []


def ended(state: State, why: e.RecordingEnd) -> list[e.AnyHappening]:
    """What ends a recording with whatever else happens; nothing where there is none."""
    return [e.RecordingStopped(state.recording, why)] if state.recording else []


def keep(state: State, command: c.KeepRecording) -> list[e.AnyHappening]:
    """A finished file. The same one twice, after a crash, is kept once."""
    if any(one.sha256 == command.file.sha256 for one in state.recordings):
        return []
    return [e.RecordingKept(command.file)]
