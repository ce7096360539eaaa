"""Values of identifiers: drawn at random, kept where somebody else's check accepts them.

A shape says how a value is written: `#` a digit, `A` a letter, `X` either, `%` a letter that ends
a British postcode, `{ymd}` and the like a date; all else stands for itself. Where python-stdnum
knows the type it is the judge; elsewhere a shape alone has to do, or the vector files.
"""

import importlib
import random
import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

VECTORS = Path(__file__).parents[2] / "tests" / "vectors" / "detect"
TRIES = 40_000


@dataclass(frozen=True, slots=True)
class Maker:
    """How values of one type come about. `judge` is a module of python-stdnum, or nothing."""

    shapes: tuple[str, ...]
    judge: str = ""


# Each of these is written as people of the place write it, and bare.
MAKERS: Mapping[str, Maker] = {
    "AR_CBU": Maker(("######################",), "ar.cbu"),
    "AR_CUIT": Maker(("20-########-#", "27########3", "20#########"), "ar.cuit"),
    "AR_DNI": Maker(("2#.###.###", "3#######"), "ar.dni"),
    "AT_SVNR": Maker(("#### {dmy}", "####{dmy}"), "at.vnr"),
    "AT_TIN": Maker(("##-###/####", "#########"), "at.tin"),
    "AU_ABN": Maker(("## ### ### ###", "###########"), "au.abn"),
    "AU_ACN": Maker(("### ### ###", "#########"), "au.acn"),
    "AU_TFN": Maker(("### ### ###", "#########"), "au.tfn"),
    "BE_EID": Maker(("###-#######-##",), "be.eid"),
    "BE_NN": Maker(("{y.m.d}-###.##", "{ymd}#####"), "be.nn"),
    "BG_EGN": Maker(("{ymd}####",), "bg.egn"),
    "BR_CNPJ": Maker(("##.###.###/0001-##", "########0001##"), "br.cnpj"),
    "BR_CPF": Maker(("###.###.###-##", "###########"), "br.cpf"),
    "CA_BC_PHN": Maker(("9### ### ###", "9#########"), "ca.bc_phn"),
    "CA_BN": Maker(("##### ####", "#########RT0001"), "ca.bn"),
    "CA_SIN": Maker(("###-###-###", "### ### ###", "#########"), "ca.sin"),
    "CH_AHV": Maker(("756.####.####.##", "756##########"), "ch.ssn"),
    "CH_UID": Maker(("CHE-###.###.###",), "ch.uid"),
    "CL_RUT": Maker(("##.###.###-#", "########-#"), "cl.rut"),
    "CN_RIC": Maker(("110101{ymd4}####", "440301{ymd4}###X"), "cn.ric"),
    "CN_USCC": Maker(("9144########MA#X#X",), "cn.uscc"),
    "CO_NIT": Maker(("###.###.###-#", "#########-#"), "co.nit"),
    "CUSIP": Maker(("######A##", "###A#####"), "cusip"),
    "CZ_BANK": Maker(("######-##########/0100", "##########/0300"), "cz.bankaccount"),
    "CZ_RC": Maker(("{ymd}/####",), "cz.rc"),
    "DE_HANDELSREGISTER": Maker(
        ("HRB ##### Stuttgart", "HRA #### Köln"), "de.handelsregisternummer"
    ),
    "DE_TAX_ID": Maker(("## ### ### ###", "###########"), "de.idnr"),
    "DE_TAX_NUMBER": Maker(("###/###/#####", "##/###/#####"), "de.stnr"),
    "DE_VAT_ID": Maker(("DE#########", "DE ### ### ###"), "de.vat"),
    "DK_CPR": Maker(("{dmy}-####", "{dmy}####"), "dk.cpr"),
    "DO_CEDULA": Maker(("001-#######-#", "001########"), "do.cedula"),
    "EC_CI": Maker(("17########", "09#######-#"), "ec.ci"),
    "EE_IK": Maker(("3{ymd}####", "4{ymd}####"), "ee.ik"),
    "ES_CCC": Maker(("####-####-##-##########", "####################"), "es.ccc"),
    "ES_CIF": Maker(("B########", "A-########"), "es.cif"),
    "ES_NIE": Maker(("Y#######A", "Z-#######-A"), "es.nie"),
    "ES_NIF": Maker(("########A", "########-A"), "es.dni"),
    "FI_PERSONAL_IDENTITY_CODE": Maker(("{dmy}-###X",), "fi.hetu"),
    "FR_NIF": Maker(("## ## ### ### ###", "0############"), "fr.nif"),
    "FR_NIR": Maker(
        ("1 {yy} {mm} 75 ### ### ##", "2{yy}{mm}69########", "2 {yy} {mm} 13 ### ### ##"), "fr.nir"
    ),
    "FR_SIREN": Maker(("### ### ###", "#########"), "fr.siren"),
    "FR_SIRET": Maker(("### ### ### #####", "##############"), "fr.siret"),
    "FR_TVA": Maker(("FR## ### ### ###", "FR###########"), "fr.tva"),
    "GR_AFM": Maker(("EL#########", "#########"), "gr.vat"),
    "GR_AMKA": Maker(("{dmy}#####",), "gr.amka"),
    "HR_OIB": Maker(("###########",), "hr.oib"),
    "IBAN_CODE": Maker(
        ("DE#################### ", "GB##NWBK##############", "FR#########################",
         "NL##INGB##########", "ES######################", "BE## #### #### ####", "PL##########################"),
        "iban",
    ),
    "ICCID": Maker(("8944###############", "8949################"), "luhn"),
    "ID_NIK": Maker(("317101{dmy}####", "327306{dmy}####"), "id.nik"),
    "IE_PPSN": Maker(("#######A", "#######AA"), "ie.pps"),
    "IL_ID": Maker(("#########", "########-#"), "il.idnr"),
    "IMEI": Maker(("35-######-######-#", "35#############", "86#############"), "imei"),
    "IMSI": Maker(("26201##########", "310150#########", "23415##########"), "imsi"),
    "IN_AADHAAR": Maker(("#### #### ####", "############"), "in_.aadhaar"),
    "IN_GSTIN": Maker(("27AAPFA####A1ZX", "29AABCT####A1ZX"), "in_.gstin"),
    "IN_PAN": Maker(("AAAPA####A", "AAACA####A"), "in_.pan"),
    "IN_VOTER": Maker(("AAA#######",), "in_.epic"),
    "ISIN": Maker(("US##########", "DE000A######", "GB00########"), "isin"),
    "ISO11649": Maker(("RF## #### #### ####", "RF##############"), "iso11649"),
    "IS_KT": Maker(("{dmy}-####", "{dmy}####"), "is_.kennitala"),
    "IT_FISCAL_CODE": Maker(("RSSMRA{yy}A0#H501A", "BNCLRA{yy}E5#F205A"), "it.codicefiscale"),
    "IT_VAT_CODE": Maker(("0######0###", "IT0##########"), "it.iva"),
    "JP_CN": Maker(("#############", "#-####-####-####"), "jp.cn"),
    "JP_MYNUMBER": Maker(("#### #### ####", "############"), "jp.in_"),
    "KE_PIN": Maker(("A00#######A", "P05#######A"), "ke.pin"),
    "KR_BRN": Maker(("###-##-#####", "##########"), "kr.brn"),
    "KR_RRN": Maker(("{ymd}-1######", "{ymd}-2######"), "kr.rrn"),
    "LEI": Maker(("5299########XXXX####", "2138########XXXX####"), "lei"),
    "LT_AK": Maker(("3{ymd}####", "4{ymd}####"), "lt.asmens"),
    "LV_PK": Maker(("{dmy}-#####",), "lv.pvn"),
    "MAC_ADDRESS": Maker(("00:1B:44:##:##:##", "3C-22-FB-##-##-##")),
    "MEID": Maker(("A0############", "99000##########"), "meid"),
    "MU_NID": Maker(("A{dmy}######X",), "mu.nid"),
    "MX_CURP": Maker(("GAMA{ymd}HDFRRN0#", "LOPM{ymd}MJCPRR0#"), "mx.curp"),
    "MX_RFC": Maker(("GAMA{ymd}X##", "LOPM{ymd}##X"), "mx.rfc"),
    "MY_NRIC": Maker(("{ymd}-14-####", "{ymd}-10-####"), "my.nric"),
    "NL_BSN": Maker(("#########", "####.##.###"), "nl.bsn"),
    "NL_BTW": Maker(("NL#########B##",), "nl.btw"),
    "NL_ID": Maker(("AA######X".replace("X", "#"), "AAX#####X".replace("X", "#")), "nl.identiteitskaartnummer"),
    "NO_FNR": Maker(("{dmy} #####", "{dmy}#####"), "no.fodselsnummer"),
    "NO_KONTO": Maker(("####.##.#####", "###########"), "no.kontonr"),
    "NZ_BANK": Maker(("01-####-#######-00", "12-3###-#######-00"), "nz.bankaccount"),
    "NZ_IRD": Maker(("##-###-###", "#########", "###-###-###"), "nz.ird"),
    "PE_CUI": Maker(("########-#", "#########"), "pe.cui"),
    "PK_CNIC": Maker(("3####-#######-#", "4####-#######-#"), "pk.cnic"),
    "PL_NIP": Maker(("###-###-##-##", "##########"), "pl.nip"),
    "PL_PESEL": Maker(("{ymd}#####",), "pl.pesel"),
    "PL_REGON": Maker(("#########",), "pl.regon"),
    "PT_CC": Maker(("######## # AA#", "#########AA#"), "pt.cc"),
    "PT_NIF": Maker(("### ### ###", "#########"), "pt.nif"),
    "PY_CI": Maker(("#######-#", "########-#"), "py.ruc"),
    "RO_CNP": Maker(("1{ymd}40####", "2{ymd}12####"), "ro.cnp"),
    "RU_INN": Maker(("##########", "############"), "ru.inn"),
    "SE_ORGANISATIONSNUMMER": Maker(("556###-####",), "se.orgnr"),
    "SE_PERSONNUMMER": Maker(("{ymd}-####", "{ymd4}-####"), "se.personnummer"),
    "SEPA_CREDITOR": Maker(("DE98ZZZ###########", "FR72ZZZ######"), "eu.at_02"),
    "SG_UEN": Maker(("201######A", "5#######A"), "sg.uen"),
    "SI_EMSO": Maker(("{dm}{yyy}50####", "{dm}{yyy}71####"), "si.emso"),
    "SK_RC": Maker(("{ymd}/####",), "sk.rc"),
    "TH_TNIN": Maker(("1-####-#####-##-#", "3############"), "th.pin"),
    "TR_NATIONAL_ID": Maker(("###########",), "tr.tckimlik"),
    "TR_VKN": Maker(("##########",), "tr.vkn"),
    "UA_RNTRC": Maker(("3#########", "2#########"), "ua.rntrc"),
    "UK_NHS": Maker(("### ### ####", "###-###-####", "##########"), "gb.nhs"),
    "UK_UPN": Maker(("A###########2".replace("A#", "B8", 1),), "gb.upn"),
    "UK_UTR": Maker(("##########", "##### #####"), "gb.utr"),
    "UK_VAT": Maker(("GB ### #### ##", "GB#########"), "gb.vat"),
    "US_ATIN": Maker(("9##-93-####",), "us.atin"),
    "US_EIN": Maker(("##-#######",), "us.ein"),
    "US_ITIN": Maker(("9##-7#-####", "9##-8#-####"), "us.itin"),
    "US_PTIN": Maker(("P########", "P-########"), "us.ptin"),
    "US_SSN": Maker(("###-##-####", "### ## ####", "#########"), "us.ssn"),
    "ABA_ROUTING_NUMBER": Maker(("0########", "12#######", "26#######"), "us.rtn"),
    "UY_CI": Maker(("#.###.###-#", "#######-#")),
    "VE_RIF": Maker(("V-########-#", "J-########-#", "V#########"), "ve.rif"),
    "ZA_ID_NUMBER": Maker(("{ymd}####08#", "{ymd} #### 08#"), "za.idnr"),
    "AU_BSB": Maker(("06#-### ########", "012-### #########")),
    "CA_PASSPORT": Maker(("AA######",)),
    "CA_TRANSIT": Maker(("#####-003", "#####-010")),
    "DE_KFZ": Maker(("B-AA ####", "M-A ###", "HH AA ###")),
    "FR_PASSPORT": Maker(("##AA#####",)),
    "FR_CNI": Maker(("############", "X#########".replace("X#", "D2"))),
    "GENERIC_DL": Maker(("A#######", "AA######")),
    "GENERIC_PASSPORT": Maker(("A########", "AA#######", "#########")),
    "IE_EIRCODE": Maker(("D02 AX##", "T12 X#A#")),
    "IN_IFSC": Maker(("HDFC0######", "SBIN0######")),
    "IN_PASSPORT": Maker(("J#######", "Z#######")),
    "IN_UPI": Maker(("ravi.k##@okicici", "priya##@ybl")),
    "IP_ADDRESS": Maker(("203.0.113.1##", "10.2#.3#.4#", "2001:db8:####::8a2e:370:####")),
    "IT_IDENTITY_CARD": Maker(("CA#####AA", "AA#######")),
    "LICENSE_PLATE": Maker(("AAA ####", "7AAA###")),
    "LOCATION_GPS": Maker(("52.####, 13.####", "-33.#####, 151.#####")),
    "MRN": Maker(("########", "MRN-#######".replace("MRN-", "M"))),
    "MT_CY_ID": Maker(("#######M", "0######M")),
    "RU_PASSPORT": Maker(("45 0# ######", "45## ######")),
    "SA_ID": Maker(("1#########", "2#########"), "luhn"),
    "UK_PASSPORT": Maker(("5########", "1########")),
    "UK_SORT_ACCOUNT": Maker(("20-##-## ########", "40-##-## ########")),
    "UK_VEHICLE_REGISTRATION": Maker(("BD## AAA", "LK##AAA")),
    "US_BANK_NUMBER": Maker(("##########", "############")),
    "US_HEALTH_INSURANCE_MEMBER_ID": Maker(("AAA#########", "W#########")),
    "US_PASSPORT": Maker(("A########", "5########")),
    "VN_CCCD": Maker(("0011########", "07920#######")),
    "PH_UMID": Maker(("0###-#######-#", "###-###-###-000")),
    "EMPLOYEE_STUDENT_ID": Maker(("E######", "########")),
    "ICD10": Maker(("E11.9", "J45.4", "F32.1", "C50.9", "I10")),
    "AD_ID": Maker(("6D92####-8246-4BE4-BE5B-76104861####", "########-8cf0-11bd-b23e-10b96e40####")),
    "BIC": Maker(("DEUTDEFF###", "NWBKGB2L", "BNPAFRPPXXX".replace("X", "A"))),
    "UK_POSTCODE": Maker(("SW9 #%%", "M1 #%%", "EH7 #%%", "W1T #%%")),
    "CARD_EXPIRY": Maker(("0#/28", "1{one}/2029", "08/31")),
    "CVV": Maker(("###",)),
    "BR_RG": Maker(("##.###.###-#", "##########".replace("#" * 10, "#########"))),
    "US_PHONE_EXT": Maker(("(800) 555-01## ext. ###", "1-888-555-01##")),
}  # fmt: skip


