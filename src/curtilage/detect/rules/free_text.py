"""What no pattern finds: what free text says of people, and hostile text.

Declared here so that policies, pages and the reference know these types as they know
all others. They have no forms: `tagger`, `phrases` and `hostile` find them.
"""

from curtilage.detect.models import Kind


def _free(kind: str, title: str, category: str, citation: str) -> Kind:
    return Kind(type=kind, title=title, category=category, forms=(), citation=citation)


KINDS = (
    _free("PERSON", "Name of a person", "user.name", "the tagger, and the memory of names"),
    _free("LOCATION", "Place", "user.location", "the tagger"),
    _free("ORGANIZATION", "Organisation", "user.organization", "the tagger; legal forms of companies"),
    _free("STREET_ADDRESS", "Postal address", "user.contact.address.street", "phrases: street, number, postcode and town in the orders of their countries"),
    _free("DATE_TIME", "Date or time", "user.date_time", "phrases: ISO 8601 and the written forms of eight languages"),
    _free("AGE", "Age", "user.demographic.age", "phrases"),
    _free("GENDER", "Gender", "user.demographic.gender", "phrases: typed fields and statements"),
    _free("NRP", "Nationality, religious or political group", "user.demographic.group", "phrases"),
    _free("SPECIAL_CATEGORY", "Special category of personal data", "user.special_category", "GDPR art. 9 and 10: health, religion, politics, orientation, ethnicity, union, biometrics, convictions"),
    _free("PROMPT_INJECTION", "Instructions to a model from where none should come", "hostile.injection", "hostile text; OWASP LLM01"),
    _free("JAILBREAK", "Attempt to talk a model out of its rules", "hostile.jailbreak", "hostile text"),
    _free("EXFILTRATION", "Markup that would carry data away", "hostile.exfiltration", "hostile text: images, links, forms, styles"),
    _free("INVISIBLE_TEXT", "Text that people do not see and models do", "hostile.invisible", "Unicode tags, zero-width and bidirectional characters"),
    _free("CANARY", "Canary that should never turn up", "hostile.canary", "hostile text: planted tokens, by their key"),
)  # fmt: skip
