"""A Word document from plain parts, with the standard library only: the browser's Python has no lxml.

Headings, paragraphs, lists, tables with a header row, and PNG pictures with a text alternative, as WordprocessingML of
ECMA-376. The same content gives the same bytes.
"""

import io
import re
import struct
import zipfile
from collections.abc import Sequence
from datetime import date
from xml.etree import ElementTree

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_CP = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_DC, _DCTERMS = "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PREFIXES = {"w": _W, "r": _R, "wp": _WP, "a": _A, "pic": _PIC, "cp": _CP, "dc": _DC, "dcterms": _DCTERMS, "xsi": _XSI}

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_EMU_PER_INCH = 914_400
_TEXT_WIDTH = 9_070  # twentieths of a point: A4 less margins of 2.5 cm
_WIDEST_PICTURE = 5.2  # inches
_PAST = (1980, 1, 1, 0, 0, 0)
_PNG = b"\x89PNG\r\n\x1a\n"
_BLUE, _PALE = "1B4F8F", "DFE5EC"


def plain(text: str) -> str:
    """Text without characters that XML cannot hold."""
    return _FORBIDDEN.sub("", str(text))


class Document:
    """A document that is written from top to bottom; ``to_bytes`` gives the file."""

    def __init__(self, title: str, *, language: str = "en-GB", day: date, author: str = "") -> None:
        self.title, self.language, self.day, self.author = plain(title), language, day, plain(author)
        self._body = ElementTree.Element(_name("w", "body"))
        self._pictures: list[bytes] = []

    def heading(self, text: str, level: int = 1) -> None:
        """A heading of level 1 to 3; level 0 is the title."""
        self._paragraph(text, "Title" if level == 0 else f"Heading{level}")

    def paragraph(self, text: str, *, bold: str = "", style: str = "") -> None:
        """A paragraph, with ``bold`` words before the text; line breaks are kept."""
        self._paragraph(text, style, bold)

    def bullets(self, items: Sequence[str]) -> None:
        """A list, one paragraph per item."""
        for item in items:
            self._paragraph(item, "ListBullet")

    def table(
        self, header: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str, numbers: Sequence[int] = ()
    ) -> None:
        """A table with a header row that is repeated on each page; ``numbers`` are columns aligned to the right."""
        self._paragraph(caption, "Caption")
        table = _under(self._body, "w:tbl")
        look = _under(table, "w:tblPr")
        _under(look, "w:tblStyle", val="TableGrid")
        _under(look, "w:tblW", w=str(_TEXT_WIDTH), type="dxa")
        _under(look, "w:tblLayout", type="fixed")
        _under(
            look,
            "w:tblLook",
            val="0020",
            firstRow="1",
            lastRow="0",
            firstColumn="0",
            lastColumn="0",
            noHBand="1",
            noVBand="1",
        )
        _under(look, "w:tblCaption", val=plain(caption))
        grid = _under(table, "w:tblGrid")
        widths = _widths(header, rows)
        for width in widths:
            _under(grid, "w:gridCol", w=str(width))
        for at, cells in enumerate([header, *rows]):
            row = _under(table, "w:tr")
            features = _under(row, "w:trPr")
            _under(features, "w:cantSplit")
            if at == 0:
                _under(features, "w:tblHeader")
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
                self._cell(row, str(cell), width, head=at == 0, right=column in numbers)
        self._paragraph("", "TableEnd")

    def picture(self, png: bytes, alt: str, caption: str = "") -> None:
        """A PNG picture in its own size, or as wide as the page, with its text alternative."""
        if not png.startswith(_PNG):
            raise ValueError("picture needs the bytes of a PNG file.")
        if not alt.strip():
            raise ValueError("A picture needs a text alternative: say in words what it shows.")
        pixels = struct.unpack(">II", png[16:24])
        width = min(_WIDEST_PICTURE, pixels[0] / _dots_per_inch(png))
        size = (round(width * _EMU_PER_INCH), round(width * pixels[1] / pixels[0] * _EMU_PER_INCH))
        self._pictures.append(png)
        number = len(self._pictures)
        paragraph = _under(self._body, "w:p")
        features = _under(paragraph, "w:pPr")
        if caption:
            _under(features, "w:keepNext")
        _drawing(_under(paragraph, "w:r"), number, size, plain(alt))
        if caption:
            self._paragraph(caption, "FigureCaption")

    def to_bytes(self) -> bytes:
        """The .docx file."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self._parts().items():
                entry = zipfile.ZipInfo(name, _PAST)
                entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
                archive.writestr(entry, content)
        return buffer.getvalue()

    def _paragraph(self, text: str, style: str = "", bold: str = "") -> None:
        paragraph = _under(self._body, "w:p")
        if style:
            _under(_under(paragraph, "w:pPr"), "w:pStyle", val=style)
        if bold:
            _run(paragraph, bold + " ", strong=True)
        _run(paragraph, text)

    def _cell(self, row: ElementTree.Element, text: str, width: int, *, head: bool, right: bool) -> None:
        cell = _under(row, "w:tc")
        features = _under(cell, "w:tcPr")
        _under(features, "w:tcW", w=str(width), type="dxa")
        if head:
            _under(features, "w:shd", val="clear", color="auto", fill=_PALE)
        paragraph = _under(cell, "w:p")
        about = _under(paragraph, "w:pPr")
        _under(about, "w:pStyle", val="TableText")
        if right:
            _under(about, "w:jc", val="right")
        _run(paragraph, text, strong=head)

    def _parts(self) -> dict[str, bytes]:
        root = ElementTree.Element(_name("w", "document"))
        body = ElementTree.SubElement(root, self._body.tag)
        body.extend(list(self._body))
        section = _under(body, "w:sectPr")
        _under(section, "w:pgSz", w="11906", h="16838")
        _under(
            section,
            "w:pgMar",
            top="1418",
            right="1418",
            bottom="1418",
            left="1418",
            header="709",
            footer="709",
            gutter="0",
        )
        fixed = [
            ("rId1", f"{_R}/styles", "styles.xml"),
            ("rId2", f"{_R}/settings", "settings.xml"),
            ("rId3", f"{_R}/numbering", "numbering.xml"),
        ]
        pictures = [
            (f"rId{number + 3}", f"{_R}/image", f"media/image{number}.png")
            for number in range(1, len(self._pictures) + 1)
        ]
        parts = {
            "[Content_Types].xml": _types(),
            "_rels/.rels": _relations(
                [
                    ("rId1", f"{_R}/officeDocument", "word/document.xml"),
                    (
                        "rId2",
                        _CP.replace("metadata/core-properties", "relationships/metadata/core-properties"),
                        "docProps/core.xml",
                    ),
                ]
            ),
            "docProps/core.xml": self._properties(),
            "word/document.xml": _xml(root),
            "word/_rels/document.xml.rels": _relations([*fixed, *pictures]),
            "word/styles.xml": _styles(self.language),
            "word/settings.xml": _settings(self.language),
            "word/numbering.xml": _numbering(),
        }
        parts |= {f"word/media/image{number}.png": png for number, png in enumerate(self._pictures, start=1)}
        return parts

    def _properties(self) -> bytes:
        root = ElementTree.Element(_name("cp", "coreProperties"))
        ElementTree.SubElement(root, _name("dc", "title")).text = self.title
        ElementTree.SubElement(root, _name("dc", "creator")).text = self.author
        ElementTree.SubElement(root, _name("dc", "language")).text = self.language
        for tag in ("created", "modified"):
            moment = ElementTree.SubElement(root, _name("dcterms", tag), {_name("xsi", "type"): "dcterms:W3CDTF"})
            moment.text = f"{self.day:%Y-%m-%d}T00:00:00Z"
        return _xml(root)


def _name(prefix: str, tag: str) -> str:
    return f"{{{_PREFIXES[prefix]}}}{tag}"


def _under(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    """A new child ``w:tag``, whose attributes are in the same namespace."""
    prefix, name = tag.split(":")
    return ElementTree.SubElement(
        parent, _name(prefix, name), {_name(prefix, key): value for key, value in attributes.items()}
    )


def _plain_under(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    """A new child whose attributes have no namespace, as in drawings."""
    prefix, name = tag.split(":")
    return ElementTree.SubElement(parent, _name(prefix, name), attributes)


def _run(paragraph: ElementTree.Element, text: str, *, strong: bool = False) -> None:
    lines = plain(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    run = _under(paragraph, "w:r")
    if strong:
        _under(_under(run, "w:rPr"), "w:b")
    for at, line in enumerate(lines):
        if at:
            _under(run, "w:br")
        piece = _under(run, "w:t")
        piece.text = line.replace("\t", " ")
        piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _widths(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Widths in proportion to what columns hold, none too narrow for a word."""
    longest = [min(max(len(str(row[column])) for row in [header, *rows]), 45) + 3 for column in range(len(header))]
    least = [max((len(word) for word in str(name).split()), default=1) + 3 for name in header]
    wanted = [max(one, other) for one, other in zip(longest, least, strict=True)]
    widths = [round(_TEXT_WIDTH * want / sum(wanted)) for want in wanted]
    widths[-1] += _TEXT_WIDTH - sum(widths)
    return widths


