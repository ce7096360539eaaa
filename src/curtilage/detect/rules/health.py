"""Numbers of patients and insured people, and what they are treated for."""

from curtilage.detect.checksums import digits, is_monotone
from curtilage.detect.models import Edge, Form, Kind, R, Strength

# The last category of each chapter of ICD-10 that a letter opens; all others end at 99. WHO, ICD-10 (2019).
_LAST_CATEGORY = {"D": 89, "E": 90, "H": 95, "K": 93, "P": 96, "T": 98, "U": 85, "Y": 98}


def _is_numbered(value: str) -> bool:
    """Four digits or more, which do not only count."""
    number = digits(value)
    return len(number) >= 4 and not is_monotone(number)


def _is_diagnosis(value: str) -> bool:
    last = value[2]
    return not last.isdecimal() or int(value[1:3]) <= _LAST_CATEGORY.get(value[0], 99)


KINDS = (
    Kind(
        type="US_HEALTH_INSURANCE_MEMBER_ID",
        title="Number of an insured person, claim or prescription",
        category="user.health_and_medical.insurance_id",
        citation="ANSI INCITS 284: what a health plan numbers as it likes",
        forms=(
            Form(r"[A-Z]{1,4}[ \-]?[0-9]{5,14}[A-Z]{0,2}(?:-[0-9]{1,3})?", R, 0.55, Edge.NUMBER),
            Form(r"[A-Z]{3}[0-9]{9}", R, 0.55, Edge.NUMBER, alone=True),
            Form(r"[0-9]{6,15}(?:-[0-9]{1,3})?|[0-9]{3,5}-[0-9]{3,6}-[0-9]{2,6}", R, 0.45, Edge.NUMBER),
            Form(r"[A-Z0-9]{8,20}|[A-Z]{2,4}-[0-9]{2,6}-[0-9]{3,8}", R, 0.45, Edge.NUMBER),
        ),
        check=_is_numbered,
        words=(
            "member id", "member number", "member no", "membership number", "insurance member", "insurance member id", "insurance id", "insurance policy number", "policy number", "policy no", "policy id",
            "health plan", "health plan id", "subscriber id", "subscriber number", "claim number", "claim no", "claim id", "rx number", "rx no", "rx id", "rxbin", "rx bin", "prescription number", "prescription no",
            "prior auth", "prior auth number", "prior authorization", "prior authorization number", "prior authorisation", "authorization number", "referral number", "group number", "payer id", "hicn",
            "versichertennummer", "número de póliza", "numéro de police", "numéro d'adhérent", "número de afiliado", "polizza", "apólice", "polisnummer", "numer polisy",
        ),
        loose=("subscriber", "member", "insured", "insurance", "policy", "claim", "rx", "health insurance", "health insurance number", "insurance number", "insurance no", "prescription"),
        strength=Strength.NONE,
    ),
    Kind(
        type="MRN",
        title="Medical record number",
        category="user.health_and_medical.record_id",
        citation="HIPAA Privacy Rule, 45 CFR 164.514(b)(2)(i)(H): numbered by each hospital",
        forms=(
            Form(r"(?:[A-Z]{1,4}[ \-]?)?[0-9]{5,12}|[0-9]{2,4}(?:-[0-9]{2,4}){1,3}", R, 0.55, Edge.NUMBER),
            Form(r"[A-Z0-9]{5,12}|[a-z]{1,3}[0-9]{5,10}", R, 0.45, Edge.NUMBER),
        ),
        check=_is_numbered,
        words=(
            "mrn", "mrn number", "medical record", "medical record number", "medical record no", "medical records number", "patient id", "patient number", "patient no", "patient identifier", "chart number", "chart no",
            "hospital number", "hospital no", "hospital id", "patientennummer", "patienten id", "fallnummer", "aufnahmenummer", "numéro de dossier", "dossier médical", "numéro de patient", "ipp",
            "historia clínica", "número de historia", "número de historia clínica", "número de paciente", "cartella clinica", "numero di cartella", "numero paziente", "prontuário", "número do prontuário",
            "número do paciente", "patiëntnummer", "dossiernummer", "numer pacjenta", "numer kartoteki", "病历号", "住院号",
        ),
        strength=Strength.NONE,
    ),
    Kind(
        type="ICD10",
        title="Diagnosis code (ICD-10)",
        category="user.health_and_medical.diagnosis",
        citation="WHO, ICD-10: a letter, two digits, a point and up to four more",
        forms=(
            Form(r"[A-TV-Z][0-9][0-9AB][.][0-9A-TV-Z]{1,4}", R, 0.6, Edge.NUMBER, alone=True),
            Form(r"[A-TV-Z][0-9][0-9AB]|U[0-8][0-9](?:[.][0-9]{1,2})?", R, 0.6, Edge.NUMBER),
            Form(r"[a-tv-z][0-9][0-9ab][.][0-9a-tv-z]{1,4}", R, 0.5, Edge.NUMBER),
        ),
        check=_is_diagnosis,
        normalise=str.upper,
        words=(
            "icd", "icd 10", "icd10", "icd 10 cm", "icd code", "diagnosis", "diagnosis code", "diagnosed", "diagnoses", "dx", "dx code", "diagnose", "diagnosen", "diagnosecode", "diagnoseschlüssel", "diagnostic",
            "code diagnostic", "cim 10", "cim", "diagnóstico", "código de diagnóstico", "cie 10", "cie10", "diagnosi", "codice diagnosi", "cid 10", "cid", "rozpoznanie", "诊断", "診断",
        ),
        strength=Strength.SHAPE,
    ),
)  # fmt: skip