def _has_korean_check_digit(value: str) -> bool:
    """The last digit of a business number of South Korea, which python-stdnum leaves alone."""
    digits = [int(char) for char in value if char.isdigit()]
    weighed = sum(map(int.__mul__, digits, (1, 3, 7, 1, 3, 7, 1, 3, 5))) + digits[8] * 5 // 10
    return (weighed + digits[9]) % 10 == 0


STRICTER: Mapping[str, Callable[[str], bool]] = {"kr.brn": _has_korean_check_digit}


@cache
def _judge(name: str) -> Callable[[str], bool]:
    known = importlib.import_module(f"stdnum.{name}").is_valid
    also = STRICTER.get(name)

    def judge(value: str) -> bool:
        """Blanks where a judge knows only hyphens are written too."""
        is_known = known(value) or known(value.replace(" ", "-"))
        return is_known and (also is None or also(value))

    return judge


@cache
def from_vectors(kind: str) -> tuple[str, ...]:
    """What the vector file of a type marks as found: the last resort."""
    path = VECTORS / f"{kind}.txt"
    if not path.exists():
        return ()
    lines = path.read_text(encoding="utf-8").replace("⟨join⟩", "").splitlines()
    found = (re.search("⟦(.+)⟧", line) for line in lines if line.startswith("+ "))
    return tuple(match[1].replace("\\n", "\n") for match in found if match)