def _dots_per_inch(png: bytes) -> float:
    """What the picture says of its size; 96 where it says nothing."""
    at = png.find(b"pHYs")
    if at < 0 or png[at + 12] != 1:
        return 96.0
    return struct.unpack(">I", png[at + 4 : at + 8])[0] * 0.0254


def _drawing(run: ElementTree.Element, number: int, size: tuple[int, int], alt: str) -> None:
    inline = _plain_under(_under(run, "w:drawing"), "wp:inline", distT="0", distB="0", distL="0", distR="0")
    _plain_under(inline, "wp:extent", cx=str(size[0]), cy=str(size[1]))
    _plain_under(inline, "wp:docPr", id=str(number), name=f"Figure {number}", descr=alt)
    _plain_under(_plain_under(inline, "wp:cNvGraphicFramePr"), "a:graphicFrameLocks", noChangeAspect="1")
    data = _plain_under(_plain_under(inline, "a:graphic"), "a:graphicData", uri=_PIC)
    picture = _plain_under(data, "pic:pic")
    about = _plain_under(picture, "pic:nvPicPr")
    _plain_under(about, "pic:cNvPr", id=str(number), name=f"image{number}.png", descr=alt)
    _plain_under(about, "pic:cNvPicPr")
    fill = _plain_under(picture, "pic:blipFill")
    ElementTree.SubElement(fill, _name("a", "blip"), {_name("r", "embed"): f"rId{number + 3}"})
    _plain_under(_plain_under(fill, "a:stretch"), "a:fillRect")
    shape = _plain_under(picture, "pic:spPr")
    frame = _plain_under(shape, "a:xfrm")
    _plain_under(frame, "a:off", x="0", y="0")
    _plain_under(frame, "a:ext", cx=str(size[0]), cy=str(size[1]))
    _plain_under(_plain_under(shape, "a:prstGeom", prst="rect"), "a:avLst")


