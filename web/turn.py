"""Short-lived credentials for an external TURN server, where a network needs one (draft-uberti-behave-turn-rest-00).

None is needed as a rule: the relay itself is the address that both sides reach, over UDP or TCP. Pure.
"""

from __future__ import annotations

import base64
import hmac

from .settings import Settings
from .wire import IceServer

GOOD_S = 24 * 3600  # a long sitting and the next morning's: a connection asks anew with every channel


def servers(settings: Settings, who: str, now: int) -> list[IceServer]:
    """What WHO may use from NOW (s since 1970); nothing where no TURN server is set."""
    if not (settings.turn and settings.turn_secret):
        return []
    name = f"{now + GOOD_S}:{who}"
    digest = hmac.digest(settings.turn_secret.encode(), name.encode(), "sha1")
    return [IceServer(list(settings.turn), name, base64.b64encode(digest).decode())]
