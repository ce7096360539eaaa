"""Office documents made by hand, as small as other programs open them."""

from collections.abc import Mapping, Sequence

from tests.unit.survey.readers.unpacking import a_zip

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
P = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "application/vnd.openxmlformats-officedocument"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
CORE = (
    f'{HEAD}<cp:coreProperties xmlns:cp="{P}/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>{creator}</dc:creator>'
    '<dcterms:created xsi:type="dcterms:W3CDTF">2026-01-02T03:04:05Z</dcterms:created>'
    "</cp:coreProperties>"
)
STYLES = (
    f'{HEAD}<styleSheet xmlns="{S}"><numFmts count="1"><numFmt numFmtId="164" '
    'formatCode="yyyy\\-mm\\-dd"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs></styleSheet>'
)


def package(parts: Mapping[str, tuple[str, str]], main: str) -> bytes:
    """A package of parts, each with its type of content and its text."""
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>'
        for name, (kind, _) in parts.items()
        if kind
    )
    members = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{P}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{P}/relationships"><Relationship Id="r1" '
        f'Type="{R}/officeDocument" Target="{main}"/><Relationship Id="r2" '
        f'Type="{P}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>',
        **{name: text for name, (_, text) in parts.items()},
    }
    return a_zip({name: text.encode() for name, text in members.items()})


def a_docx(*bodies: str, creator: str = "nobody", more: Mapping[str, str] | None = None) -> bytes:
    """`bodies` are what stands in the body; `more` are other parts in `word/`."""
    body = "".join(bodies)
    kind = f"{OFFICE}.wordprocessingml.document.main+xml"
    parts = {
        "word/document.xml": (
            kind,
            f'{HEAD}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        ),
        "docProps/core.xml": (
            "application/vnd.openxmlformats-package.core-properties+xml",
            CORE.format(creator=creator),
        ),
    }
    parts |= {f"word/{name}": ("", f"{HEAD}{text}") for name, text in (more or {}).items()}
    return package(parts, "word/document.xml")


def a_paragraph(*runs: str) -> str:
    """One paragraph; every other run is bold."""
    return "<w:p>{}</w:p>".format(
        "".join(
            f"<w:r>{'<w:rPr><w:b/></w:rPr>' if number % 2 else ''}"
            f'<w:t xml:space="preserve">{run}</w:t></w:r>'
            for number, run in enumerate(runs)
        )
    )


def a_table(*rows: Sequence[str]) -> str:
    cells = ("".join(f"<w:tc>{a_paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>{}</w:tbl>".format("".join(f"<w:tr>{row}</w:tr>" for row in cells))


def an_xlsx(
    rows: str,
    strings: Sequence[str] = (),
    *,
    after: str = "",
    more: Mapping[str, str] | None = None,
    sheet: str = "Orders",
) -> bytes:
    """One sheet of rows as XML; `after` stands behind them."""
    shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
    kind = f"{OFFICE}.spreadsheetml"
    parts = {
        "xl/workbook.xml": (
            f"{kind}.sheet.main+xml",
            (
                f'{HEAD}<workbook xmlns="{S}" xmlns:r="{R}"><sheets><sheet name="{sheet}" sheetId="1" '
                'r:id="rId1"/></sheets></workbook>'
            ),
        ),
        "xl/_rels/workbook.xml.rels": (
            "",
            (
                f'{HEAD}<Relationships xmlns="{P}/relationships"><Relationship Id="rId1" '
                f'Type="{R}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
                f'Type="{R}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" '
                f'Type="{R}/styles" Target="styles.xml"/></Relationships>'
            ),
        ),
        "xl/worksheets/sheet1.xml": (
            f"{kind}.worksheet+xml",
            f'{HEAD}<worksheet xmlns="{S}"><sheetData>{rows}</sheetData>{after}</worksheet>',
        ),
        "xl/sharedStrings.xml": (
            f"{kind}.sharedStrings+xml",
            f'{HEAD}<sst xmlns="{S}">{shared}</sst>',
        ),
        "xl/styles.xml": (f"{kind}.styles+xml", STYLES),
        "docProps/core.xml": (
            "application/vnd.openxmlformats-package.core-properties+xml",
            CORE.format(creator="nobody"),
        ),
    }
    parts |= {name: ("", f"{HEAD}{text}") for name, text in (more or {}).items()}
    return package(parts, "xl/workbook.xml")
