"""Ages: numbers that say how old someone is, with the words that say so."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from curtilage.detect.phrases.lexicon import Hits, Words

BEFORE, AFTER = 48, 32  # characters around a word beside which a number is an age

_ALONE = r"(?<![^\W_])(?<![0-9][.,:/-])(?<![$€£#@])"
_N = rf"{_ALONE}(?:1[01][0-9]|[1-9]?[0-9])(?![0-9]|[.,][0-9]{2})"
_SPELLED = (
    r"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
)
_THINGS = (
    r"(?! (?:bugs?|code|codebase|companies|company|issues?|laptops?|phones?|computers?|machines?|hardware|software|versions?|systems?"
    r"|files?|buildings?|houses?|homes?|cars?|trucks?|bikes?|boats?|whisk(?:e)?y|wine|cheese|tree|trees|firm|startup|business|data"
    r"|project|projects|processors?|servers?|distro|release|releases|kernel|browser|trend|tradition|museum|bridge|church|tickets?|backups?)\b)"
)
_WHO_FR = r"(?:homme|femme|fille|fillette|garçon|enfant|fils|patiente?|personne|monsieur|dame|adolescente?|mari|épouse|mère|père|sœur|frère|étudiante?|retraitée?|individu|jeune|mineure?|bébé|victime|conducteur|cliente?)s?"
_WHO_ES = r"(?:mujer|hombre|niñ[oa]|chic[oa]|joven|paciente|persona|hij[oa]|señora?|varón|bebé|madre|padre|herman[oa]|estudiante|espos[oa]|marido|ciudadan[oa]|víctima|menor|anciano|anciana|cliente|conductora?)s?"
_WHO_IT = r"(?:donna|uomo|bambin[oa]|ragazz[oa]|paziente|persona|figli[oa]|signora?|giovane|madre|padre|marito|moglie|studente|studentessa|anzian[oa]|fratello|sorella|neonato|cliente|vittima)"
_WHO_PT = r"(?:mulher|homem|menin[oa]|rapaz|rapariga|jovem|paciente|pessoa|filh[oa]|senhora?|mãe|pai|irmão|irmã|marido|estudante|criança|idos[oa]|cliente|vítima|utente|bebé|bebê)s?"
_WHO_NL = r"(?:man|vrouw|meisje|jongen|kind|patiënte?|dochter|zoon|moeder|vader|persoon|student|baby|heer|mevrouw)"
_END = r"(?=[ ]?(?:[.,;:!?)\]\"']|\Z|\r?\n|and\b|but\b|who\b|und\b|et\b|y\b|e\b|i\b|en\b|now\b|heute\b| jetzt\b))"

_FORMS = {
    "en": (
        (rf"(?:{_N}(?:[ ]?½)?|{_ALONE}[1-9]?[0-9][.]5)[- ]?(?:years?|yrs?|yr|y|months?|weeks?)[- ]old(?:s\b)?{_THINGS}", 0.85),
        (rf"(?<![^\W_]){_SPELLED}[- ](?:years?|months?)[- ]old(?:s\b)?{_THINGS}", 0.8),
        (rf"{_N}[ ]?(?:yo|y/o|y\.o\.?|yrs?\.? old|years of age)(?![^\W_])", 0.85),
        (rf"\baged?(?: of| about| around)? (?P<value>{_N}(?:(?: and | to |-)[0-9]{{1,2}}(?![0-9]))?)(?![ ]?[%])(?!-?(?:bit|day|month))", 0.75),
        (rf"\bturn(?:s|ed|ing) (?P<value>{_N})(?=[ ]?(?:[.,;:!?)]|\Z|(?:last|this|next|in|on|yesterday|today|tomorrow|and|but|years)\b))", 0.6),
        (rf"\b(?:he|she|I)(?:'s| is|'m| am| was) (?:only |just |now |already |about |almost )?(?P<value>{_N}){_END}", 0.6),
        (r"\bin (?:his|her|my|their) (?P<value>(?:early |mid[- ]?|late )?(?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties|[2-9]0s))(?![^\W_])", 0.6),
    ),
    "de": (
        (rf"{_N}[- ]?[Jj]ährige[rnsm]?(?![^\W_])(?! (?:Erfahrung|Tradition|Garantie|Geschichte|Laufzeit|Vertrag|Bestehen|Zusammenarbeit|Jubiläum))", 0.8),
        (rf"{_N} (?:Jahre?|Monate|Wochen) (?:alt|jung)(?![^\W_])", 0.9),
        (rf"\bAlter(?: von|:)? (?:ca\. |etwa )?(?P<value>{_N}(?: (?:Jahren|Jahre))?)(?![^\W_])", 0.8),
        (rf"\b[Mm]it (?P<value>{_N} Jahren)(?![^\W_])(?! (?:Erfahrung|Garantie|Laufzeit|Berufserfahrung))", 0.5),
        (rf"\b(?:er|sie|ich) (?:ist|bin|wird|war|wurde) (?:jetzt |erst |gerade |schon )?(?P<value>{_N}(?: Jahre)?){_END}", 0.55),
    ),
    "fr": (
        (rf"\bâgée?s? d(?:e |['’]environ |['’])(?P<value>{_N}(?: ans?| mois)?)(?![^\W_])", 0.9),
        (rf"\bâge (?:de|:) ?(?P<value>{_N}(?: ans)?)(?![^\W_])", 0.85),
        (rf"\b(?:ai|as|a|avons|avez|ont|avais|avait|avaient|aura|aurai|ayant|eu|avoir|fêté?) (?:déjà |bientôt |seulement |environ |presque |à peine )?(?P<value>{_N} ans)(?! (?:de|d['’]|après|plus|pour|que|depuis)\b)(?![^\W_])", 0.7),
        (rf"\b{_WHO_FR},? (?:[^\W\d_]+ )?(?:de |d['’])?(?P<value>{_N} ans)(?! d['’e])(?![^\W_])", 0.8),
        (rf"(?:, |\()(?P<value>{_N} ans)(?=[,)])", 0.6),
    ),
    "es": (
        (rf"{_N} años de edad", 0.9),
        (rf"\bedad(?: de|:)? (?P<value>{_N}(?: años)?)(?![^\W_])", 0.85),
        (rf"\b(?:tengo|tiene|tienes|tienen|tenía|tenían|tendrá|cumpl(?:ió|e|o|ir|irá|í)) (?:ya |casi |solo |los )?(?P<value>{_N} años)(?! (?:de|en|como|después|más|que|desde)\b)(?![^\W_])", 0.75),
        (rf"\b{_WHO_ES},? (?:[^\W\d_]+ )?(?:de )?(?P<value>{_N} años)(?![^\W_])", 0.8),
        (rf"\ba los (?P<value>{_N} años)(?! de (?:la|el|su)\b)(?![^\W_])", 0.6),
        (rf"(?:, (?:de )?|\()(?P<value>{_N} años)(?=[,)])", 0.6),
    ),
    "it": (
        (rf"{_N} anni di età", 0.85),
        (rf"{_N}[- ]?enn[ei](?![^\W_])", 0.85),
        (rf"\betà(?: di|:)? (?P<value>{_N}(?: anni)?)(?![^\W_])", 0.85),
        (rf"\b(?:ho|ha|hai|hanno|aveva|avevo|avrà|compie|compio|compiut[oi]|compirà) (?:già |quasi |solo )?(?P<value>{_N} anni)(?! (?:di|fa|dopo|in|come|da|per)\b)(?![^\W_])", 0.75),
        (rf"\b{_WHO_IT},? (?:[^\W\d_]+ )?(?:di )?(?P<value>{_N} anni)(?! (?:fa|dopo)\b)(?![^\W_])", 0.8),
        (rf"\bdi anni (?P<value>{_N})(?![^\W_])", 0.65),
        (rf"(?:, (?:di )?|\()(?P<value>{_N} anni)(?=[,)])", 0.65),
    ),
    "pt": (
        (rf"{_N} anos de idade", 0.9),
        (rf"\bidade(?: de|:)? (?P<value>{_N}(?: anos)?)(?![^\W_])", 0.85),
        (rf"\b(?:tenho|tem|têm|tens|tinha|tinham|terá|fez|faz|fiz|faço|fará|completou|completa) (?:já |quase |só )?(?P<value>{_N} anos)(?! (?:de|em|como|depois|mais|que|atrás)\b)(?![^\W_])", 0.7),
        (rf"\b{_WHO_PT},? (?:[^\W\d_]+ )?(?:de |com )?(?P<value>{_N} anos)(?![^\W_])", 0.8),
        (rf"\baos (?P<value>{_N} anos)(?![^\W_])", 0.6),
        (rf"(?:, (?:de )?|\()(?P<value>{_N} anos)(?=[,)])", 0.6),
    ),
    "nl": (
        (rf"{_N} jaar oud", 0.85),
        (rf"{_N}[- ]?jarige?[ns]?(?![^\W_])", 0.85),
        (rf"\bleeftijd(?: van|:)? (?P<value>{_N}(?: jaar)?)(?![^\W_])", 0.85),
        (rf"\b(?:is|ben|was|wordt|bent|werd) (?:nu |pas |al |bijna )?(?P<value>{_N} jaar)(?! (?:geleden|lang|in|bij|werkzaam|actief)\b)(?![^\W_])", 0.7),
        (rf"\b{_WHO_NL},? (?:van )?(?P<value>{_N} jaar)(?![^\W_])", 0.7),
        (rf"(?:, |\()(?P<value>{_N} jaar)(?=[,)])", 0.7),
    ),
    "pl": (
        (rf"{_N}[- ]?letni(?:a|ą|e|ego|ej|emu|m)?(?![^\W_])(?! (?:gwarancj|doświadczeni|umow|okres))", 0.8),
        (rf"{_N}[- ]?lat(?:ek|ka|ki|kę|ką|kiem|ka)(?![^\W_])", 0.85),
        (rf"\bwieku?:? (?P<value>{_N}(?: lat)?)(?![^\W_])", 0.85),
        (rf"\b(?:ma|mam|masz|mają|miał|miała|skończył|skończyła|ukończył|ukończyła|kończy) (?:już |tylko |prawie |dopiero )?(?P<value>{_N} lat)(?! (?:doświadcz|temu|w|pracy|gwarancj|stażu))(?![^\W_])", 0.75),
        (rf"\blat (?P<value>{_N})(?![^\W_])", 0.65),
        (rf"(?:, |\()(?P<value>{_N} (?:lat|l\.))(?=[,)])", 0.65),
    ),
}  # fmt: skip
_PATTERNS = {
    language: [(re.compile(pattern, re.IGNORECASE), score) for pattern, score in forms]
    for language, forms in _FORMS.items()
}


class Age(NamedTuple):
    """An age and how sure it is."""

    start: int
    end: int
    score: float


def find_ages(words: Words, hits: Hits) -> Iterator[Age]:
    """The ages of a text."""
    text = words.text
    for hit in hits.get("age", ()):
        first, last = max(0, hit.start - BEFORE), min(len(text), hit.end + AFTER)
        for pattern, score in _PATTERNS[hit.term.language]:
            for match in pattern.finditer(text, first, last):
                if not match.start() <= hit.start <= match.end():
                    continue
                yield Age(*match.span("value" if "value" in pattern.groupindex else 0), score)
