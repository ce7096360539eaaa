"""Whole texts of each genre, put together from sentences, labels and values."""

from collections.abc import Callable
from random import Random

from tools.tagger.generate.frames import Frames
from tools.tagger.generate.pieces import Piece, pick

_BREAK = Piece("\n")
_TYPES = {"name": "PERSON", "given": "PERSON", "family": "PERSON", "address": "STREET_ADDRESS", "city": "LOCATION", "country": "LOCATION", "company": "ORGANIZATION"}  # fmt: skip
_SECTIONS = {"person": 46, "plain": 26, "address": 9, "place": 8, "org": 11}


def _sentences(frames: Frames, count: int, glue: str = " ") -> list[Piece]:
    found: list[Piece] = []
    for place in range(count):
        found += [Piece(glue)] if place else []
        found += frames.sentence(pick(frames.source, _SECTIONS))
    return found


def chat(frames: Frames) -> list[Piece]:
    source = frames.source
    found = _sentences(frames, source.choice((1, 1, 1, 2, 2, 3)), source.choice((" ", " ", "\n")))
    if source.random() < 0.25:
        return [*frames.sentence("opening"), Piece(source.choice((" ", "\n"))), *found]
    return found


def dialogue(frames: Frames) -> list[Piece]:
    """Turns of two or three who write to each other."""
    source = frames.source
    speakers: list[Piece] = [
        Piece(make(), "PERSON")
        if source.random() < 0.75
        else Piece(source.choice(("Agent", "Customer", "User", "Bot", "Support")))
        for make in source.choices((frames.people.given, frames.people.full), k=2)
    ]
    form = source.choice(("{}: ", "[{}] ", "<{}> ", "10:4{} {}: ", "{} - "))
    found: list[Piece] = []
    for turn in range(source.randint(2, 5)):
        before, after = form.replace("{} {}", "1 {}").split("{}")
        found += [Piece(before), speakers[turn % 2], Piece(after)]
        found += [*_sentences(frames, source.choice((1, 1, 2))), _BREAK]
    return found


def mail(frames: Frames) -> list[Piece]:
    source = frames.source
    found: list[Piece] = []
    if source.random() < 0.35:
        found += _headers(frames)
    found += [*frames.sentence("opening"), _BREAK, _BREAK]
    for _ in range(source.choice((1, 1, 2))):
        found += [
            *_sentences(frames, source.choice((1, 2, 3)), source.choice((" ", " ", "\n"))),
            _BREAK,
            _BREAK,
        ]
    closing = frames.sentence("closing")
    return [*found, *(Piece(piece.text.replace("|", "\n"), piece.type) for piece in closing)]


def _headers(frames: Frames) -> list[Piece]:
    source = frames.source
    found: list[Piece] = []
    for name in ("From", "To", "Cc")[: source.randint(1, 3)]:
        person = frames.people.full()
        quote = source.choice(("", "", '"'))
        found += [
            Piece(f"{name}: {quote}"),
            Piece(person, "PERSON"),
            Piece(f"{quote} <{frames.address_of(person)}>\n"),
        ]
    found += [
        Piece("Subject: "),
        *frames.sentence(pick(source, {"plain": 7, "person": 3})),
        Piece("\n\n"),
    ]
    return found


def _value(frames: Frames, kind: str) -> Piece:
    people, places, source = frames.people, frames.places, frames.source
    makers: dict[str, Callable[[], str]] = {
        "name": people.full, "given": people.given, "family": people.family, "address": places.address, "city": places.city,
        "country": places.country, "company": places.organisation, "other": lambda: source.choice(frames.labels["values"]),
    }  # fmt: skip
    return Piece(makers[kind](), _TYPES.get(kind))


_FIELDS = {
    "name": 34,
    "given": 9,
    "family": 9,
    "address": 13,
    "city": 7,
    "country": 4,
    "company": 9,
    "other": 28,
}


