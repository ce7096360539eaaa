"""Names of people as they are written: in full, in part, turned round, inflected."""

from random import Random

from tools.tagger.generate.pieces import pick, split
from tools.tagger.names import known_names

HOME = {
    "en": ("en_US", "en_GB", "en_IE", "en_NZ", "en"),
    "de": ("de_DE", "de_AT", "de_CH"),
    "fr": ("fr_FR", "fr_BE", "fr_CH", "fr_CA"),
    "es": ("es_ES", "es_MX", "es_AR", "es_CO", "es_CL"),
    "it": ("it_IT",),
    "pt": ("pt_BR", "pt_PT"),
    "nl": ("nl_NL", "nl_BE"),
    "pl": ("pl_PL",),
}
PARTICLES = {
    "en": ("de", "van", "O'", "Mc"),
    "de": ("von", "von der", "zu"),
    "fr": ("de", "de la", "du", "Le"),
    "es": ("de", "de la", "del"),
    "it": ("De", "Di", "Della", "Lo"),
    "pt": ("da", "de", "dos", "do"),
    "nl": ("van", "van der", "de", "van den", "ten", "van de"),
    "pl": (),
}
PREPOSITIONS = frozenset(("de", "de la", "del", "du", "da", "dos", "do", "von", "zu"))
SYLLABLES = (
    "ba be bo ka ke ki ko la le li lo ma me mi mo na ne no ra re ri ro sa se si so ta te ti to va ve vi za ze yu "
    "ja jo da de di do du fa fi ga go ha he hi wa ya an en in on ar er or al el il as es is ud okw adi nko chi ngo"
).split()


class People:
    """Names of one side, for texts in one language."""

    def __init__(self, source: Random, lang: str, *, dev: bool) -> None:
        names = known_names()
        home = [names[locale] for locale in HOME[lang] if locale in names]
        self._source = source
        self._lang = lang
        self._home = [_side(pair, dev=dev) for pair in home]
        self._world = [_side(pair, dev=dev) for pair in names.values() if all(pair)]

    def _pair(self) -> tuple[list[str], list[str]]:
        near = self._source.random() < 0.68
        return self._source.choice(self._home if near else self._world)

    def given(self) -> str:
        source = self._source
        if source.random() < 0.04:
            return self._invented()
        name = source.choice(self._pair()[0])
        if source.random() < 0.05:
            name = f"{name}-{source.choice(self._home[0][0])}"
        return name

    def family(self, *, alone: bool = True) -> str:
        """Alone, a particle that is also a preposition would only confuse: `von Wagner`."""
        source = self._source
        if source.random() < 0.06:
            return self._invented()
        name = source.choice(self._pair()[1])
        chance = source.random()
        if chance < 0.05:
            return f"{name}-{source.choice(self._pair()[1])}"
        particles = [
            each for each in PARTICLES[self._lang] if not alone or each not in PREPOSITIONS
        ]
        if chance < 0.1 and particles:
            particle = source.choice(particles)
            return f"{particle}{name}" if particle in ("O'", "Mc") else f"{particle} {name}"
        if self._lang in ("es", "pt") and chance < 0.4:
            return f"{name} {source.choice(self._home[0][1])}"
        return name

    def _invented(self) -> str:
        """A name that no list has."""
        count = self._source.choice((2, 2, 3, 3, 4))
        return "".join(self._source.choices(SYLLABLES, k=count)).capitalize()

    def full(self) -> str:
        source = self._source
        if source.random() < 0.7:
            givens, families = self._pair()
            given, family = source.choice(givens), source.choice(families)
            if source.random() < 0.12:
                family = self.family(alone=False)
        else:
            given, family = self.given(), self.family(alone=False)
        return self._arranged(given, family)

    def _arranged(self, given: str, family: str) -> str:
        source = self._source
        form = pick(
            source,
            {"plain": 78, "initial": 5, "middle": 5, "second": 5, "turned": 4, "large": 3},
        )
        if form == "initial":
            return f"{given[0]}. {family}"
        if form == "middle":
            return f"{given} {source.choice('ABCDEFGHJKLMNPRSTW')}. {family}"
        if form == "second":
            return f"{given} {source.choice(self._home[0][0])} {family}"
        if form == "turned":
            return f"{family}, {given}"
        if form == "large":
            return f"{given} {family.upper()}"
        return f"{given} {family}"

    def any(self) -> str:
        """A person as a sentence may call one."""
        chance = self._source.random()
        return self.given() if chance < 0.12 else self.family() if chance < 0.2 else self.full()


def _side(
    pair: tuple[tuple[str, ...], tuple[str, ...]], *, dev: bool
) -> tuple[list[str], list[str]]:
    return split(pair[0], dev=dev), split(pair[1], dev=dev)


_ENDINGS = (
    ("ska", {"g": "skiej", "d": "skiej", "i": "ską", "v": "ska"}),
    ("cka", {"g": "ckiej", "d": "ckiej", "i": "cką", "v": "cka"}),
    ("ski", {"g": "skiego", "d": "skiemu", "i": "skim", "v": "ski"}),
    ("cki", {"g": "ckiego", "d": "ckiemu", "i": "ckim", "v": "cki"}),
    ("ia", {"g": "ii", "d": "ii", "i": "ią", "v": "io"}),
    ("ka", {"g": "ki", "d": "ce", "i": "ką", "v": "ko"}),
    ("a", {"g": "y", "d": "ie", "i": "ą", "v": "o"}),
    ("ek", {"g": "ka", "d": "kowi", "i": "kiem", "v": "ku"}),
    ("k", {"g": "ka", "d": "kowi", "i": "kiem", "v": "ku"}),
    ("", {"g": "a", "d": "owi", "i": "em", "v": "ie"}),
)


def inflected(name: str, case: str) -> str:
    """A Polish name in a case: `g`, `d`, `i` or `v`; roughly, as most of them go."""
    words = []
    for word in name.split(" "):
        if not word.isalpha() or (word[-1] in "eouyi" and not word.endswith(("ski", "cki"))):
            words.append(word)
            continue
        ending, forms = next(pair for pair in _ENDINGS if word.endswith(pair[0]))
        words.append(word[: len(word) - len(ending)] + forms[case])
    return " ".join(words)
