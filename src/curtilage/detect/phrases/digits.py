"""Dates and times in numbers: `12.03.1987`, `2026-05-03T10:00Z`, `14:30 Uhr`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

DAY = r"(?:3[01]|[12][0-9]|0?[1-9])"
_MONTH = r"(?:1[0-2]|0?[1-9])"
YEAR = r"(?:1[5-9]|20|21)[0-9]{2}"
_TWO = r"(?:1[0-2]|0[1-9])"
_END = r"(?![^\W_])(?![-/.:,][0-9])"
APART = r"(?<![^\W_])(?<![0-9][-./:,])(?<![$#@=<>~^])"

# RFC 3339 and what logs and people make of it.
_ZONE = r"(?:Z|UTC|GMT|CES?T|[ECMP][SD]T|[+-][0-9]{2}:?[0-9]{2})(?![^\W_])"
CLOCK = (
    r"(?:[01]?[0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?"
    rf"(?: ?{_ZONE})?"
)
_ISO = rf"{YEAR}-{_TWO}-(?:3[01]|[12][0-9]|0[1-9])(?:[T ]{CLOCK})?|{YEAR}{_TWO}[0-3][0-9]T[0-2][0-9][0-5][0-9](?:[0-5][0-9])?Z?"
_NUMERIC = re.compile(
    rf"(?P<iso>(?<![0-9])(?<![0-9][-./:]){_ISO}(?![0-9])(?!-[0-9]))"
    rf"|{APART}(?:(?P<big>{YEAR}(?P<mark1>[-/.]){_TWO}(?P=mark1)(?:3[01]|[12][0-9]|0[1-9])|{YEAR}/{_MONTH}/{DAY})"
    rf"|(?P<day>{DAY})(?P<mark>[-/.]| ?[-/] ?|\. ?)(?P<month>{DAY})(?P=mark)"
    rf"(?P<year>{YEAR}|'?[0-9]{{2}})|(?P<roman>{DAY}[ .](?:I{{1,3}}|I?V|VI{{1,3}}|I?X|XI{{1,2}})[ .]{YEAR}))(?:T{CLOCK})?(?:{_END}|(?=r(?![^\W_])))"
)
_NUMERIC_MAY = re.compile(
    r"[0-9]{1,4} ?[-/.] ?[0-9]{1,2} ?[-/.] ?['0-9]|[12][0-9]{7}T[0-9]{4}|[0-9]{1,2}[ .][IVX]{1,4}[ .][12]"
)

# What says that a number is a day or a time, right before it.
_ON = re.compile(
    r"(?<![^\W_])(?:on|by|until|till|since|before|after|from|to|le|du|au|dès le|avant le|depuis le"
    r"|am|vom|bis|zum|ab|seit|den|dem|der|el|del|al|día|il|dal|dia|op|van|tot|dnia|od|do|date|datum"
    r"|datę|fecha|data|born|geboren|geb\.?|né|née|nacid[oa]|nat[oa]|nascid[oa]|ur\.?)\b:? ?\Z",
    re.IGNORECASE,
)
_AT = re.compile(
    r"(?<![^\W_])(?:at|from|to|until|till|by|around|before|after|um|ab|bis|gegen|von|à|vers|dès|avant"
    r"|après|de|las|la|alle|ore|dalle|às|as|das|om|vanaf|rond|tot|o|od|do|godz|godzinie|około|time|zeit"
    r"|heure|hora|ora|tijd|czas)\b[.:]? ?\Z",
    re.IGNORECASE,
)
_AT_DOTTED = re.compile(
    r"(?<![^\W_])(?:um|alle|ore|om|o|godz\.|godzinie|kl\.|às|uhrzeit|ora|orario) ?\Z", re.IGNORECASE
)
# And that a month or a year is one.
IN = re.compile(
    r"(?<![^\W_])(?:in|im|during|since|until|of|last|next|this|en|de|depuis|mois de|desde|mes de|hasta|a|nel mese di|di"
    r"|em|no mês de|sinds|w|od|do|seit|early|late|mid|Anfang|Ende|Mitte|fin|début|finales de|principios de) ?-?\Z",
    re.IGNORECASE,
)
_SHORT_MAY = re.compile(r"(?<= )[0-9]{1,2}(?:[./]|\. )[0-9]{1,2}")
_SHORT_DATE = re.compile(
    rf"(?:{DAY})(?:([./])|(\. ))(?:{DAY})(?:\.|(?<!\.[0-9])(?<!\.[0-9][0-9])(?<!\. [0-9])(?<!\. [0-9][0-9])(?![./]))(?![^\W_])(?![-/.:,]?[0-9])"
)
_MONTH_YEAR_MAY = re.compile(r"[0-9]{1,2}[/.](?=(?:19|20)[0-9]{2})|(?:19|20)[0-9]{2}-(?=[01][0-9])")
_MONTH_YEAR = re.compile(
    rf"{APART}(?:{_MONTH}[/.](?:19|20)[0-9]{{2}}|(?:19|20)[0-9]{{2}}-{_TWO}){_END}"
)
_IN_YEAR = re.compile(
    r"(?<![^\W_])(?:in|since|until|before|after|from|between|year|seit|jahre?|ab|bis|zwischen|en|depuis|dès|avant|vers|entre|année|an"
    r"|desde|hasta|año|nel|dal|tra|anno|em|ano|sinds|tussen|jaar|w|od|do|rok|roku|fin|début|finales|principios"
    r") \Z",
    re.IGNORECASE,
)
_YEAR_MAY = re.compile(r"[12][089][0-9]{2}")
_YEAR_ALONE = re.compile(
    r"(?<= )(?:1[89]|20)[0-9]{2}(?![^\W_])(?![-/.:,][0-9])(?! ?[%$€£+*/=(]|[ -](?:bits?|bytes?|ms|px|[kKMG]?i?B|items"
    r"|tokens|characters|requests|entries|lines|pages|euros?|EUR|USD|dollars|francs|pesetas|Zeichen)\b)"
)
_YEAR_MORE = re.compile(
    r"(?:,| ?-| (?:y|et|and|und|e|i|en|or)) ((?:1[89]|20)[0-9]{2})(?![^\W_])(?![-/.:,][0-9])"
)

_TWELVE = (
    r"(?:1[0-2]|0?[1-9])(?:[:.][0-5][0-9](?::[0-5][0-9])?)? ?"
    r"(?:[ap]m|[AP]M|[ap]\.m\.?|[AP]\.M\.?|o'?clock)"
)
# `(?<![0-9])` lets a time stand behind a comma or a bracket, not inside a number or a path.
_TIME = re.compile(
    r"(?<![^\W_])(?<![0-9][.,:/-])(?<![$#@/\\.:=_<\[+-])(?<!\[[0-9][0-9]:)(?:"
    rf"(?P<sure>{_TWELVE}(?: ?- ?{_TWELVE})?(?: {_ZONE})?"
    r"|(?:[01]?[0-9]|2[0-4])(?:[:.][0-5][0-9])?(?: ?- ?(?:[01]?[0-9]|2[0-4])(?:[:.][0-5][0-9])?)? ?(?:Uhr|uur)"
    r"(?: [0-5][0-9](?! ?[%€$]))?"
    r"|(?:[01]?[0-9]|2[0-3]) ?[hH] ?[0-5][0-9](?:min)?"
    r"|(?:1[0-2]|[1-9]) heures (?:du matin|du soir|de l['’]après-midi)"
    r"|(?:1[0-2]|[1-9])(?:[:.][0-5][0-9])? de la (?:mañana|tarde|noche|madrugada)"
    r"|(?:1[0-2]|[1-9]) (?:del mattino|del pomeriggio|di sera|da manhã|da tarde|da noite|du matin|du soir))"
    rf"|(?P<bare>{CLOCK}(?:-{CLOCK})?(?: ?(?:h|hs|hrs|hours|godz)\b\.?)?)"
    r"|(?P<named>(?:[01]?[0-9]|2[0-4])(?:[.][0-5][0-9]| ?(?:h|heures?|horas|uur)\b(?: (?:et )?[0-5][0-9])?))"
    r")(?![^\W_])(?![-/:][0-9])(?!\.[0-9])(?!\])"
)
_TIME_MAY = re.compile(
    r"[0-9]{1,2}(?:[:.hH][0-9]| ?(?:[apAP]\.?[mM]|[oO]'?clock|Uhr|uur|[hH]|d[eiua]))"
)


class Span(NamedTuple):
    """A date or time, or a part of one: where, how sure, and whether it stands alone."""

    start: int
    end: int
    score: float


def find_in_numbers(text: str) -> Iterator[Span]:
    """The dates and times of a text that are written in numbers, in no order."""
    yield from _numeric(text)
    yield from _short(text)
    yield from _times(text)


def _numeric(text: str) -> Iterator[Span]:
    for start in _places(_NUMERIC_MAY, text):
        match = _NUMERIC.match(text, start)
        if match and (score := _numeric_score(match)):
            yield Span(match.start(), match.end(), score)


def _places(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    return (match.start() for match in pattern.finditer(text))


def _numeric_score(match: re.Match[str]) -> float:
    if match["iso"] or match["big"]:
        before = match.string[max(0, match.start() - 2) : match.start()]
        return 0.0 if before.endswith(("v", "V", "==", ">=", "<=")) else 0.9
    if match["roman"]:
        return 0.8
    day, month, year, mark = match["day"], match["month"], match["year"], match["mark"].strip()
    if int(day) > 12 and int(month) > 12:
        return 0.0
    if len(year) == 4:
        return 0.9 if len(match["mark"]) == 1 else 0.8
    padded = len(day) == len(month) == 2
    if mark == "/":
        return 0.7 if padded else 0.6
    before = match.string[max(0, match.start() - 12) : match.start()]
    return 0.6 if padded or _ON.search(before) else 0.0


def _short(text: str) -> Iterator[Span]:
    """Dates without a year, months and years in numbers, years alone: where a word says so."""
    for start in _places(_MONTH_YEAR_MAY, text):
        match = _MONTH_YEAR.match(text, start)
        before = text_before(text, start)
        if match and (_ON.search(before) or IN.search(before)):
            yield Span(start, match.end(), 0.5)
    for start in _places(_YEAR_MAY, text):
        match = _YEAR_ALONE.match(text, start)
        if match and _IN_YEAR.search(text_before(text, start)):
            yield Span(start, match.end(), 0.45)
            while more := _YEAR_MORE.match(text, match.end()):
                yield Span(*more.span(1), 0.45)
                match = more
    for start in _places(_SHORT_MAY, text):
        match = _SHORT_DATE.match(text, start)
        if match and len(match[0]) > 3 and _ON.search(text_before(text, start)):
            yield Span(start, match.end(), 0.45)


def text_before(text: str, place: int) -> str:
    return text[max(0, place - 16) : place]


def _times(text: str) -> Iterator[Span]:
    for start in _places(_TIME_MAY, text):
        match = _TIME.match(text, start)
        if not match:
            continue
        if match["sure"]:
            yield Span(start, match.end(), 0.7)
        elif match["named"]:
            cue = _AT_DOTTED if "." in match["named"] else _AT
            if cue.search(text_before(text, start)):
                yield Span(start, match.end(), 0.5)
        elif (
            match["bare"].count(":") > 1
            or len(match["bare"]) > 4
            or _AT.search(text_before(text, start))
        ):
            yield Span(start, match.end(), 0.5)