def draw(kind: str, dice: random.Random) -> str | None:
    """A valid value of a type; None where nobody knows how."""
    maker = MAKERS.get(kind)
    if maker is None:
        known = from_vectors(kind)
        return dice.choice(known) if known else None
    shape = dice.choice(maker.shapes)
    for _ in range(TRIES):
        value = fill(shape, dice).strip()
        if not maker.judge or _judge(maker.judge)(value):
            return value
    return None


def spoil(kind: str, value: str, dice: random.Random) -> str | None:
    """The value with one digit changed so that its check fails; None without a check."""
    maker = MAKERS.get(kind)
    if maker is None or not maker.judge:
        return None
    places = [place for place, char in enumerate(value) if char.isdigit()]
    for _ in range(200):
        place = places[-1] if dice.random() < 0.5 else dice.choice(places)
        digit = str((int(value[place]) + dice.randrange(1, 10)) % 10)
        wrong = value[:place] + digit + value[place + 1 :]
        if not _judge(maker.judge)(wrong):
            return wrong
    return None


def fill(shape: str, dice: random.Random) -> str:
    year, month, day = dice.randrange(1945, 2004), dice.randrange(1, 13), dice.randrange(1, 29)
    dates = {
        "ymd": f"{year % 100:02}{month:02}{day:02}",
        "dmy": f"{day:02}{month:02}{year % 100:02}",
        "y.m.d": f"{year % 100:02}.{month:02}.{day:02}",
        "ymd4": f"{year}{month:02}{day:02}",
        "yyy": f"{year % 1000:03}",
        "dm": f"{day:02}{month:02}",
        "yy": f"{year % 100:02}",
        "mm": f"{month:02}",
        "one": str(dice.randrange(0, 3)),
    }
    for name, date in dates.items():
        shape = shape.replace("{" + name + "}", date)
    signs = {
        "#": string.digits,
        "A": string.ascii_uppercase,
        "X": string.digits + "ABCDEFGHJKLMN",
        "%": "ABDEFGHJLNPQRSTUWXYZ",
    }
    fixed = _fixed(shape)
    return "".join(
        dice.choice(signs[char]) if char in signs and place not in fixed else char
        for place, char in enumerate(shape)
    )


def _fixed(shape: str) -> frozenset[int]:
    """Letters of a word stand for themselves: A and X vary only beside digits or each other."""
    return frozenset(
        place
        for match in re.finditer("[A-Za-z]{2,}", shape)
        if not set(match[0]) <= set("AX")
        for place in range(*match.span())
    )
