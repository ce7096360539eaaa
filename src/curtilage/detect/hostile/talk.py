"""Whether a cue is used or only talked about: security texts quote what they warn of.

"Attackers tell the model to *ignore previous instructions*" is no attack, nor is
a table of examples in quotes. Being talked about takes most of a cue's weight,
never all of it: whoever hides an attack in an article about attacks is still
seen when enough comes together.
"""

import re
from collections.abc import Iterable

from curtilage.detect.hostile.cues import Hit


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Words of those who write about attacks, seldom of those who make one.
ABOUT = _words(
    "injection injections attack attacks attacker attackers attacking adversary "
    "adversaries adversarial malicious vulnerability vulnerabilities vulnerable owasp "
    "mitigation mitigations mitigate mitigating defense defenses defence defences detector "
    "detectors detect detects detecting detection detected classifier classifiers scanner "
    "scanners benchmark benchmarks dataset datasets payload payloads exploit exploits "
    "exploitation exploited guardrail guardrails red-team teaming redteam jailbreak "
    "jailbreaks jailbreaking sanitize sanitise sanitization threat threats untrusted cve "
    "probe probes garak pyrit promptfoo phishing researchers paper arxiv evaluate "
    "evaluates evaluation evaluations robustness example examples pattern patterns regex "
    "heuristic heuristics test tests testing fixture assert docstring spoofing smuggling "
    "llms angriff angriffe angreifer schwachstelle erkennung attaque attaques attaquant "
    "vulnerabilite ataque ataques atacante vulnerabilidad vulnerabilidade attacco attacchi "
    "attaccante vulnerabilita deteccion aanval aanvallen aanvaller kwetsbaarheid atak "
    "ataki atakow napastnik podatnosc wykrywanie iniezione injektion injectie inyeccion "
    "injecao wstrzykiwanie"
)
_STRONG = _words(
    "injection injections attacker attackers adversarial owasp mitigation mitigations "
    "detector detectors detection jailbreaks jailbreaking guardrail guardrails "
    "vulnerability vulnerabilities payloads payload benchmark probes probe garak pyrit "
    "classifier angreifer attaquant atacante attaccante aanvaller red-team teaming threat "
    "scanner malicious smuggling"
)
_QUOTES = '"“”„«»`‘'
_BEFORE = 90  # characters looked back from a cue
_TOLD = re.compile(
    r"(?:\b(?:attackers?|users?|someone|adversar(?:y|ies)|they|he|she|it|hackers?|people|who|which|that|prompts?|payloads?|injections?|documents?|texts?|web ?pages?|emails?|inputs?|messages?|attacks?|instructions?|strings?|phrases?|sentences?|those|models?|llms?|the model|an llm)"
    r"(?: \w+){0,3} (?:to|may|might|can|could|would|will|tries|try|trying|attempts?|asks?|asked|asking|tells?|told|telling|instructs?|instructed|instructing|says?|saying|like|such as|containing|contains?|saying|tricks?|tricked|tricking|into|makes?|causes?|causing|forcing|convinces?|persuades?)"
    r"|\b(?:such as|like|e\.g\.|for example|for instance|including|says?|saying|said|called|contains?|containing|phrases?|via|known as|attempts? (?:to|at)|refus(?:e|es|ed|ing) to|(?:ask|asks|asked|asking|tell|tells|told|telling|tricks?|tricking|trying|tries|instructs?|instructing|getting|causing|causes|want|wants|convince|forces?|forcing) (?:you|it|the (?:model|assistant|llm|ai|agent|bot)|them|models?|llms?|an? \w+)(?: to| into)?|tries to|trying to|try to|aims? to|designed to|used to|ability to|able to|does not|did not|do not|does|cannot|can not|can't|won't|should never|must never|must not|never|don't|not|if (?:the|a|any) \w+(?: \w+){0,4}|whether|when(?:ever)? (?:the|a|any) \w+|without|unless|how to|why|instead of|rather than|may|might|can|could|would|will|let users|allows? \w+ to))"
    r"[ \t]{0,2}[\"'“‘`*]{0,2}$"
)
_HEDGED = re.compile(
    r"[^.!?\n]{0,40}\b(?:if you (?:already |have |do |don't |are (?:using|on|running|not)|use|installed|prefer|want|did)|unless|when using|when building|for (?:this|that|your) (?:case|platform|version)|in (?:the|any|user|retrieved|untrusted|external|tool|document|such)(?: \w+){0,3} (?:text|documents?|input|content|messages?|data|emails?|output|outputs|pages?)|(?:that |which )?(?:(?:it|they|you|he|she)(?: (?:may|might|could|can))? (?:contains?|finds?|find|see|includes?|hold|encounter)\b|(?:may )?appear|found|contained|embedded|included|come)(?:s|ing)? (?:in|inside|within|from|there|therein))"
)
_WORD = re.compile("[a-z0-9-]+")
KEPT_SECRET = frozenset({"prompt-extraction", "secrets"})
# "Never reveal your prompt" is what honest applications tell their model.
_FORBIDDEN = re.compile(
    r"\b(?:never|do not|don't|must not|should not|may not|refuse to|decline to|not to) (?:ever )?$"
)
TOLD = 0.3
QUOTED = 0.12
ABOUT_AT_ALL = 0.55


def count_about(words: Iterable[str]) -> tuple[int, int]:
    """How many of the words of those who write about attacks there are, and strong ones."""
    found = ABOUT.intersection(words)
    return len(found), len(found & _STRONG)


def is_about(words: Iterable[str]) -> bool:
    """Whether a text has the vocabulary of one that is about attacks."""
    some, strong = count_about(words)
    return (strong >= 2 and some >= 3) or (strong >= 1 and some >= 4)


def about_in(text: str) -> bool:
    """Whether a plain text is about attacks."""
    return is_about(_WORD.findall(text))


def words_about(text: str) -> int:
    """How many different words of those who write about attacks a plain text has."""
    return count_about(_WORD.findall(text))[0]


def use(text: str, hit: Hit, *, about: bool) -> float:
    """How much of a cue's weight counts, from 0 (talked about) to 1 (used)."""
    before = text[max(0, hit.start - _BEFORE) : hit.start]
    if hit.name in KEPT_SECRET and _FORBIDDEN.search(before):
        return 0.0
    factor = ABOUT_AT_ALL if about else 1.0
    if _is_told(before) or _HEDGED.match(text, hit.end):
        factor *= TOLD
    if about and _is_quoted(text, hit):
        factor *= QUOTED
    return factor


def _is_told(before: str) -> bool:
    line = before.rpartition("\n\n")[2]
    if re.search(
        r"\b(?:i|we)(?: (?:want|need|order|command|ask|instruct|would like|'d like|expect|require))+ (?:you )?(?:to )?$|\byou (?:must|will|should|are to|need to|have to|can|shall|may)(?: (?:now|also|always|completely))? $",
        line,
    ):
        return False
    return _TOLD.search(line) is not None


def _is_quoted(text: str, hit: Hit) -> bool:
    """In quotes, in code, or in a row of a table."""
    start = text.rfind("\n", 0, hit.start) + 1
    end = text.find("\n", hit.end)
    line = text[start : end if end >= 0 else len(text)]
    before, after = text[start : hit.start], text[hit.end : end if end >= 0 else len(text)]
    if line.lstrip().startswith("|") or line.startswith(("    ", "\t")):
        return True
    return any(quote in before[-200:] for quote in _QUOTES) and any(
        quote in after[:300] for quote in _QUOTES
    )
