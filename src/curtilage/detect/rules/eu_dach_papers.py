"""Germany: papers, vehicles, registers; most of them without a published check digit."""

import re

from curtilage.detect.checksums import icao
from curtilage.detect.models import B, Form, Kind, R, Strength
from curtilage.detect.naming import (
    COMPANY_NUMBER,
    DRIVING_LICENCE,
    NATIONAL_ID,
    PASSPORT,
    VEHICLE_PLATE,
    shortened,
)

# The courts that keep registers, as they call themselves and as they are called.
_COURTS = (
    "Aachen", "Altenburg", "Amberg", "Ansbach", "Apolda", "Arnsberg", "Arnstadt", "Aschaffenburg", "Augsburg", "Aurich", "Bad Hersfeld", "Bad Homburg v.d.H.", "Bad Homburg", "Bad Kreuznach", "Bad Oeynhausen", "Bad Salzungen", "Bamberg", "Bayreuth", "Berlin (Charlottenburg)", "Berlin-Charlottenburg", "Berlin", "Charlottenburg", "Bielefeld", "Bochum", "Bonn", "Braunschweig", "Bremen", "Chemnitz", "Coburg", "Coesfeld", "Cottbus", "Darmstadt", "Deggendorf", "Dortmund", "Dresden", "Duisburg", "Düren", "Düsseldorf", "Eisenach", "Erfurt", "Eschwege", "Essen", "Flensburg", "Frankfurt am Main", "Frankfurt/Oder", "Frankfurt (Oder)", "Frankfurt", "Freiburg", "Friedberg", "Fritzlar", "Fulda", "Fürth", "Gelsenkirchen", "Gera", "Gießen", "Gotha", "Greiz", "Göttingen", "Gütersloh", "Hagen", "Hamburg", "Hamm", "Hanau", "Hannover", "Heilbad Heiligenstadt", "Hildburghausen", "Hildesheim", "Hof", "Homburg", "Ingolstadt", "Iserlohn", "Jena", "Kaiserslautern", "Kassel", "Kempten (Allgäu)", "Kempten", "Kiel", "Kleve", "Koblenz", "Korbach", "Krefeld", "Köln", "Königstein", "Landau", "Landshut", "Langenfeld", "Lebach", "Leipzig", "Lemgo", "Limburg", "Ludwigshafen am Rhein", "Ludwigshafen", "Lübeck", "Lüneburg", "Mainz", "Mannheim", "Marburg", "Meiningen", "Memmingen", "Merzig", "Montabaur", "Mönchengladbach", "Mühlhausen", "München", "Münster", "Neubrandenburg", "Neunkirchen", "Neuruppin", "Neuss", "Nordhausen", "Nürnberg", "Offenbach am Main", "Offenbach", "Oldenburg", "Osnabrück", "Ottweiler", "Paderborn", "Passau", "Pinneberg", "Potsdam", "Pößneck", "Recklinghausen", "Regensburg", "Rostock", "Rudolstadt", "Saarbrücken", "Saarlouis", "Schweinfurt", "Schwerin", "Siegburg", "Siegen", "Sondershausen", "Sonneberg", "St. Ingbert", "St. Wendel", "Stadthagen", "Stadtroda", "Steinfurt", "Stendal", "Stralsund", "Straubing", "Stuttgart", "Suhl", "Sömmerda", "Tostedt", "Traunstein", "Ulm", "Völklingen", "Walsrode", "Weiden", "Weimar", "Wetzlar", "Wiesbaden", "Wittlich", "Wuppertal", "Würzburg", "Zweibrücken",
)  # fmt: skip
_COURT = (
    "(?:" + "|".join(re.escape(court) for court in sorted(_COURTS, key=len, reverse=True)) + ")"
)
_REGISTER = "(?:HRA|HRB|GnR|GsR|HR A|HR B) ?[1-9][0-9]{0,5}"

