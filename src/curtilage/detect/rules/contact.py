"""How to reach someone: e-mail addresses and telephone numbers."""

from curtilage.detect.models import B, Edge, Form, Kind, R, Strength
from curtilage.detect.phone import NATIONAL, NO_TRUNK, international_length, is_national

_LETTER = r"\u00a1-\uffff\U00010000-\U0010ffff"
# RFC 5322 allows / ? = & * ` as well. People do not use them; URLs and forms put them in front.
_ATOM = rf"[0-9A-Za-z!#$%'+^_{{|}}~{_LETTER}\-]"
# Nor do they begin with the others, which code, tables and changed lines put in front.
_FIRST = rf"[0-9A-Za-z_{_LETTER}]"
_LABEL = rf"[0-9A-Za-z{_LETTER}](?:[0-9A-Za-z{_LETTER}\-]{{0,61}}[0-9A-Za-z{_LETTER}])?"
_TOP = rf"(?:[A-Za-z]{{2,63}}|xn--[0-9A-Za-z\-]{{2,59}}|[{_LETTER}]{{2,63}})"
# File names and decorators that look like a domain: `logo@2x.png`.
_FILES = frozenset(
    {
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "ico",
        "css",
        "js",
        "ts",
        "tsx",
        "jsx",
        "html",
        "py",
        "json",
        "yaml",
        "yml",
        "md",
        "txt",
    }
)


def _is_address(value: str) -> bool:
    local, _, domain = value.rpartition("@")
    return (
        len(local) <= 64 and len(domain) <= 253 and domain.rpartition(".")[2].lower() not in _FILES
    )


_PHONE_WORDS = (
    "phone", "telephone", "tel", "mobile", "cell", "cellphone", "fax", "call", "dial", "contact number", "phone number", "whatsapp", "sms", "msisdn", "hotline",
    "telefon", "telefonnummer", "handy", "handynummer", "mobil", "mobilnummer", "rufnummer", "anrufen", "festnetz",
    "téléphone", "tél", "portable", "appeler", "numéro de téléphone", "teléfono", "móvil", "celular", "llamar",
    "telefono", "cellulare", "chiamare", "telefone", "telemóvel", "ligar", "telefoonnummer", "telefoon", "mobiel", "gsm", "bellen",
)  # fmt: skip

_NANP = r"(?:[+]?1[ .\-]?)?(?:[(][2-9][0-9]{2}[)][ .\-]?|[2-9][0-9]{2}[ .\-]?)[2-9][0-9]{2}[ .\-]?[0-9]{4}"

