"""Whether a number without a name stands alone in prose, as only few numbers do.

A number that passes a check digit by chance is common: one in ten does. In a log,
in code or in a table it is therefore nothing. In a sentence, `please check 943 476
5870 for me`, it most likely is somebody's number, unless a word beside it says what
else it is: an order, a build, so many rows.
"""

import re
from functools import lru_cache

BEFORE, AFTER = 64, 48  # how far is looked around
HEAD = 80  # of the line: there a log says when, how grave and where
FARTHEST = 400  # a line that is longer is no sentence of a person's
LEAST_WORDS = 2  # of prose, in the same sentence
_CODE = re.compile(
    r"[{}<>=|\\$_`\[\]#~^]|::|->|\b0x|[a-z0-9][.][a-z_]+\(|[A-Za-z0-9]/[A-Za-z0-9]|;\s*$"
)
_LOG = re.compile(r"\b(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL)\b|[0-9]{2}:[0-9]{2}:[0-9]{2}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NEXT_WORD = re.compile(r"\s{0,2}([^\W\d_]+|%|€|\$|£)")
_FILLERS = frozenset({"no", "nr", "num", "number", "id", "nummer", "numéro", "numero", "número", "is", "ist", "est", "es", "to", "è"})  # fmt: skip
_LEFT = " \t\u00a0(\"'“„«:"
_SMALL = re.compile(r"[^\W\d_A-Z]{2}")  # no word of prose is without: one of them is small
FARTHEST_AFTER = AFTER + 48  # characters, with those of the longest number
_DIGITS = "0123456789"
_MARKS = " \t\u00a0:#.,-(\"'“„«№"
# What else a number is, in the words of eight languages. Singular; a plural `s`, `e`, `n` or `en` is seen too.
_THINGS = frozenset(
    {
        "order", "invoice", "ticket", "issue", "tracking", "parcel", "shipment", "build", "revision", "commit", "version", "release", "sku", "part", "item",
        "product", "article", "model", "serial", "batch", "lot", "isbn", "ean", "upc", "gtin",
        "page", "line", "row", "chapter", "section", "figure", "table", "step", "port", "pid", "offset", "size", "count", "total", "amount", "price", "sum",
        "balance", "budget", "population", "year", "timestamp", "epoch", "seed", "hash",
        "bestellung", "bestellnummer", "rechnung", "rechnungsnummer", "auftrag", "auftragsnummer", "sendung", "sendungsnummer", "artikel", "artikelnummer",
        "seite", "zeile", "vorgang", "vorgangsnummer", "aktenzeichen", "betrag", "summe", "preis",
        "commande", "facture", "colis", "ligne", "montant", "prix", "dossier", "suivi",
        "pedido", "factura", "envío", "paquete", "artículo", "página", "línea", "importe", "precio", "expediente", "ordine", "fattura", "spedizione", "pacco",
        "articolo", "pagina", "riga", "importo", "prezzo", "pratica",
        "encomenda", "fatura", "artigo", "linha", "montante", "preço", "bestelling", "factuur", "pakket", "zending", "regel", "bedrag", "prijs",
        "zamówienie", "zamówienia", "faktura", "faktury", "paczka", "przesyłka", "artykuł", "strona", "kwota", "cena", "pr", "pull", "ref",
    }
)  # fmt: skip
_UNITS = frozenset(
    {
        "bytes", "byte", "kb", "mb", "gb", "kib", "mib", "ms", "s", "sec", "seconds", "minutes", "hours", "days", "rows", "records", "items", "users", "people",
        "times", "lines", "requests", "tokens", "entries", "files", "hits", "events", "steps", "euros", "eur", "usd", "gbp", "dollars", "pounds", "zł", "pln",
        "chf",
        "km", "m", "cm", "mm", "kg", "g", "w", "kw", "kwh", "hz", "mhz", "ghz", "px", "pt", "percent", "%", "€", "$", "£", "zeilen", "einträge", "nutzer",
        "personen", "stück", "sekunden", "einwohner", "lignes", "personnes", "octets", "habitants", "filas", "personas", "habitantes", "righe", "persone",
        "abitanti",
        "linhas", "pessoas", "regels", "mensen", "inwoners", "wierszy", "osób", "million", "millions", "milliard", "billion", "thousand", "mio",
    }
)  # fmt: skip


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is alone in prose and nothing says what else it is."""
    line = text.rfind("\n", max(0, start - FARTHEST), start) + 1 or max(0, start - FARTHEST)
    before, after = _beside(text, start, end)
    return (
        _is_apart(before[-1:], after[:2])
        and _is_prose(before, after)
        and not _is_something_else(before, after)
        and _LOG.search(text, line, min(line + HEAD, start)) is None
    )


def may_stand_alone(text: str, start: int) -> bool:
    """Whether what begins at `start` can: a cell of a table and a name in code cannot."""
    line = text.rfind("\n", max(0, start - BEFORE), start) + 1 or max(0, start - BEFORE)
    stop = text.find("\n", start, start + FARTHEST_AFTER)
    around = text[line : stop if stop >= 0 else start + FARTHEST_AFTER]
    return (
        (start == line or text[start - 1] in _LEFT)
        and _SMALL.search(around) is not None
        and len(_WORD.findall(around)) >= LEAST_WORDS
    )


def end_of_log_mark(text: str, line: int) -> int:
    """Where the time or the level ends that marks a line as one of a log; -1: none does.

    Nothing behind it, in a line that is not endless, stands alone."""
    match = _LOG.search(text, line, line + HEAD)
    return match.end() if match is not None else -1


def _is_apart(left: str, right: str) -> bool:
    """White space, a quotation mark or a bracket before it; the same or a stop after it."""
    return (not left or left in _LEFT) and (
        not right
        or right[0] in " \t\u00a0)\"'”“»?!"
        or (right[0] in ".,;:" and not right[1:].strip())
    )


def signs_of_code(text: str, start: int, end: int) -> int:
    """How much beside `text[start:end]`, in its line, is written in code and not in prose."""
    before, after = _beside(text, start, end)
    return len(_CODE.findall(before)) + len(_CODE.findall(after))


def _beside(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and behind, in the same line and not far."""
    line = text.rfind("\n", max(0, start - FARTHEST), start) + 1 or max(0, start - FARTHEST)
    stop = text.find("\n", end, end + AFTER)
    return text[max(line, start - BEFORE) : start], text[end : stop if stop >= 0 else end + AFTER]


@lru_cache(maxsize=256)
def _is_prose(before: str, after: str) -> bool:
    around = f"{before} {after}"
    if _CODE.search(around) or _LOG.search(around):
        return False
    words = _WORD.findall(around)
    if sum(map(len, words)) < sum(map(around.count, _DIGITS)):
        return False  # more figures than letters: a table, whatever its titles
    return len(words) >= LEAST_WORDS and any(word.islower() for word in words)


def _is_something_else(before: str, after: str) -> bool:
    words = [word.strip(_MARKS).lower() for word in before.split()[-4:]]
    named = [word for word in words if word and word not in _FILLERS][-1:]
    if named and not _THINGS.isdisjoint(_singulars(named[0])):
        return True
    counted = _NEXT_WORD.match(after)
    return counted is not None and counted[1].lower() in _UNITS


def _singulars(word: str) -> tuple[str, ...]:
    return word, *(word.removesuffix(ending) for ending in ("s", "e", "n", "en"))
