"""Plates and driving licences of countries that have no kind of their own."""

from curtilage.detect.checksums import digits, is_monotone
from curtilage.detect.models import Edge, Form, Kind, R, Strength
from curtilage.detect.naming_world import LICENCE, PLATE


def _is_plate(value: str) -> bool:
    """Four to ten letters and digits, of both some."""
    packed = "".join(char for char in value if char.isalnum())
    return (
        4 <= len(packed) <= 10
        and any(char.isdecimal() for char in packed)
        and any(char.isalpha() for char in packed)
    )


def _is_licence(value: str) -> bool:
    number = digits(value)
    return len(number) >= 4 and not is_monotone(number)


KINDS = (
    Kind(
        type="LICENSE_PLATE",
        title="Vehicle plate",
        category="user.unique_id.vehicle",
        citation="Convention on Road Traffic 1968, annex 2: capitals and digits",
        forms=(
            Form(r"[A-Z]{1,4}[ \-.\xb7]?[0-9]{1,4}(?:[ \-]?[A-Z]{1,3}(?:[ \-]?[0-9]{1,4})?)?", R, 0.5, Edge.NUMBER),
            Form(r"[0-9]{1,4}[ \-.]?[A-Z]{1,4}(?:[ \-]?[0-9]{1,4})?|[0-9]{2,3}-[A-Z]{1,3}-[0-9]{2,4}", R, 0.5, Edge.NUMBER),
            Form(r"[A-Z0-9]{5,8}|[a-z]{2,3}[ \-]?[0-9]{2,4}[ \-]?[a-z]{0,3}", R, 0.4, Edge.NUMBER),
        ),
        check=_is_plate,
        words=(
            "vehicle plate", "license plate", "licence plate", "license plate number", "licence plate number", "number plate", "plate number", "plate no", "placa", "placas", "placa del vehículo", "placa do veículo", "targa", "kenteken", "immatriculation",
            "plaque d'immatriculation", "matrícula", "dominio", "patente del vehículo", "tablica rejestracyjna", "numer rejestracyjny", "车牌", "车牌号", "ナンバープレート", "차량번호", "rego",
        ),
        loose=PLATE,
        strength=Strength.NONE,
    ),
    Kind(
        type="GENERIC_DL",
        title="Driving licence",
        category="user.government_id.drivers_license_number",
        citation="Convention on Road Traffic 1968, annex 6: numbered by each country",
        forms=(
            Form(r"[A-Z]{1,5}[ \-]?[0-9]{5,15}[A-Z]{0,2}|[A-Z]{2}[ \-]?[0-9]{2}[ \-]?[0-9]{4}[ \-]?[0-9]{7}", R, 0.5, Edge.NUMBER),
            Form(r"[0-9]{6,14}|[0-9]{2}-[0-9]{2}-[0-9]{6}-[0-9]{2}|[0-9]{3}-[0-9]{3}-[0-9]{3}", R, 0.45, Edge.NUMBER),
            Form(r"[A-Z0-9]{7,18}|[A-Z][0-9]{2}-[0-9]{2}-[0-9]{6}", R, 0.4, Edge.NUMBER),
        ),
        check=_is_licence,
        words=(
            "driver licence", "driver's licence", "drivers licence", "driving licence", "driving licence number", "driver licence number", "licence number", "licence no", "führerschein", "führerscheinnummer", "fahrerlaubnis", "permis de conduire", "numéro de permis",
            "carnet de conducir", "permiso de conducir", "licencia de conducir", "licencia de conducción", "licencia de manejo", "patente di guida", "carta de condução", "carteira de motorista", "cnh", "rijbewijs", "rijbewijsnummer", "prawo jazdy",
            "körkort", "førerkort", "kørekort", "ajokortti", "운전면허", "운전면허번호", "驾驶证", "驾照", "運転免許", "運転免許証番号",
        ),
        loose=LICENCE,
        strength=Strength.NONE,
    ),
)  # fmt: skip
