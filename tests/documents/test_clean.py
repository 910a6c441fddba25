"""documents.clean: what is written anew still opens, still reads, still finds its way within itself."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pypdf
import pytest

from documents import clean, examine, pictures
from store.errors import Refused

from ..conftest import absent
from ..kit.authority import minutes
from ..kit.pdfs import link, page, pdf, stream

SCRIPT = b"<< /S /JavaScript /JS (x) >>"


def cleaned(objects: dict[int, bytes]) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(clean.clean(pdf(objects))), strict=True)


def test_cleaning_twice_is_cleaning_once() -> None:
    once = clean.clean(pdf(page(b"/OpenAction " + SCRIPT, link(SCRIPT))))
    twice = clean.clean(once)
    assert examine.survey(examine.open_strictly(twice), len(twice)) == (set(), False)
    assert len(twice) == len(once)


def test_the_root_keeps_only_what_is_on_the_list() -> None:
    root = b"/Lang (vi) /PageMode /UseOutlines /SpiderInfo << >> /Perms << >> /Threads [] /URI << /Base (http://x) >>"
    found = cleaned(page(root)).trailer["/Root"]
    assert isinstance(found, pypdf.generic.DictionaryObject)
    assert set(found) <= clean.ROOT
    assert found["/Lang"] == "vi"


def test_an_annotation_that_carries_goes_and_its_neighbour_stays() -> None:
    words = b"/Annots [5 0 R 6 0 R << /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (direct) >>]"
    sound = b"<< /Type /Annot /Subtype /Sound /Rect [0 0 9 9] /Sound 7 0 R >>"
    note = b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (kept) >>"
    found = cleaned(page(b"", words, sound, note, stream(b"x"))).pages[0].annotations or []
    assert [one.get_object()["/Contents"] for one in found] == ["kept", "direct"]


def test_a_link_loses_its_action_and_stays_a_link() -> None:
    [found] = cleaned(page(b"", link(b"<< /S /URI /URI (http://x) >>"))).pages[0].annotations or []
    assert "/A" not in found.get_object()
    assert found.get_object()["/Subtype"] == "/Link"


def test_a_link_within_the_file_still_leads_there() -> None:
    """Word processors name the places in a file; the table of contents goes by these names."""
    names = b"/OpenAction %s /Names << /Dests << /Names [(chapter) [3 0 R /Fit]] >> >>" % SCRIPT
    here = b"/Annots [ << /Type /Annot /Subtype /Link /Rect [0 0 9 9] /Dest (chapter) >> ]"
    reader = cleaned(page(names, here))
    [found] = reader.pages[0].annotations or []
    assert found.get_object()["/Dest"] == "chapter"
    assert list(reader.named_destinations) == ["chapter"]


def test_form_fields_keep_their_values() -> None:
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (b) /Rect [0 0 9 9] /AA << /K %s >> >>" % SCRIPT
    reader = cleaned(page(b"/AcroForm << /Fields [5 0 R] >>", b"/Annots [5 0 R]", field))
    assert reader.get_form_text_fields() == {"a": "b"}


def test_the_version_is_not_turned_back() -> None:
    """Decree 30 asks for PDF 1.4 or later, and readers go by it."""
    assert cleaned(page(b"/OpenAction " + SCRIPT)).pdf_header >= "%PDF-1.7"


def test_layers_that_were_hidden_show() -> None:
    """Nobody signs or votes on what is hidden in a file: text behind a switched-off layer comes to light."""
    hidden = {4: stream(b"/OC /L BDC 0 0 200 200 re f EMC")}
    layers = b"/OCProperties << /OCGs [5 0 R] /D << /OFF [5 0 R] >> >>"
    words = b"/Resources << /Properties << /L 5 0 R >> >>"
    objects = page(layers, words, b"<< /Type /OCG /Name (x) >>") | hidden
    before, after = pictures.page(pdf(objects), 1, 50), pictures.page(clean.clean(pdf(objects)), 1, 50)
    assert ink(before) == 0
    assert ink(after) == 50 * 50


def ink(png: bytes) -> int:
    from PIL import Image

    return Image.open(io.BytesIO(png)).convert("L").histogram()[0]


def test_qpdf_finds_nothing_wrong(tmp_path: Path) -> None:
    if shutil.which("qpdf") is None:
        absent("qpdf is not installed")
    (tmp_path / "x.pdf").write_bytes(clean.clean(minutes()))
    found = subprocess.run(["qpdf", "--check", str(tmp_path / "x.pdf")], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", pdf(page())[:-30], pdf(page()).replace(b"/Length 19", b"/Length 99")])
def test_what_cannot_be_written_anew_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="pdf-broken"):
        clean.clean(data)
