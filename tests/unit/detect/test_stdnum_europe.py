"""Our checks of Europe's identifiers against python-stdnum's, over random values.

For each value drawn, every last character is tried, so that valid ones are among
them. Where we differ on purpose, `EXCEPT` says so.
"""

import importlib
import random
import re
from collections.abc import Callable, Iterator

import pytest

from curtilage.detect.checksums import digits, is_monotone
from curtilage.detect.dates import is_ddmmyy
from curtilage.detect.models import Form, Kind
from tests.unit.detect.engines import fast

ROUNDS = 60
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Type, module of python-stdnum, shapes: `#` a digit, `@` a letter, `{ymd}` and the like a date.
CASES = (
    ("AT_SVNR", "at.vnr", ("#10#{dmy}",)),
    ("AT_TIN", "at.tin", ("#########", "59#######", "03-###/####")),
    ("BE_EID", "be.eid", ("############",)),
    ("BE_NN", "be.nn", ("{ymd}#####",)),
    ("BG_EGN", "bg.egn", ("{ymd}####",)),
    ("CH_AHV", "ch.ssn", ("756##########",)),
    ("CH_UID", "ch.uid", ("CHE#########", "CHE-###.###.###")),
    ("CZ_BANK", "cz.bankaccount", ("##########/0100", "####-########01/0800")),
    ("CZ_RC", "cz.rc", ("{ymd}/####",)),
    ("DE_TAX_ID", "de.idnr", ("###########", "1223456789#")),
    ("DE_VAT_ID", "de.vat", ("DE#########",)),
    ("DK_CPR", "dk.cpr", ("{dmy}-####",)),
    ("EE_IK", "ee.ik", ("3{ymd}####", "4{ymd}####")),
    ("ES_CCC", "es.ccc", ("####################",)),
    ("ES_CIF", "es.cif", ("A########", "Q########", "P#######@")),
    ("ES_NIE", "es.nie", ("X#######@", "Z#######@")),
    ("ES_NIF", "es.dni", ("########@",)),
    ("FI_PERSONAL_IDENTITY_CODE", "fi.hetu", ("{dmy}-###@", "{dmy}-####")),
    ("FR_NIF", "fr.nif", ("0############", "3############")),
    ("FR_NIR", "fr.nir", ("1{yy}0#75########", "2{yy}112A########")),
    ("FR_SIREN", "fr.siren", ("#########",)),
    ("FR_SIRET", "fr.siret", ("##############", "356000000#####", "732829320#####")),
    ("FR_TVA", "fr.tva", ("FR###########", "FRA#732829320", "FR##732829320", "FRK#732829320")),
    ("GR_AFM", "gr.vat", ("#########",)),
    ("GR_AMKA", "gr.amka", ("{dmy}#####",)),
    ("HR_OIB", "hr.oib", ("###########",)),
    ("IE_PPSN", "ie.pps", ("#######@", "#######@A", "#######@B", "#######@W")),
    ("IS_KT", "is_.kennitala", ("{dmy}-###9", "{dmy}##09")),
    ("ISO11649", "iso11649", ("RF##ABC", "RF##53900754####")),
    ("IT_FISCAL_CODE", "it.codicefiscale", ("RCCMNL83S18D9#9@",)),
    ("IT_VAT_CODE", "it.iva", ("#######00##", "###########")),
    ("LT_AK", "lt.asmens", ("3{ymd}####", "4{ymd}####")),
    ("LV_PK", "lv.pvn", ("{dmy}-1####", "{dmy}-0####")),
    ("NL_BSN", "nl.bsn", ("#########",)),
    ("NL_BTW", "nl.btw", ("NL#########B##",)),
    ("NO_FNR", "no.fodselsnummer", ("{dmy}#####",)),
    ("NO_KONTO", "no.kontonr", ("1##########", "####.##.#####")),
    ("PL_NIP", "pl.nip", ("##########",)),
    ("PL_PESEL", "pl.pesel", ("{ymd}#####",)),
    ("PL_REGON", "pl.regon", ("#########", "192598184#####")),
    ("PT_CC", "pt.cc", ("########0ZZ#", "########9AB#")),
    ("PT_NIF", "pt.nif", ("#########",)),
    ("RO_CNP", "ro.cnp", ("1{ymd}40####", "2{ymd}12####")),
    ("RU_INN", "ru.inn", ("##########", "############", "1234567890##")),
    ("SEPA_CREDITOR", "eu.at_02", ("DE##ZZZ0999999999#", "FR72ZZZ#####")),
    ("SE_ORGANISATIONSNUMMER", "se.orgnr", ("556#######", "202100####")),
    ("SE_PERSONNUMMER", "se.personnummer", ("{ymd}-####",)),
    ("SI_EMSO", "si.emso", ("{dm}9{yy}50####", "{dm}9{yy}01####")),
    ("SK_RC", "sk.rc", ("{ymd}/####",)),
    ("TR_NATIONAL_ID", "tr.tckimlik", ("1##########", "17291716###")),
    ("TR_VKN", "tr.vkn", ("##########",)),
    ("UA_RNTRC", "ua.rntrc", ("##########",)),
    ("UK_NHS", "gb.nhs", ("### ### ####",)),
    ("UK_UPN", "gb.upn", ("B801########", "B8012000050##")),
    ("UK_UTR", "gb.utr", ("##########",)),
    ("UK_VAT", "gb.vat", ("GB#########", "GB980780###", "GBGD###", "GBHA###")),
    *(
        ("EU_VAT", "eu.vat", (shape,))
        for shape in (
            "ATU########", "BE0#########", "BG#########", "BG{ymd}####", "CY########@", "CZ########",
            "CZ6########", "DE#########", "DK########", "EE#########", "EL#########", "ESB########",
            "ES########@", "ESX#######@", "FI########", "FR##732829320", "HR###########", "HU########",
            "IE#######@", "IE#######@A", "IT#######00##", "LT#######1#", "LT##########1#", "LU1234561#",
            "LV4##########", "MT########", "NL#########B##", "PL##########", "PT#########", "RO#######",
            "RO##########", "SE556#######01", "SI########", "SK1234######", "XI#########",
        )
    ),
)  # fmt: skip


