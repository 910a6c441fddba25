"""Office files and pictures made by hand, good and bad: material for the gate."""

from __future__ import annotations

import functools
import io
import tempfile
import zipfile
from pathlib import Path

import typst
from PIL import Image

from .authority import FONTS

XML = '<?xml version="1.0" encoding="UTF-8"?>'
TYPES = (
    f'{XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    XML + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ODT = "application/vnd.oasis.opendocument.text"


def zipped(parts: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def relation(kind: str, target: str, mode: str = "External") -> str:
    return f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'


def docx(text: str = "Kính gửi Ủy ban", *, inside: str = "", relations: str = "", **parts: bytes | str) -> bytes:
    """A word-processor file of one paragraph. INSIDE is markup of the body; PARTS replace or add files."""
    body = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>{inside}"
    main = RELATIONS.format(f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>')
    held: dict[str, bytes | str] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": main,
        "word/document.xml": f'{XML}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": RELATIONS.format(relations),
    }
    return zipped(held | parts)


def odt(inside: str = "<text:p>Kính gửi Ủy ban</text:p>", manifest: str = "") -> bytes:
    space = "urn:oasis:names:tc:opendocument:xmlns"
    names = " ".join(
        f'xmlns:{name}="{space}:{where}:1.0"'
        for name, where in (("office", "office"), ("text", "text"), ("draw", "drawing"), ("table", "table"),
                            ("script", "script"))
    )  # fmt: skip
    link = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
    content = (
        f'{XML}<office:document-content {names} {link} office:version="1.3"><office:body><office:text>{inside}'
        "</office:text></office:body></office:document-content>"
    )
    listed = (
        f'{XML}<manifest:manifest xmlns:manifest="{space}:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODT}"/>'
        f'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">{manifest}'
        "</manifest:file-entry></manifest:manifest>"
    )
    return zipped({"mimetype": ODT, "content.xml": content, "META-INF/manifest.xml": listed})


def picture(kind: str = "PNG", size: tuple[int, int] = (400, 300), mode: str = "RGB", frames: int = 1) -> bytes:
    out = io.BytesIO()
    made = [Image.new(mode, size, 1 if mode == "1" else None) for _ in range(frames)]
    more = {"save_all": True, "append_images": made[1:]} if frames > 1 else {}
    made[0].save(out, kind, **more)
    return out.getvalue()


@functools.cache
def sheet(body: str) -> bytes:
    """A4 typeset from typst markup, with real fonts and a real text layer."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "s.typ"
        # No date inside: the same words are the same bytes, in whichever second they were set.
        source.write_text(f'#set document(date: none)\n#set page(paper: "a4")\n#set text(font: "Tinos")\n{body}')
        return typst.compile(str(source), format="pdf", font_paths=[str(FONTS)])


def stamp(words: str, *, width: int = 30) -> str:
    """Typst markup of a stamp of secrecy or urgency: red capitals in a red frame, below a number."""
    box = f'#box(stroke: 1pt + rgb("#c81010"), inset: 2mm, width: {width}mm, height: 8mm)'
    return f'UBND TỈNH \\ Số: 05/BC-UBND \\ {box}[#text(fill: rgb("#c81010"))[*{words}*]]\n\nNội dung báo cáo.'
