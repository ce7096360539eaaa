"""Numbers below a hundred as words, in eight languages: facts, and no rules.

Words are given without accents and in small letters, as `spelled.py` looks them up.
No word means two numbers, so that no language has to be guessed.
"""

from collections.abc import Iterator

_UNITS = {
    "en": "zero one two three four five six seven eight nine",
    "de": "null eins zwei drei vier funf sechs sieben acht neun",
    "fr": "zero un deux trois quatre cinq six sept huit neuf",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "it": "zero uno due tre quattro cinque sei sette otto nove",
    "pt": "zero um dois tres quatro cinco seis sete oito nove",
    "nl": "nul een twee drie vier vijf zes zeven acht negen",
    "pl": "zero jeden dwa trzy cztery piec szesc siedem osiem dziewiec",
}
_OTHERS = {"oh": 0, "nought": 0, "ein": 1, "eine": 1, "zwo": 2, "fuenf": 5, "une": 1, "un": 1, "una": 1, "uma": 1, "duas": 2, "meia": 6, "jedna": 1, "dwie": 2}  # fmt: skip
_TEENS = {
    "en": "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "de": "zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn",
    "fr": "dix onze douze treize quatorze quinze seize",
    "es": "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve",
    "it": "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove",
    "pt": "dez onze doze treze catorze quinze dezasseis dezassete dezoito dezanove",
    "pt-br": "dez onze doze treze quatorze quinze dezesseis dezessete dezoito dezenove",
    "nl": "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien",
    "pl": "dziesiec jedenascie dwanascie trzynascie czternascie pietnascie szesnascie siedemnascie osiemnascie dziewietnascie",
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante septante octante nonante",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "pl": "dwadziescia trzydziesci czterdziesci piecdziesiat szescdziesiat siedemdziesiat osiemdziesiat dziewiecdziesiat",
}
AND = frozenset({"and", "und", "et", "y", "e", "en", "i"})
"""What may stand between tens and units: `cuarenta y uno`."""
TIMES = {
    "double": 2, "doppel": 2, "doppelt": 2, "doble": 2, "doppio": 2, "duplo": 2, "dobro": 2, "dubbel": 2, "dubbele": 2, "podwojne": 2, "podwojna": 2,
    "triple": 3, "treble": 3, "dreifach": 3, "triplo": 3, "triplice": 3, "driedubbel": 3, "potrojne": 3,
}  # fmt: skip
HUNDRED = frozenset({"hundred", "hundert", "cent", "cento", "honderd", "cem", "cien"})
MARKS = {
    "-": "dash hyphen minus bindestrich strich tiret guion trattino traco hifen streepje koppelteken myslnik lacznik kreska",
    ".": "dot point period punkt punto ponto punt kropka stop",
    "/": "slash schragstrich barra ukosnik schuine",
    "+": "plus",
    " ": "space leerzeichen espace espacio spazio espaco spatie spacja",
}


def numbers() -> dict[str, int]:
    """Every word, and the number that it says."""
    words = dict(_OTHERS)
    for units in _UNITS.values():
        words.update((word, number) for number, word in enumerate(units.split()))
    for teens in _TEENS.values():
        words.update((word, number) for number, word in enumerate(teens.split(), 10))
    for tens in _TENS.values():
        words.update((word, 10 * number) for number, word in enumerate(tens.split(), 2))
    words |= {"fuenfzehn": 15, "fuenfzig": 50, "zwoelf": 12, "dreizig": 30, "huitante": 80, "vingts": 20, "fourty": 40}  # fmt: skip
    words.update(_compounds())
    return words


def _compounds() -> Iterator[tuple[str, int]]:
    """What German, Dutch, Italian and Spanish write as one word."""
    german = ["ein", *_UNITS["de"].split()[2:]]
    dutch = _UNITS["nl"].split()[1:]
    italian = _UNITS["it"].split()[1:]
    for ten, (de, nl, it) in enumerate(zip(*(_TENS[lang].split() for lang in ("de", "nl", "it")), strict=True), 2):  # fmt: skip
        for unit in range(1, 10):
            number = 10 * ten + unit
            yield f"{german[unit - 1]}und{de}", number
            yield f"{german[unit - 1]}und{de}".replace("funf", "fuenf"), number
            yield f"{dutch[unit - 1]}en{nl}", number
            stem = it[:-1] if italian[unit - 1][0] in "uo" else it
            yield f"{stem}{italian[unit - 1]}", number
    for unit, word in enumerate(_UNITS["es"].split()[1:], 1):
        yield f"veinti{word}", 20 + unit
