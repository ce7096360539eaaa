"""The picture from which an authenticator app reads its secret, drawn in this process."""

from io import BytesIO

import segno

MOST = 1024  # characters of an address; the picture grows with it
QUIET = 4  # modules left free around it (ISO/IEC 18004 §6.3.8)


def draw_address(address: str) -> str:
    """A QR code of `address` as an SVG element, as large as the page lets it be.

    Black on white, whatever the page's colours are: cameras need it. It shows the secret,
    so the page that has it must not be kept (`Cache-Control: no-store`)."""
    if len(address) > MOST:
        raise ValueError("expected a shorter address")
    picture = BytesIO()
    segno.make_qr(address, error="m").save(
        picture,
        kind="svg",
        border=QUIET,
        light="#fff",
        xmldecl=False,
        nl=False,
        omitsize=True,
        svgclass=None,
        lineclass=None,
        title="QR code",
    )
    return picture.getvalue().decode("utf-8")
