"""The picture of an authenticator app's secret."""

from xml.etree import ElementTree as ET

import pytest

from curtilage.identity.totp_picture import MOST, draw_address
from curtilage.identity.wire.totp import encode_otpauth

ADDRESS = encode_otpauth(b"x" * 20, account="ada", issuer="Harbour")


@pytest.mark.requirement(46)
def test_the_picture_is_one_svg_element_that_asks_for_nothing() -> None:
    picture = draw_address(ADDRESS)
    root = ET.fromstring(picture)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert picture.startswith("<svg ")
    assert not any(word in picture for word in ("href", "<script", "<style", "style=", "url("))
    assert "otpauth" not in picture


def test_the_picture_is_dark_on_light_with_a_quiet_edge() -> None:
    picture = draw_address(ADDRESS)
    assert 'fill="#fff"' in picture and 'stroke="#000"' in picture
    assert picture != draw_address(ADDRESS + "1")


def test_an_address_that_is_too_long_is_refused() -> None:
    assert draw_address("x" * MOST)
    with pytest.raises(ValueError, match="shorter"):
        draw_address("x" * (MOST + 1))
