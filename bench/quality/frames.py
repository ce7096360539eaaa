"""Sentences and data around a value: with a naming word, without one, in eight languages."""

from collections.abc import Mapping

NAMED: Mapping[str, tuple[str, ...]] = {
    "en": (
        "My {name} is {value}, in case you need it.",
        "{name}: {value}",
        "Please put {name} {value} on the form before Friday.",
        "The customer read out {value} as the {name} on the phone.",
        "We could not verify the {name} you gave us ({value}); could you check it again?",
        "For the record, her {name} was changed to {value} last month.",
    ),
    "de": (
        "Meine {name} lautet {value}.",
        "{name}: {value}",
        "Bitte tragen Sie die {name} {value} ins Formular ein.",
        "Die Kundin hat am Telefon {value} als {name} angegeben.",
    ),
    "fr": (
        "Mon {name} est le {value}.",
        "{name} : {value}",
        "Merci de noter le {name} {value} dans le dossier.",
    ),
    "es": (
        "Mi {name} es {value}.",
        "{name}: {value}",
        "Le confirmo que el {name} del cliente es {value}.",
    ),
    "it": ("Il mio {name} è {value}.", "{name}: {value}", "Confermo che il {name} è {value}."),
    "pt": ("O meu {name} é {value}.", "{name}: {value}", "Segue o {name} do cliente: {value}."),
    "nl": ("Mijn {name} is {value}.", "{name}: {value}", "Vul bij {name} {value} in."),
    "pl": ("Mój {name} to {value}.", "{name}: {value}", "Proszę wpisać {name} {value}."),
}
DATA = (
    '{{"id": 7, "{field}": "{value}", "ok": true}}',
    "{field}={value}",
    "id,{field},city\n1,{value},Bern",
    "INSERT INTO people (id, {field}) VALUES (7, '{value}');",
    "name\t{name}\nAda\t{value}",
)
UNNAMED: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Could you check {value} for me?",
        "I just got {value} from them, is that still right?",
        "It says {value} here.",
        "{value} is what she wrote down for us.",
        "Please use {value} from now on.",
    ),
    "de": ("Können Sie bitte {value} prüfen?", "Hier steht {value}.", "Ab jetzt bitte {value} verwenden."),
    "fr": ("Pouvez-vous vérifier {value} ?", "Il est écrit {value} ici."),
    "es": ("¿Puede revisar {value}, por favor?", "Aquí pone {value}."),
    "it": ("Può controllare {value}, per favore?", "Qui c'è scritto {value}."),
    "pt": ("Pode verificar {value}, por favor?", "Aqui diz {value}."),
    "nl": ("Kunt u {value} even nakijken?", "Hier staat {value}."),
    "pl": ("Czy może Pan sprawdzić {value}?", "Tutaj jest napisane {value}."),
}  # fmt: skip
LANGUAGES: Mapping[str, str] = {
    "DE": "de", "AT": "de", "CH": "de", "FR": "fr", "BE": "fr", "LU": "fr", "ES": "es", "MX": "es", "AR": "es",
    "CL": "es", "CO": "es", "PE": "es", "EC": "es", "UY": "es", "PY": "es", "VE": "es", "DO": "es", "IT": "it",
    "PT": "pt", "BR": "pt", "NL": "nl", "PL": "pl",
}  # fmt: skip
