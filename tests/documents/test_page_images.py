"""documents.page_images: pages as small pictures, each as small as it may be and still be read."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from PIL import Image

from documents import page_images
from documents.page_images import WIDTHS, encoded, make
from tests.kit.files import sheet


def cut(folder: Path, size: str, ends: list[int]) -> list[bytes]:
    whole = (folder / size).read_bytes()
    return [whole[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def test_a_page_of_words_is_a_small_sharp_picture(tmp_path: Path) -> None:
    data = sheet("Phân bổ kinh phí sửa chữa đường giao thông nông thôn. " * 60 + "\n#pagebreak()\nHai")
    ends = make(data, tmp_path, 1)
    for size, limit in (("small", 30_000), ("large", 60_000)):
        pictures = cut(tmp_path, size, ends[size])
        assert len(pictures) == 2
        for one in pictures:
            picture = Image.open(io.BytesIO(one))
            assert picture.format == "PNG" and max(picture.size) == WIDTHS[size] and len(one) < limit
            darkest, lightest = picture.convert("L").getextrema()
            assert darkest <= 85 and lightest == 255, "dark on white"


def test_colours_stay_and_photographs_do_not_swell(tmp_path: Path) -> None:
    ends = make(sheet('#rect(fill: rgb("#ff0000"), width: 5cm, height: 5cm)'), tmp_path, 1)
    [red] = cut(tmp_path, "small", ends["small"])
    picture = Image.open(io.BytesIO(red)).convert("RGB")
    assert any(r > 200 and g < 60 for _, (r, g, _b) in picture.getcolors(1 << 24) or [])
    noise = Image.frombytes("L", (700, 990), random.Random(1).randbytes(700 * 990)).convert("RGB")
    assert encoded(noise)[:2] == b"\xff\xd8"
    assert encoded(Image.new("RGB", (700, 990), "white"))[1:4] == b"PNG"


def test_a_batch_begins_where_it_is_told_and_ends_with_the_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_images, "BATCH", 2)
    data = sheet("Một\n#pagebreak()\nHai\n#pagebreak()\nBa")
    assert [len(make(data, tmp_path, first)["small"]) for first in (1, 3, 5)] == [2, 1, 0]


def test_a_page_that_cannot_be_drawn_is_an_empty_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_images.pypdfium2.PdfPage, "render", lambda *_, **__: (_ for _ in ()).throw(ValueError()))
    assert make(sheet("Một"), tmp_path, 1) == {"small": [0], "large": [0]}
