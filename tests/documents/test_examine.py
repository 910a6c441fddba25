"""documents.examine: what acts, calls out, hides or carries is found however it is written; bombs are refused."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pypdf
import pytest
from pyhanko.pdf_utils.generic import DictionaryObject, NameObject, TextStringObject
from pypdf.generic import IndirectObject, StreamObject

from documents import examine
from documents.actions import Papers
from documents.model import Examined
from store.blobs import Blobs
from store.errors import Refused

from ..kit import pdfs
from ..kit.authority import Office, minutes
from ..kit.pdfs import link, page, pdf, pieces, stream

pytestmark = pytest.mark.asyncio(loop_scope="module")
LIMIT = 50_000_000
ROOT = Path(__file__).resolve().parents[2]
SECRET = b"the-load-that-must-not-arrive"


def widget(words: bytes) -> bytes:
    return b"<< /Type /Annot /Subtype /Widget /FT /Btn /T (b) /Rect [0 0 90 90] %s >>" % words


def annotation(kind: bytes, words: bytes = b"") -> bytes:
    return b"/Annots [ << /Type /Annot /Subtype %s /Rect [0 0 90 90] %s >> ]" % (kind, words)


SCRIPT = b"<< /S /JavaScript /JS (%s) >>" % SECRET
FILE = b"<< /Type /Filespec /F (a.exe) /EF << /F 6 0 R >> >>"
LAYER = b"<< /Type /OCG /Name (x) >>"

# Objects of a file, and the codes of what must be taken out of it.
ACTIVE: dict[str, tuple[dict[int, bytes], set[str]]] = {
    "script on opening": (page(b"/OpenAction " + SCRIPT), {"automatic-action", "javascript"}),
    "script in a stream": (
        page(b"/OpenAction << /S /JavaScript /JS 5 0 R >>", b"", stream(SECRET)), {"automatic-action", "javascript"}),
    "script by name": (page(b"/Names << /JavaScript << /Names [(a) 5 0 R] >> >>", b"", SCRIPT), {"javascript"}),
    "script behind a link": (page(b"", link(SCRIPT)), {"javascript"}),
    "script on the page": (page(b"", b"/AA << /O %s >>" % SCRIPT), {"automatic-action", "javascript"}),
    "script on a button": (
        page(b"/AcroForm << /Fields [5 0 R] >>", b"/Annots [5 0 R]", widget(b"/AA << /E %s >>" % SCRIPT)),
        {"automatic-action", "javascript"}),
    "script in the outline": (
        page(b"/Outlines 5 0 R", b"", b"<< /Type /Outlines /First 6 0 R /Last 6 0 R /Count 1 >>",
             b"<< /Title (x) /Parent 5 0 R /A %s >>" % SCRIPT), {"javascript"}),
    "launch": (page(b"", link(b"<< /S /Launch /F (%s) >>" % SECRET)), {"launch"}),
    "launch, indirect": (page(b"", link(b"5 0 R"), b"<< /S /Launch /F (%s) >>" % SECRET), {"launch"}),
    "launch as a second action": (
        page(b"", link(b"<< /S /GoTo /D [3 0 R /Fit] /Next << /S /Launch /F (x) >> >>")), {"launch"}),
    "launch, name escaped": (page(b"", link(b"<< /S /La#75n#63h /F (x) >>")), {"launch"}),
    "launch, kind indirect": (page(b"", link(b"<< /S 5 0 R /F (x) >>"), b"/Launch"), {"launch"}),
    "launch, with a key of structure": (page(b"", link(b"<< /S /Launch /K 0 /F (x) >>")), {"launch"}),
    "launch, dressed as structure": (page(b"", link(b"<< /Type /StructElem /S /Launch /F (x) >>")), {"launch"}),
    "form sent away": (page(b"", link(b"<< /S /SubmitForm /F (http://x) >>")), {"form-action"}),
    "data brought in": (page(b"", link(b"<< /S /ImportData /F (x.fdf) >>")), {"form-action"}),
    "link to another file": (page(b"", link(b"<< /S /GoToR /F (other.pdf) /D [0 /Fit] >>")), {"remote-link"}),
    "link to the net": (page(b"", link(b"<< /S /URI /URI (http://%s) >>" % SECRET)), {"remote-link"}),
    "link to the net, kind indirect": (page(b"", link(b"<< /S 5 0 R /URI (http://x) >>"), b"/URI"), {"remote-link"}),
    "embedded file": (
        page(b"/Names << /EmbeddedFiles << /Names [(a) 5 0 R] >> >>", b"", FILE, stream(SECRET)), {"attachment"}),
    "file pinned to the page": (
        page(b"", annotation(b"/FileAttachment", b"/FS 5 0 R"), FILE, stream(SECRET)), {"attachment"}),
    "associated file": (page(b"/AF [5 0 R]", b"", FILE, stream(SECRET)), {"attachment"}),
    "portfolio": (page(b"/Collection << /View /D >>"), {"attachment"}),
    "rich media": (page(b"", annotation(b"/RichMedia", b"/RichMediaContent 5 0 R"), stream(SECRET)), {"media"}),
    "three dimensions": (page(b"", annotation(b"/3D", b"/3DD 5 0 R"), stream(SECRET, b"/Subtype /U3D")), {"media"}),
    "screen, kind indirect": (page(b"", annotation(b"5 0 R"), b"/Screen"), {"media"}),
    "rendition": (page(b"", link(b"<< /S /Rendition /OP 0 >>")), {"media"}),
    "XFA": (page(b"/AcroForm << /Fields [] /XFA 5 0 R >>", b"", stream(b"<xdp>%s</xdp>" % SECRET)), {"form-program"}),
    "layers": (page(b"/OCProperties << /OCGs [5 0 R] /D << /OFF [5 0 R] >> >>", b"", LAYER), {"layers"}),
    "key escaped": (page(b"/Open#41ction " + SCRIPT), {"automatic-action", "javascript"}),
}  # fmt: skip


async def take(papers: Papers, data: bytes, limit: int = LIMIT) -> Examined:
    return await papers.take_in(pieces(data), limit)


async def refusal(papers: Papers, data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        taken = await take(papers, data)
        pytest.fail(f"taken in: {taken}")
    return refused.value.code


def everything_in(data: bytes) -> bytes:
    """The file and all of its streams, unfolded: what anyone who looks for it could find."""
    reader, found = pypdf.PdfReader(io.BytesIO(data)), [data]
    for number in range(1, int(str(reader.trailer["/Size"]))):
        thing = reader.get_object(IndirectObject(number, 0, reader))
        if isinstance(thing, StreamObject):
            found.append(thing.get_data())
    return b"\n".join(found)


@pytest.mark.parametrize("name", ACTIVE)
async def test_what_acts_is_found_and_taken_out(papers: Papers, shelf: Blobs, name: str) -> None:
    objects, expected = ACTIVE[name]
    data = pdf(objects)
    taken = await take(papers, data)
    assert expected <= set(taken.stripped), f"{name}: only {taken.stripped} was found"
    kept = await shelf.load(taken.sha256)
    reader = examine.open_strictly(kept)
    assert examine.survey(reader, len(kept)) == (set(), False)
    assert len(reader.pages) == taken.pages == 1
    assert b"20 20 m 180 180 l S" in reader.pages[0].get_contents().get_data()


@pytest.mark.parametrize("name", [name for name, (objects, _) in ACTIVE.items() if SECRET in str(objects).encode()])
async def test_what_was_taken_out_is_not_left_lying_in_the_file(papers: Papers, shelf: Blobs, name: str) -> None:
    """An attachment that nothing refers to any more is still in the file, for whoever looks."""
    objects, _ = ACTIVE[name]
    kept = await shelf.load((await take(papers, pdf(objects))).sha256)
    assert SECRET not in everything_in(kept)


# ── harmless ──

HARMLESS: dict[str, dict[int, bytes]] = {
    "plain": page(),
    "link within the file": page(b"", link(b"<< /S /GoTo /D [3 0 R /Fit] >>")),
    "next page": page(b"", link(b"<< /S /Named /N /NextPage >>")),
    "comment": page(b"", annotation(b"/Text", b"/Contents (x)")),
    "text field": page(b"/AcroForm << /Fields [5 0 R] >>", b"/Annots [5 0 R]",
                       b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (b) /Rect [0 0 9 9] >>"),
    "structure": page(b"/MarkInfo << /Marked true >> /StructTreeRoot 5 0 R", b"",
                      b"<< /Type /StructTreeRoot /K [6 0 R] >>", b"<< /Type /StructElem /S /P /P 5 0 R /K 0 >>"),
    "flat and long": page(b"", b"/Resources << /XObject << /X 5 0 R >> >>",
                          stream(zlib.compress(bytes(15 << 20)), b"/Filter /FlateDecode")),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
async def test_what_is_harmless_is_kept_byte_for_byte(papers: Papers, shelf: Blobs, name: str) -> None:
    data = pdf(HARMLESS[name])
    taken = await take(papers, data)
    assert (taken.stripped, taken.signed, taken.size) == ((), False, len(data))
    assert await shelf.load(taken.sha256) == data


# ── signed ──


@pytest.fixture(scope="module")
def signed() -> bytes:
    return Office().signed(minutes(), ("secretary",))


async def test_a_signed_paper_is_kept_byte_for_byte(papers: Papers, shelf: Blobs, signed: bytes) -> None:
    taken = await take(papers, signed)
    assert (taken.signed, taken.stripped) == (True, ())
    assert await shelf.load(taken.sha256) == signed


def scripted(writer: pdfs.Writer) -> None:
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
    writer.root["/OpenAction"] = DictionaryObject(action)
    writer.update_root()


async def test_a_signed_paper_with_a_script_is_refused(papers: Papers, signed: bytes) -> None:
    """It cannot be cleaned without breaking the signature, so it stays outside."""
    assert await refusal(papers, pdfs.revise(signed, scripted)) == "pdf-signed-active"


async def test_a_signed_paper_with_something_behind_it_is_refused(papers: Papers, signed: bytes) -> None:
    assert (await refusal(papers, signed + b"A" * 2048)).startswith("pdf-")
    assert (await refusal(papers, signed + b"A")).startswith("pdf-")


async def test_a_signed_paper_that_was_changed_is_refused(papers: Papers, signed: bytes) -> None:
    assert await refusal(papers, pdfs.flipped(signed, 7)) in ("pdf-signed-broken", "pdf-broken")


# ── codes ──


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_code_has_its_words(language: str) -> None:
    """A new code must not reach a person as a code."""
    words = (ROOT / "web" / "locale" / language / "LC_MESSAGES" / "bacap.po").read_text()
    codes = {*examine.ACTIONS.values(), *examine.KEYS.values(), *examine.ANNOTATIONS.values(), "trailing"}
    assert len(codes) >= 9
    assert sorted(code for code in codes if f'msgid "stripped.{code}"' not in words) == []
    for code in (
        "kind-unknown",
        "pdf-encrypted",
        "pdf-broken",
        "pdf-bomb",
        "pdf-too-long",
        "pdf-too-wide",
        "pdf-active",
    ):
        assert f'msgid "refused.{code}"' in words