def form(frames: Frames) -> list[Piece]:
    source = frames.source
    mark = source.choice((": ", ": ", ":\t", " : ", " | ", " - ", ":\n", "\t", " = "))
    start = source.choice(("", "", "", "- ", "* ", "| "))
    found: list[Piece] = []
    for _ in range(source.randint(1, 7)):
        kind = pick(source, _FIELDS)
        found += [
            Piece(f"{start}{source.choice(frames.labels[kind])}{mark}"),
            _value(frames, kind),
            _BREAK,
        ]
    return found


_KEYS = {
    "name": "name fullName full_name customer customer_name patient contact owner assignee author employee recipient user_name cardholder manager displayName created_by".split(),
    "given": "first_name firstName given_name vorname prenom nombre nome voornaam imie".split(),
    "family": "last_name lastName surname family_name nachname nom apellido cognome sobrenome achternaam nazwisko".split(),
    "address": "address street street_address addressLine1 shipping_address adresse direccion indirizzo adres".split(),
    "city": "city town location birthplace ort ville ciudad stad miasto".split(),
    "country": "country land pays pais".split(),
    "company": "company employer organization vendor firma societe empresa bedrijf".split(),
    "other": "status type priority category title plan channel role event level state product".split(),
}
_CODES = "active pending Premium enabled INFO order.created Europe/Berlin en-US Visa true Mozilla/5.0 Windows OPEN admin Standard Shipped High text/html Submit UTC".split()


def record(frames: Frames) -> list[Piece]:
    """Objects in JSON, YAML or XML, and rows of a table."""
    source = frames.source
    kinds = [pick(source, _FIELDS) for _ in range(source.randint(2, 6))]
    if source.random() < 0.35:
        return _rows(frames, kinds)
    before, after, gap, ends = source.choice(
        (('"{}": "', '"', ", ", "{}"), ('    "{}": "', '"', ",\n", "{}"), ("{}: ", "", "\n", ("", "")), ("<{}>", "</{}>", "", ("<row>", "</row>")), ("{}='", "'", " ", ("", "")), ("{}=", "", "&", ("", "")))
    )  # fmt: skip
    found = [Piece(ends[0])]
    for place, kind in enumerate(kinds):
        key = source.choice(_KEYS[kind])
        value = Piece(source.choice(_CODES)) if kind == "other" else _value(frames, kind)
        found += [
            Piece((gap if place else "") + before.format(key)),
            value,
            Piece(after.format(key)),
        ]
    return [*found, Piece(ends[1])]


def _rows(frames: Frames, kinds: list[str]) -> list[Piece]:
    source = frames.source
    mark = source.choice((",", ";", "\t", " | ", ", "))
    found = (
        [Piece(mark.join(source.choice(_KEYS[kind]) for kind in kinds) + "\n")]
        if source.random() < 0.7
        else []
    )
    for _ in range(source.randint(1, 5)):
        for place, kind in enumerate(kinds):
            value = Piece(source.choice(_CODES)) if kind == "other" else _value(frames, kind)
            quote = '"' if mark[0] in value.text else ""
            found += [Piece((mark if place else "") + quote), value, Piece(quote)]
        found.append(_BREAK)
    return found


