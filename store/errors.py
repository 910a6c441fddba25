"""Errors by who is at fault, as the whole house uses them.

    Fault
      Refused      the request is understood and may not happen: the text is shown to the person
        Stale      the screen was older than the thing it changes
        Missing    there is no such thing, or none that this viewer may know of
        Denied     the right is missing: little is said
      Malformed    the message breaks the protocol: the client is at fault, and may be dropped
      Unavailable  the node cannot do it now (disk full, database gone): try again later

Every fault carries a code and parameters, never a sentence: the words are put in at the edge,
in the reader's language (web/faults.py).
"""

from __future__ import annotations


class Fault(Exception):
    """Something expected went wrong; `code` names it, `params` fill its text."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code if not params else f"{code} {params}")
        self.code = code
        self.params = params


class Refused(Fault):
    pass


class Stale(Refused):
    pass


class Missing(Refused):
    pass


class Denied(Refused):
    pass


class Malformed(Fault):
    pass


class Unavailable(Fault):
    pass