# `git@github.com:ada/app.git` is how programs reach a repository: nobody's address (git-clone(1)).
_NO_REMOTE = r"(?!git@[0-9A-Za-z.\-]{3,100}:[A-Za-z~_.][0-9A-Za-z~_.\-]{0,100}/[0-9A-Za-z_.])(?!(?<=://)git@)"
KINDS = (
    Kind(
        type="EMAIL_ADDRESS",
        title="E-mail address",
        category="user.contact.email",
        citation="RFC 5321 §4.1.2, RFC 5322 §3.4.1, RFC 6531; reserved names (RFC 2606) count",
        forms=(
            Form(
                rf"{_NO_REMOTE}{_FIRST}{_ATOM}{{0,63}}(?:[.]{_ATOM}{{1,64}}){{0,8}}@(?:{_LABEL}[.]){{1,8}}{_TOP}",
                score=0.95,
                lead=rf"(?:{_ATOM}|[.])",
                trigger=r"@(?:[0-9A-Za-z?\x80-\xff\-]+[.])+[0-9A-Za-z?\x80-\xff\-]{2,}",
            ),
        ),
        check=_is_address,
        words=("email", "e mail", "mail", "courriel", "correo", "posta elettronica", "mailadresse"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="PHONE_NUMBER",
        title="Telephone number",
        category="user.contact.phone_number",
        citation="ITU-T E.164; numbering plans of libphonenumber",
        forms=(
            Form(r"[+][ ]?[1-9](?:[ .\-/()]{0,3}[0-9]){6,18}", score=0.85, edge=Edge.NUMBER, trim=international_length),
            Form(r"00[1-9][0-9]{0,2}[ .\-/(]{1,2}[0-9](?:[ .\-/()]{0,3}[0-9]){5,15}", B, 0.6, Edge.NUMBER, trim=international_length),
            Form(r"(?:1[ .\-])?[(][2-9][0-9]{2}[)][ ]?[2-9][0-9]{2}[ .\-][0-9]{4}", B, 0.7, Edge.NUMBER, check=is_national("US")),
            Form(r"(?:1[.\-])?[2-9][0-9]{2}([.\-])[2-9][0-9]{2}[.\-][0-9]{4}", B, 0.6, Edge.NUMBER, check=is_national("US")),
            Form(r"0[1-9](?:[ ][0-9]{2}){4}|0[1-9](?:[.][0-9]{2}){4}", B, 0.6, Edge.NUMBER, check=is_national("FR")),
            Form(
                r"[(]?0(?:2[0-9][)]?[ ][0-9]{4}[ ][0-9]{4}|1[0-9]{2}[)]?[ ][0-9]{3}[ ][0-9]{4}"
                r"|1[0-9]{3}[)]?[ ][0-9]{5,6}|7[0-9]{3}[)]?[ ][0-9]{3}[ ]?[0-9]{3})",
                B, 0.6, Edge.NUMBER, check=is_national("GB"),
            ),
            Form(r"0[1-9][0-9]{1,4}/[ ]?[0-9]{2,8}(?:[ \-][0-9]{2,6}){0,2}", B, 0.55, Edge.NUMBER, check=is_national("DE", "AT")),
            Form(r"[(]?0[0-9](?:[ .\-/()]{0,2}[0-9]){6,12}", R, 0.5, Edge.NUMBER, check=is_national(*NATIONAL)),
            Form(r"[(]?[1-9][0-9]{1,2}[)]?(?:[ .\-][0-9]{2,4}){2,3}", R, 0.45, Edge.NUMBER, check=is_national(*NO_TRUNK)),
            Form(r"[1-9][0-9]{7,12}", R, 0.4, Edge.NUMBER, check=is_national(*NATIONAL)),
            Form(r"00[1-9][0-9]{7,13}", R, 0.5, Edge.NUMBER, trim=international_length),
        ),
        words=_PHONE_WORDS,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="US_PHONE_EXT",
        title="US number: toll-free, or with an extension",
        category="user.contact.phone_number",
        citation="NANPA, 8YY codes; RFC 3966 §5.1.4 (extensions)",
        forms=(
            Form(rf"{_NANP}[ ,]{{0,3}}(?:[Ee]xt(?:ension)?|EXT|[Xx]|[Dd]urchwahl|[Pp]oste|[Ii]nterno|#)[.:]?[ ]{{0,2}}[0-9]{{1,6}}", B, 0.75, Edge.NUMBER),
            Form(r"(?:[+]?1[ .\-]?)?(?:[(]8(?:00|33|44|55|66|77|88|22)[)][ .\-]?|8(?:00|33|44|55|66|77|88|22)[ .\-])[2-9][0-9]{2}[ .\-][0-9]{4}", B, 0.6, Edge.NUMBER),
            Form(r"(?:[+]?1[ .\-]?)?8(?:00|33|44|55|66|77|88|22)[ .\-]?[2-9][0-9]{2}[ .\-]?[0-9A-Z]{4}", R, 0.5, Edge.NUMBER),
        ),
        words=("toll free", "toll free number", "tollfree", "extension", "ext", "extension number", "phone extension", "freephone", "0800", "hotline", "durchwahl", "nebenstelle", "poste téléphonique", "extensión", "interno", "ramal", *_PHONE_WORDS),
        strength=Strength.SHAPE,
    ),
)  # fmt: skip