# Kraftfahrt-Bundesamt, list of distinguishing signs of administrative districts.
_DISTRICTS_TEXT = """
A AA AB ABG ABI AC AE AH AIB AIC AK ALF ALZ AM AN ANA ANG ANK AP APD AR ARN ART AS ASL ASZ AT AU AUR AW AZ AZE B BA
BAD BAR BB BBG BC BCH BD BED BER BF BGD BGL BH BI BID BIN BIR BIT BIW BK BKS BL BLB BLK BM BN BNA BO BOG BOH BOR BOT
BÖ BRA BRB BRG BRI BRK BRL BRV BS BSB BSK BT BTF BÜD BÜR BÜS BÜZ BW BWL BYL BZ BZA C CA CAS CB CE CHA CLP CLZ CO COC
COE CR CUX CW D DA DAH DAN DAU DB DBR DD DE DEG DEL DGF DH DI DIL DIN DIZ DKB DL DLG DM DN DO DON DS DU DUD DÜW DW DZ
E EA EB EBE EBN EBS ECK ED EE EF EG EH EHI EI EIC EIL EIN EIS EL EM EMD EMS EN ER ERB ERH ERK ERZ ES ESB ESW EU EW F
FB FD FDB FDS FEU FF FFB FG FI FKB FL FLÖ FN FO FOR FR FRG FRI FRW FS FT FTL FÜ FÜS FW FZ G GA GAN GAP GC GD GDB GE
GEL GEM GEO GER GF GG GHA GHC GI GK GL GLA GM GMN GN GNT GÖ GOA GOH GP GR GRA GRH GRI GRM GRS GRZ GS GT GTH GÜ GUB GUN
GV GVM GW GZ H HA HAB HAL HAM HAS HB HBN HBS HC HCH HD HDH HDL HE HEB HEF HEI HEL HER HET HF HG HGN HGW HH HHM HI HIG
HIP HK HL HM HMÜ HN HO HOG HOH HOL HOM HOR HÖS HOT HP HR HRO HS HSK HST HU HV HVL HWI HX HY HZ IGB IK IL ILL IN IS IZ
J JE JEV JL JÜL K KA KAR KB KC KE KEH KEL KEM KF KG KH KI KIB KK KL KLE KLZ KM KN KO KÖN KÖT KÖZ KR KRU KS KT KU KÜN
KUS KW KY KYF L LA LAN LAU LB LBS LBZ LC LD LDK LDS LEO LER LEV LF LG LH LI LIB LIF LIN LIP LL LM LN LÖ LÖB LOS LP LR
LRO LSA LSN LSZ LU LÜN LUP LWL M MA MAB MAI MAK MAL MAR MB MC MD ME MED MEG MEI MEK MEL MER MET MG MGH MGN MH MHL MI
MIL MK MKK ML MM MN MO MOD MOL MON MOS MQ MR MS MSE MSH MSP MST MTK MTL MÜ MÜB MÜR MVL MW MY MYK MZ MZG N NAB NAI NAU
NB ND NDH NE NEA NEB NEC NEN NES NEU NEW NF NH NI NK NL NM NMB NMS NÖ NOH NOL NOM NOR NP NR NRW NT NU NVP NW NWM NY NZ
OA OAL OB OBB OBG OC OCH OD OE OF OG OH OHA OHV OHZ OK OL OP OPR OR OS OSL OTW OVI OVL OVP ÖHR P PA PAF PAN PAR PB PCH
PE PEG PF PI PIR PL PLÖ PM PN PR PRÜ PS PW PZ QFT QLB R RA RC RD RDG RE REG REH REI RG RH RI RID RIE RL RM RN RO ROD
ROF ROH ROL ROS ROT ROW RP RS RSL RT RU RÜD RÜG RV RW RY RZ S SAB SAD SAL SAN SAW SB SBG SBK SC SCZ SDH SDL SDT SE SEB
SEE SEF SEL SFB SFT SG SGH SH SHA SHG SHK SHL SI SIG SIM SK SL SLE SLF SLK SLN SLS SLÜ SLZ SM SMÜ SN SNH SO SOB SOG
SOK SÖM SON SP SPB SPN SR SRB SRO ST STA STB STD STE STH STL STO SU SUL SÜW SW SWA SY SZ SZB TBB TDO TE TET TF TG THL
THW TIR TO TÖL TP TR TS TT TÜ TUT UE UEM UER UFF UH UL UM UN USI V VAI VB VEC VER VG VIB VIE VIT VK VL VOH VR VS W WA
WAF WAK WAN WAR WAT WB WBS WD WDA WE WEB WEL WEN WER WES WF WG WHV WI WIL WIN WIS WIT WIZ WK WL WLG WM WMS WN WND WO
WOB WOH WOL WOR WOS WR WRN WS WSF WST WSW WT WTL WTM WÜ WUG WÜM WUN WUR WW WZ WZL X Y Z ZE ZEL ZI ZIG ZP ZR ZS ZW ZZ
"""
_DISTRICTS = frozenset(_DISTRICTS_TEXT.split())
_PLATE_LETTER = "[A-Z\u00c4\u00d6\u00dc]"


def _has_district(value: str) -> bool:
    return value.replace("-", " ").split()[0] in _DISTRICTS


