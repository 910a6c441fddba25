"""What readers of papers are served by: found, pictured, packed, marked, annotated, receipted."""

from __future__ import annotations

from dataclasses import dataclass

from documents.actions import Papers
from meetings.annotations.actions import Annotations
from meetings.house import House
from meetings.packs.actions import Packs
from meetings.page_images.actions import PageImages
from meetings.people.accounts import Accounts
from meetings.receipts.actions import Receipts
from meetings.search.actions import Search
from meetings.sitting.papers import SittingPapers
from meetings.sitting.rooms import Rooms
from meetings.tablets.actions import Tablets
from meetings.watermarks.actions import Watermarks

from .health import HealthBoard
from .pace import Paces
from .settings import Settings


@dataclass(slots=True)
class Reading:
    search: Search
    receipts: Receipts
    annotations: Annotations
    page_images: PageImages
    packs: Packs
    watermarks: Watermarks
    tablets: Tablets
    paces: Paces


def reading(
    house: House, rooms: Rooms, accounts: Accounts, attached: SittingPapers, papers: Papers, page_images: PageImages,
    watermarks: Watermarks, health: HealthBoard, settings: Settings,
) -> Reading:  # fmt: skip
    return Reading(
        Search(house), Receipts(house, rooms, attached), Annotations(house, attached, papers), page_images,
        Packs(house, rooms, attached, papers, watermarks), watermarks,
        Tablets(house, rooms, attached, watermarks, accounts, settings.offline_hours),
        Paces(rooms, health),
    )  # fmt: skip
