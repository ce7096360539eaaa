"""Forms, and cookies that come back."""

from collections.abc import Iterator

from curtilage.core.page import Flash
from curtilage.web.choosing import choose_tag, parse_accept_language, parse_locales
from curtilage.web.csrf import issue_token, verify_token
from curtilage.web.flash import encode_flash, find_flash
from curtilage.web.form import FORM_TYPE, parse_fields, parse_form
from tests.fakes import FixedEntropy
from tests.property.fuzz.target import Target

KEY = bytes(range(32))
ENTROPY = FixedEntropy()


def read_fields(raw: bytes) -> dict[str, str]:
    return parse_form(FORM_TYPE, raw)


def web_targets() -> Iterator[Target]:
    flash = encode_flash(KEY, Flash("Done."))
    yield Target("flash", (), [flash], lambda text: find_flash(KEY, text))
    token = issue_token(KEY, "cookie", ENTROPY)
    yield Target("form token", (), [token], lambda text: verify_token(KEY, "cookie", text))
    yield Target(
        "form", (parse_form, parse_fields), [b"name=Ada+Quill&x=%C3%A9&empty="], read_fields
    )
    yield Target(
        "languages",
        (parse_accept_language, parse_locales),
        ["de-CH-1996, fr;q=0.9, *;q=0", "es-419 de"],
        lambda text: choose_tag(("en", "de"), accepted=text, asked=text, chosen=text),
    )