def _is_no_status(value: str) -> bool:
    """`registration: HTTP 404` is about no car."""
    return not value.startswith("HTTP")


def _is_mixed(value: str) -> bool:
    """Letters and digits mixed; two letters and seven digits are another country's card."""
    return any(map(str.isdecimal, value)) and not (value[:2].isalpha() and value[2:].isdecimal())


KINDS = (
    Kind(
        type="DE_ID_CARD",
        title="German identity card or passport number",
        category="user.government_id.national_identification_number",
        citation="PAuswV annex 3, ICAO Doc 9303: weights 7-3-1",
        forms=(
            Form(r"[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8}[0-9]D?", R, 0.7),
            Form(r"[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8}", R, 0.5, check=_is_mixed),
        ),
        check=lambda value: icao(value.removesuffix("D")),
        words=shortened(
            "personalausweis", "personalausweisnummer", "personalausweis nr", "ausweisnummer", "ausweis nr", "ausweis", "ausweis id", "perso", "reisepass", "reisepassnummer", "passnummer", "pass nr", "elektronischer aufenthaltstitel",
            "german id card", "german identity card", "german passport",
        ),
        loose=NATIONAL_ID + PASSPORT,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="DE_FUEHRERSCHEIN",
        title="German driving licence number",
        category="user.government_id.drivers_license_number",
        citation="FeV annex 8: authority, serial number, check character, issue",
        forms=(Form(r"[A-Z][0-9]{2}[0-9A-Z]{6}[0-9X][0-9A-Z]", R, 0.6), Form(r"[A-Z][0-9]{2}[0-9A-Z]{6}[0-9X][0-9A-Z]", R, 0.6, alone=True, check=lambda value: sum(map(str.isdecimal, value)) >= 5)),
        words=shortened("führerschein", "fuehrerschein", "führerscheinnummer", "fuehrerscheinnummer", "führerschein nr", "fahrerlaubnis", "fahrerlaubnisnummer", "kartenführerschein", "german driving licence", "german driver license", "german driver's license", *DRIVING_LICENCE),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="DE_HANDELSREGISTER",
        title="German commercial register number",
        category="user.unique_id.organization",
        citation="HRV § 3: department A or B, number, court",
        forms=(
            Form(
                rf"(?:{_COURT},? )?{_REGISTER}(?: [A-Z]{{1,3}})?(?:,? (?:beim )?(?:Amtsgericht |AG )?{_COURT})?",
                B,
                0.7,
                lead="[A-Za-z\u00c0-\u00ff(). /,-]",
                trigger=r"(?:HRA|HRB|GnR|GsR|HR A|HR B) ?[1-9][0-9]{0,5}",
            ),
        ),
        words=shortened("handelsregister", "handelsregisternummer", "handelsregister nr", "hr nummer", "hr nr", "registergericht", "amtsgericht", "hrb", "hra", "commercial register", "german company number", "registernummer"),
        loose=COMPANY_NUMBER,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="DE_KFZ",
        title="German vehicle registration plate",
        category="user.unique_id.vehicle",
        citation="FZV § 8 and annex: district, one or two letters, up to four digits",
        forms=(
            Form(
                f"{_PLATE_LETTER}{{1,3}}-[A-Z]{{1,2}} [1-9][0-9]{{0,3}}[EH]?",
                B,
                0.5,
                trigger="[A-Z\u0080-\u00ff]{1,3}-[A-Z]{1,2} [1-9][0-9]{0,3}[EH]?",
                check=_has_district,
            ),
            Form(
                f"{_PLATE_LETTER}{{1,3}} [A-Z]{{1,2}} [1-9][0-9]{{2,3}}[EH]?",
                R,
                0.5,
                alone=True,
                trigger="[A-Z\u0080-\u00ff]{1,3} [A-Z]{1,2} [1-9][0-9]{2,3}[EH]?",
                check=_has_district,
            ),
            Form(
                f"{_PLATE_LETTER}{{1,3}}[ -]?[A-Z]{{1,2}}[ -]?[0-9]{{1,4}}[EH]?",
                R,
                0.5,
                trigger="[A-Z\u0080-\u00ff]{1,3}[ -]?[A-Z]{1,2}[ -]?[0-9]{1,4}[EH]?",
                check=_is_no_status,
            ),
        ),
        words=shortened("kennzeichen", "kfz kennzeichen", "kfz", "autokennzeichen", "autonummer", "nummernschild", "amtliches kennzeichen", "fahrzeugkennzeichen", "zulassung", "german plate", "german license plate", "german licence plate", *VEHICLE_PLATE),
        strength=Strength.SHAPE,
    ),
)  # fmt: skip