def _xml(root: ElementTree.Element) -> bytes:
    for prefix, space in _PREFIXES.items():
        ElementTree.register_namespace(prefix, space)
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + ElementTree.tostring(root, encoding="utf-8")


def _types() -> bytes:
    overrides = {
        "/word/document.xml": f"{_OFFICE}.document.main+xml",
        "/word/styles.xml": f"{_OFFICE}.styles+xml",
        "/word/settings.xml": f"{_OFFICE}.settings+xml",
        "/word/numbering.xml": f"{_OFFICE}.numbering+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    root = ElementTree.Element("Types", {"xmlns": _TYPES})
    ElementTree.SubElement(
        root,
        "Default",
        {"Extension": "rels", "ContentType": "application/vnd.openxmlformats-package.relationships+xml"},
    )
    ElementTree.SubElement(root, "Default", {"Extension": "xml", "ContentType": "application/xml"})
    ElementTree.SubElement(root, "Default", {"Extension": "png", "ContentType": "image/png"})
    for name, kind in overrides.items():
        ElementTree.SubElement(root, "Override", {"PartName": name, "ContentType": kind})
    return _xml(root)


def _relations(entries: list[tuple[str, str, str]]) -> bytes:
    root = ElementTree.Element("Relationships", {"xmlns": _RELATIONS})
    for ident, kind, target in entries:
        ElementTree.SubElement(root, "Relationship", {"Id": ident, "Type": kind, "Target": target})
    return _xml(root)


def _settings(language: str) -> bytes:
    root = ElementTree.Element(_name("w", "settings"))
    _under(
        _under(root, "w:compat"),
        "w:compatSetting",
        name="compatibilityMode",
        uri="http://schemas.microsoft.com/office/word",
        val="15",
    )
    _under(root, "w:themeFontLang", val=language)
    return _xml(root)


def _numbering() -> bytes:
    root = ElementTree.Element(_name("w", "numbering"))
    kind = _under(root, "w:abstractNum", abstractNumId="0")
    level = _under(kind, "w:lvl", ilvl="0")
    _under(level, "w:start", val="1")
    _under(level, "w:numFmt", val="bullet")
    _under(level, "w:lvlText", val="•")
    _under(level, "w:lvlJc", val="left")
    _under(_under(level, "w:pPr"), "w:ind", left="425", hanging="283")
    _under(_under(root, "w:num", numId="1"), "w:abstractNumId", val="0")
    return _xml(root)


def _styles(language: str) -> bytes:
    root = ElementTree.Element(_name("w", "styles"))
    defaults = _under(root, "w:docDefaults")
    letters = _under(_under(defaults, "w:rPrDefault"), "w:rPr")
    _under(letters, "w:rFonts", ascii="Calibri", hAnsi="Calibri", eastAsia="Calibri", cs="Calibri")
    _under(letters, "w:sz", val="22")
    _under(letters, "w:lang", val=language)
    _under(_under(_under(defaults, "w:pPrDefault"), "w:pPr"), "w:spacing", after="120", line="264", lineRule="auto")
    _style(root, "Normal", "Normal", default=True)
    _style(root, "Title", "Title", size=40, bold=True, colour=_BLUE, before=0, after=160, next_="Normal")
    for level, size in ((1, 30), (2, 25), (3, 22)):
        _style(
            root,
            f"Heading{level}",
            f"heading {level}",
            size=size,
            bold=True,
            colour=_BLUE,
            before=280,
            after=80,
            next_="Normal",
            outline=level - 1,
        )
    _style(root, "Caption", "caption", size=20, bold=True, before=160, after=60, next_="Normal", keep=True)
    _style(root, "FigureCaption", "Figure Caption", size=20, bold=True, before=60, after=200)
    _style(root, "TableText", "Table Text", size=19, before=20, after=20)
    _style(root, "TableEnd", "Table End", size=8, before=0, after=60)
    bullet = _style(root, "ListBullet", "List Bullet", after=60)
    numbers = ElementTree.Element(_name("w", "numPr"))
    _under(numbers, "w:ilvl", val="0")
    _under(numbers, "w:numId", val="1")
    bullet.find(_name("w", "pPr")).insert(0, numbers)
    table = _under(root, "w:style", type="table", styleId="TableGrid")
    _under(table, "w:name", val="Table Grid")
    borders = _under(_under(table, "w:tblPr"), "w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        _under(borders, f"w:{side}", val="single", sz="4", space="0", color="A0A8B0")
    return _xml(root)


def _style(
    root: ElementTree.Element,
    ident: str,
    name: str,
    *,
    size: int = 0,
    bold: bool = False,
    colour: str = "",
    before: int | None = None,
    after: int | None = None,
    next_: str = "",
    outline: int | None = None,
    keep: bool = False,
    default: bool = False,
) -> ElementTree.Element:
    style = _under(root, "w:style", type="paragraph", styleId=ident, **({"default": "1"} if default else {}))
    _under(style, "w:name", val=name)
    if not default:
        _under(style, "w:basedOn", val="Normal")
    if next_:
        _under(style, "w:next", val=next_)
    _under(style, "w:qFormat")
    about = _under(style, "w:pPr")
    if keep or outline is not None:
        _under(about, "w:keepNext")
    space = {key: str(value) for key, value in (("before", before), ("after", after)) if value is not None}
    if space:
        _under(about, "w:spacing", **space)
    if outline is not None:
        _under(about, "w:outlineLvl", val=str(outline))
    letters = _under(style, "w:rPr")
    if bold:
        _under(letters, "w:b")
    if colour:
        _under(letters, "w:color", val=colour)
    if size:
        _under(letters, "w:sz", val=str(size))
    return style