def _is_no_placeholder(value: str) -> bool:
    return not is_monotone(digits(value))


# Values on which we differ on purpose.
EXCEPT: dict[str, tuple[Callable[[str], bool], str]] = {
    "AT_SVNR": (lambda value: not is_ddmmyy(value[4:]), "we ask for a real date"),
    "CZ_BANK": (lambda value: value[-4:] not in "0100 0800", "we know Slovakia's banks as well"),
    "DK_CPR": (lambda value: value[6:] == "-0000", "no one is given serial 0000"),
    "FI_PERSONAL_IDENTITY_CODE": (lambda value: value[7] == "9", "we know temporary codes too"),
    "FR_NIF": (lambda value: value[0] > "3", "the first digit is 0 to 3"),
    "FR_NIR": (lambda value: value[3:5] == "00", "no month is 00"),
    "UK_UPN": (lambda value: value[1:4] != "801", "local authorities come and go; we keep no list"),
}


def accepts(kind: Kind, value: str) -> bool:
    """Whether any form of a kind takes the whole of `value`."""
    return any(_takes(kind, form, value) for form in kind.forms)


def _takes(kind: Kind, form: Form, value: str) -> bool:
    if re.fullmatch(form.pattern, value) is None:
        return False
    if form.trim is not None and form.trim(value) != len(value):
        return False
    check = form.check or kind.check
    return check is None or check(kind.normalise(value))


def draw(shape: str, dice: random.Random) -> Iterator[str]:
    """A value of a shape, with every digit or letter in the place where it last varies."""
    year, month, day = dice.randrange(1945, 1999), dice.randrange(1, 13), dice.randrange(1, 32)
    dates = {"ymd": "{y}{m}{d}", "dmy": "{d}{m}{y}", "dm": "{d}{m}", "yy": "{y}"}
    parts = {"y": f"{year % 100:02}", "m": f"{month:02}", "d": f"{day:02}"}
    for name, date in dates.items():
        shape = shape.replace("{" + name + "}", date.format(**parts))
    last = max(place for place, char in enumerate(shape) if char in "#@")
    filled = "".join(_filled(char, dice) for char in shape)
    for char in LETTERS if shape[last] == "@" else "0123456789":
        yield filled[:last] + char + filled[last + 1 :]


def _filled(char: str, dice: random.Random) -> str:
    return str(dice.randrange(10)) if char == "#" else dice.choice(LETTERS) if char == "@" else char


@pytest.mark.parametrize(("kind", "module", "shapes"), CASES, ids=lambda item: str(item)[:30])
def test_we_accept_what_stdnum_accepts(kind: str, module: str, shapes: tuple[str, ...]) -> None:
    theirs = importlib.import_module(f"stdnum.{module}").is_valid
    ours, dice = fast().kinds[kind], random.Random(f"{kind} {shapes}")
    differ, _ = EXCEPT.get(kind, (lambda _: False, ""))
    accepted = 0
    for shape in shapes:
        for _ in range(ROUNDS):
            for value in draw(shape, dice):
                if differ(value) or not _is_no_placeholder(value):
                    continue
                assert accepts(ours, value) == bool(theirs(value)), value
                accepted += bool(theirs(value))
    assert accepted, "no valid value was drawn"
