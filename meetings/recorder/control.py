"""What the web process and a recorder say to each other: JSON lines over the recorder's own input and output.

The recorder offers, as a browser does; it is answered, told of each item of the agenda, and told to stop. When its
input ends, or the relay has fallen silent, it stops by itself. Another process makes the finished file.
"""

from __future__ import annotations

from ..relay.control import Message


class Answer(Message, frozen=True):
    sdp: str


class Chapter(Message, frozen=True):
    """From now on the sitting is at this item."""

    title: str


class Stop(Message, frozen=True):
    pass


class Offer(Message, frozen=True):
    sdp: str


class Running(Message, frozen=True):
    """It is joined: what is said from now on is kept."""


class Ended(Message, frozen=True):
    """Everything that came is in its files."""


class Made(Message, frozen=True):
    """The finished file, in the recorder's folder; "" if there was nothing. `began`: UTC milliseconds; `ms`: how long
    it lasts."""

    name: str
    began: int = 0
    ms: int = 0


ToRecorder = Answer | Chapter | Stop
ToWeb = Offer | Running | Ended | Made
