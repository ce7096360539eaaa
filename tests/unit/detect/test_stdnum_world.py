"""Our checks of the world's identifiers against python-stdnum's, over random values.

As for Europe: every last character of each value drawn is tried, and `EXCEPT` says
where we differ on purpose. Telephone numbers are judged by phonenumbers itself, which
`test_phone.py` shows.
"""

import importlib
import random
from collections.abc import Callable

import pytest

from curtilage.detect.checksums import digits, is_monotone
from tests.unit.detect.engines import fast
from tests.unit.detect.test_stdnum_europe import accepts, draw

ROUNDS = 60
# Type, module of python-stdnum, shapes: `#` a digit, `@` a letter, `{ymd}` and the like a date.
CASES = (
    ("ABA_ROUTING_NUMBER", "us.rtn", ("0########", "11#######", "2500#####", "3200#####", "6500#####", "80#######")),
    ("AR_CBU", "ar.cbu", ("2850590#40090418135###", "28505909##############")),
    ("AR_CUIT", "ar.cuit", ("20#########", "27-########-#", "30#########")),
    ("AR_DNI", "ar.dni", ("2#######", "3#.###.###")),
    ("AU_ABN", "au.abn", ("83#########", "## ### ### ###")),
    ("AU_ACN", "au.acn", ("#########", "### ### ###")),
    ("AU_TFN", "au.tfn", ("#########", "########", "### ### ###")),
    ("BR_CNPJ", "br.cnpj", ("########0001##", "##.###.###/0001-##", "12@B34567890##")),
    ("BR_CPF", "br.cpf", ("###########", "###.###.###-##")),
    ("CA_BC_PHN", "ca.bc_phn", ("9#########", "9### ### ###")),
    ("CA_BN", "ca.bn", ("#########", "##### ####")),
    ("CA_SIN", "ca.sin", ("1########", "7## ### ###", "4##-###-###")),
    ("CL_RUT", "cl.rut", ("########-#", "########K", "##.###.###-#")),
    ("CN_RIC", "cn.ric", ("11010119{ymd}####", "44030119{ymd}####")),
    ("CN_USCC", "cn.uscc", ("91110000########0#", "9144030070846113@@")),
    ("CO_NIT", "co.nit", ("#########-#", "###.###.###-#")),
    ("CUSIP", "cusip", ("#########", "###@@####", "DUS#421C#")),
    ("DO_CEDULA", "do.cedula", ("001########", "402-#######-#")),
    ("EC_CI", "ec.ci", ("17########", "09#######-#", "25########", "3#########")),
    ("ICCID", "luhn", ("894450010000000####", "8949################")),
    ("ID_NIK", "id.nik", ("3171##{dmy}000#", "##01##{dmy}000#")),
    ("IL_ID", "il.idnr", ("#########", "########-#")),
    ("IMEI", "imei", ("35#############", "35-######-######-#")),
    ("IMSI", "imsi", ("###1234567890##", "310###########", "901###########")),
    ("IN_AADHAAR", "in_.aadhaar", ("############", "#### #### ####")),
    ("IN_GSTIN", "in_.gstin", ("27AAPFU09#9F1Z#", "##AAPFU0939F1Z@")),
    ("IN_PAN", "in_.pan", ("ACUP@70##@",)),
    ("IN_VOTER", "in_.epic", ("WKH#######", "@@@#######")),
    ("ISIN", "isin", ("US#########5", "DE000A1####4", "GB00########")),
    ("JP_CN", "jp.cn", ("#############", "#-####-####-####")),
    ("JP_MYNUMBER", "jp.in_", ("############", "#### #### ####")),
    ("KE_PIN", "ke.pin", ("A#########@", "P#########@")),
    ("LEI", "lei", ("213800KUD8LAJWSQ9D##", "5299AB#########CDE##")),
    ("MEID", "meid", ("AF0123450AB#C#", "AF0123450AB#C##", "A#0123450AB#C@")),
    ("MU_NID", "mu.nid", ("@{dmy}#######", "A{dmy}####12@")),
    ("MX_CURP", "mx.curp", ("BOXW{ymd}HNERXN0#", "GAMA{ymd}MDFRRNA#")),
    ("MX_RFC", "mx.rfc", ("GODE{ymd}GR#", "GAM{ymd}GR#")),
    ("MY_NRIC", "my.nric", ("{ymd}-##-####", "{ymd}0#12##")),
    ("NZ_BANK", "nz.bankaccount", ("01-0242-#######-00", "12-3140-#######-00", "03-1501-#######-##")),
    ("NZ_IRD", "nz.ird", ("#########", "##-###-###", "49-091-85#")),
    ("PE_CUI", "pe.cui", ("########-#", "#########", "1011741#@")),
    ("PK_CNIC", "pk.cnic", ("#####-#######-#", "#############")),
    ("PY_CI", "py.ruc", ("########-#", "#######-#", "#########")),
    ("SG_UEN", "sg.uen", ("########@", "1974#####@", "2016#####@", "T01FC####@", "S16FC####@")),
    ("TH_TNIN", "th.pin", ("1############", "3-####-#####-##-#")),
    ("US_ATIN", "us.atin", ("9##-93-####", "###-##-####")),
    ("US_EIN", "us.ein", ("##-#######",)),
    ("US_ITIN", "us.itin", ("9##-##-####", "9##7#####")),
    ("US_PTIN", "us.ptin", ("P########", "P-########")),
    ("US_SSN", "us.ssn", ("###-##-####", "#########")),
    ("VE_RIF", "ve.rif", ("V########-#", "J#########", "G-########-#")),
    ("ZA_ID_NUMBER", "za.idnr", ("{ymd}####08#", "{ymd}####18#")),
)  # fmt: skip


def _is_no_placeholder(value: str) -> bool:
    number = digits(value)
    parts = (number, number[:8], number[:9], number[2:])
    return not any(len(part) > 5 and is_monotone(part) for part in parts)


# Values on which we differ on purpose.
EXCEPT: dict[str, tuple[Callable[[str], bool], str]] = {
    "CN_RIC": (lambda value: value[:6] != "110101", "counties come and go; we know provinces"),
    "ID_NIK": (
        lambda value: value[:2] in "65 91 92 93 94 95 96",
        "provinces are parted and renamed",
    ),
    "US_ITIN": (lambda value: digits(value)[3] in "56", "IRS Publication 1915 has groups 50 to 65"),
}


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