_CODE = (
    "# TODO({g}): remove this after the migration|// {p}, {d}: see ticket {n}|# Copyright (c) 2024 {p}|/* Author: {p} <{e}> */|-- created by {p}|@author {p}|Co-authored-by: {p} <{e}>|Signed-off-by: {p} <{e}>|Reviewed-by: {p} <{e}>"
    '|user = User(name="{p}", city="{c}")|INSERT INTO users VALUES (1, \'{p}\', \'{c}\');|logger.info("Welcome %s", "{p}")|commit by {p}|* {d} {p} <{e}>|# ask {g} before you change this|greet("{g}")'
    '|"author": "{p}"|name = "{p}"|# Thanks to {p} for the patch|customer = {{"name": "{p}", "street": "{a}"}}|2026-03-01 12:03:11 INFO user {p} logged in from 10.0.0.8|Mar 01 12:03 host app[311]: mail sent to {p} <{e}>'
    '|[WARN] no address for {p}|ERROR payment failed for customer {p} ({n})|INFO  Delivery to {a} confirmed|DEBUG owner="{p}" action=login|WARN duplicate of {p}'
).split("|")  # fmt: skip
_PLAIN_CODE = """def load_config(path):|    return json.load(open(path))|class UserService(BaseService):|import numpy as np|from django.db import models|if __name__ == "__main__":|SELECT * FROM Orders WHERE Status = 'Open';|const App = () => <Button onClick={save}>Save</Button>|public static void main(String[] args) {|# Parse the header and return the Body|// Fix for Chrome and Safari on Windows|raise ValueError("Unexpected token")|logger.error("Connection to Redis lost")
2026-03-01 12:03:11 ERROR Connection refused by upstream Proxy|[INFO] Building Docker image for Linux|WARNING: Retrying in 5 seconds|Traceback (most recent call last):|java.lang.NullPointerException: Cannot invoke method|GET /api/v1/Users/42 HTTP/1.1 200|FATAL: password authentication failed for user "postgres"|npm WARN deprecated Request package|## Getting Started|### Installation Guide|Run `make test` before you open a Pull Request.|MIT License|Permission is hereby granted, free of charge, to any person|Requires Python 3.11 or Node 20.|- Added: Dark Mode and Keyboard Shortcuts|- Fixed: Memory Leak in Worker Pool|The Kubernetes cluster runs on Azure and AWS.|Returns a Promise that resolves to the Response.|Uses a Bloom Filter and a Merkle Tree.|:param Session session: the Session to use|Euler angles, Gaussian blur, Fourier transform and Markov chain|Set Content-Type to application/json|Use the Builder and Factory patterns|enum Color { Red, Green, Blue }|Jan Feb Mar Apr Jun|<h1>Welcome</h1>|Authorization: Bearer|Host: localhost|User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64)|Docker Compose, Terraform and Jenkins are required|Cython, Pandas, Django, Flask and Celery|Apache Kafka Connect, Spring Boot|Bash, Perl, Julia, Pascal, Ada and Ruby|Added support for Postgres, Redis and Mongo|See Chapter 4, Section 2 and Table 3|Debian and Ubuntu packages""".replace(
    "\n", "|"
).split("|")


def code(frames: Frames) -> list[Piece]:
    """Lines of programs and logs, most without a name."""
    source = frames.source
    found: list[Piece] = []
    for _ in range(source.randint(1, 6)):
        named = source.random() < 0.3
        line = frames.fill(source.choice(_CODE)) if named else [Piece(source.choice(_PLAIN_CODE))]
        found += [Piece(source.choice(("", "", "    "))), *line, _BREAK]
    return found


def notes(frames: Frames) -> list[Piece]:
    """A run of sentences: minutes, medical and personnel notes, reports."""
    return _sentences(
        frames, frames.source.randint(2, 6), frames.source.choice((" ", " ", "\n", "\n- "))
    )


def article(frames: Frames) -> list[Piece]:
    section = "encyclopedia" if frames.has("encyclopedia") else "person"
    found: list[Piece] = []
    for place in range(frames.source.choice((1, 1, 2, 3))):
        found += [Piece(" ")] if place else []
        found += frames.sentence(section)
    return found


def ticket(frames: Frames) -> list[Piece]:
    return [*form(frames), _BREAK, *notes(frames)]


GENRES: dict[str, tuple[Callable[[Frames], list[Piece]], int]] = {
    "chat": (chat, 26), "dialogue": (dialogue, 7), "mail": (mail, 20), "form": (form, 10), "record": (record, 8),
    "code": (code, 9), "notes": (notes, 12), "ticket": (ticket, 4), "article": (article, 6),
}  # fmt: skip


def choose(source: Random) -> str:
    return pick(source, {name: weight for name, (_, weight) in GENRES.items()})
