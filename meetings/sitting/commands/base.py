"""What all commands are. Pure."""

from __future__ import annotations

import msgspec

from .. import events as e


class Asked(msgspec.Struct, frozen=True, tag_field="kind", tag=e.kebab):
    """Base of all commands."""
