"""Postcodes, towns, flats and countries: what stands around a street in an address."""

import re
from functools import cache

UPPER = "".join(char for char in map(chr, range(0x41, 0x250)) if char.isupper())
APART = r"(?<![^\W_])(?<![0-9][-./:,])(?<![-/@#$_=.])"
_ENDS = r"(?![^\W_])(?![-/_@][^\W_])"

# Words that may stand small inside the name of a place or street.
SMALL = (
    r"(?:de|del|della|delle|dei|degli|dello|di|da|do|dos|das|la|las|los|el|le|les|lo|du|des|of|on|upon|under|the|by|y|i|al|ad"
    r"|en|op|bij|sur|sous|aux|au|lès|von|van|vor|der|den|dem|zum|zur|am|an|im|in|ob|bei|aan|ter|ten|nad|vorm|près|près de|lès|lez|a\.d\.|ca|św\.|gen\.|ks\.|im\.|płk\.|prof\.|dr\.?)"
)
_PART = rf"(?:(?:St|Ste|Sta|Mt|Ft)\.[ ][{UPPER}][^\W_]*|['’]s-[{UPPER}][^\W_]*|[{UPPER}][^\W_]*(?:['’.][^\W_]+)*|[dlDL]['’][{UPPER}][^\W_]*)"
TOWN = rf"(?:{_PART}(?:(?:-|[ ]|[ ]-[ ]|/)(?:(?:{SMALL}[ -]|[ld]['’]){{0,2}}{_PART}|(?<=-)(?:['’]?[a-zèé]{{1,5}}['’]?-){{1,2}}{_PART})){{0,4}}(?:-[a-z]{{2,12}}(?![^\W_]))?(?:(?<=[a-zì])['’](?=[ ]?[(,\n]))?)"

# Between the parts of a street's name there may also be "and".
SMALL_OR_AND = rf"(?:{SMALL}|und|and|e|et|y)"

_TOWN_OR_SMALL = rf"(?:d[aeo]s? )?{TOWN}"

# By country; the ones that no other number looks like.
UK = r"(?:[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2})"
CANADA = r"(?:[ABCEGHJ-NPRSTVXY][0-9][A-Z] ?[0-9][A-Z][0-9])"
DUTCH = r"(?:(?:NL-)?[1-9][0-9]{3} ?(?!AM|PM)[A-Z]{2})"
POLISH = r"(?:(?:PL-)?[0-9]{2}-[0-9]{3})"
PORTUGUESE = r"(?:(?:P-|PT-)?[0-9]{4}-[0-9]{3})"
BRAZILIAN = r"(?:[0-9]{5}-[0-9]{3})"
IRISH = r"(?:(?:[AC-FHKNPRTV-Y][0-9]{2}|D6W) ?[0-9AC-FHKNPRTV-Y]{4})"
AMERICAN = r"(?:[0-9]{5}(?:-[0-9]{4})?)"
_PLAIN = r"(?:(?:[A-Z]{1,3}-)?[0-9]{4,5})"
_AUSTRALIAN = r"(?:(?<=NSW )|(?<=VIC )|(?<=QLD )|(?<=WA )|(?<=SA )|(?<=TAS )|(?<=ACT )|(?<=NT )|(?<=NSW, )|(?<=VIC, )|(?<=QLD, )|(?<=WA, )|(?<=SA, )|(?<=TAS, )|(?<=ACT, )|(?<=NT, ))[0-9]{4}"
_INDIAN = r"(?:[0-9]{3} ?[0-9]{3})"
_BEFORE_TOWN = rf"(?:{DUTCH}|{IRISH}|[0-9]{{8}}|{POLISH}|{PORTUGUESE}|{BRAZILIAN}|{_PLAIN}|[0-9]{{3}} [0-9]{{2}})"
_AFTER_TOWN = rf"(?:{UK}|{IRISH}|{CANADA}|{DUTCH}|{POLISH}|{PORTUGUESE}|{BRAZILIAN}|{AMERICAN}|{_INDIAN}|[0-9]{{4}})"
_CERTAIN = rf"(?:{UK}|{IRISH}|{CANADA}|{DUTCH}|{POLISH}|{PORTUGUESE}|{BRAZILIAN})"
_STATE = rf"(?:[A-Z]{{2,3}}|{TOWN})"

COUNTRY = (
    r"(?:Deutschland|Germany|Allemagne|Alemania|Germania|Alemanha|Duitsland|Niemcy|Österreich|Austria|Autriche|Schweiz|Suisse"
    r"|Svizzera|Switzerland|Suiza|France|Frankreich|Francia|França|Frankrijk|Francja|España|Spain|Spanien|Espagne|Spagna|Espanha"
    r"|Spanje|Hiszpania|Italia|Italy|Italien|Italie|Itália|Italië|Włochy|Portugal|Portogallo|Portugalia|Nederland|Netherlands"
    r"|The Netherlands|Niederlande|Pays-Bas|Países Bajos|Paesi Bassi|Países Baixos|Holandia|Belgique|België|Belgium|Belgien"
    r"|Polska|Poland|Polen|Pologne|Polonia|Polónia|United Kingdom|UK|U\.K\.|England|Scotland|Wales|Northern Ireland|Ireland"
    r"|Royaume-Uni|Reino Unido|United States(?: of America)?|USA|U\.S\.A\.|US|Canada|Kanada|Australia|New Zealand|India|Bharat"
    r"|Brasil|Brazil|México|Mexico|Argentina|Colombia|Chile|Luxembourg|Luxemburg|Danmark|Denmark|Sverige|Sweden|Norge|Norway)"
)

UNIT_WORD = (
    r"(?:[Aa]pt|[Aa]partment|[Aa]partamento|[Aa]ppartement|APT|[Uu]nit|UNIT|[Ss]uite|[Ss]te|STE|[Ff]lat|FLAT|[Ss]tudio|[Ff]loor|Fl|[Rr]oom|[Rr]m|[Ll]evel|[Bb]lock"
    r"|[Bb]uilding|Bldg|Lot|Space|Spc|Door|House No|H\.? ?No|Wohnung|Whg|Wohng|Etage|Top|Stiege|Zimmer|Zi|Haus|[Aa]ppt|[Aa]pp|[Bb]ât|[Bb]âtiment|[Bb]at|[Éé]tage|[Ee]scalier"
    r"|[Ee]sc|[Ee]scalera|[Pp]iso|[Pp]lanta|[Pp]uerta|[Pp]ta|[Pp]ortal|[Bb]loque|[Dd]pto|[Dd]epto|[Ii]nterno|[Ii]nt|[Ss]cala|[Pp]iano|[Pp]al|[Pp]alazzina|[Aa]ndar|[Aa]pto|[Bb]loco|[Cc]asa"
    r"|[Ff]ração|[Ll]oja|[Ss]ala|[Bb]us|[Vv]erdieping|[Kk]amer|[Mm]ieszk(?:anie|ania)?|m|lok|lokal|[Pp]iętro|klatka|Postfach|Box|BP|CS|TSA|[Ii]nterior|Edif|[Aa]ppartamento|Shop|Villa No|Plot No|Plot|Door No|Nr)"
)
UNIT = rf"(?:{UNIT_WORD}\.?:? ?(?:n[º°o]\.? ?)?#?(?:[0-9]{{1,5}}(?:[ ]?[/-][ ]?[0-9]{{1,4}})?[A-Za-zºª°]?|[A-Z])(?![^\W_]))"
_FLOOR = (
    r"(?:#[ ]?[0-9]{1,5}[A-Za-z]?(?![^\W_])"
    r"|[0-9]{1,2}[ºª°]\.?(?:[ -]?(?:[A-Z](?![^\W_])|[Ii]zq(?:uierda|da)?\.?|[Ii]zda\.?|[Dd]cha\.?|[Dd]erecha|[Dd]to\.?|[Ee]sq\.?|[Dd]ireito|[Ee]squerdo|[Ff]rente|[Ff]te\.?|[Aa]ndar|[Pp]iso|[Pp]lanta|[0-9]{1,2}[ªº]))?"
    r"|[0-9]{1,2}(?:st|nd|rd|th|er|e|ème|\.)[ ](?:[Ff]loor|[Ff]l\.?|[Éé]tage|Stock|OG|Etage|verdieping|piętro|[Pp]iano)(?![^\W_])"
    r"|(?:[Bb]ajo|[Áá]tico|[Ee]ntlo\.?|[Ee]ntresuelo|EG|DG|HH|Hinterhaus|Vorderhaus|Erdgeschoss|Seitenflügel|[0-9]{1,3}[ ]hoog|Dachgeschoss|rez-de-chaussée|RDC|[Rr]/[Cc]|parter)(?:[ ][A-Z0-9])?(?![^\W_]))"
)

_GAP = r"(?:[ ]?,[ ]?(?:\r?\n[ >]{0,12})?|\.[ ](?=[0-9]{4,5}[ ]|[0-9]{2}-[0-9]{3}[ ])|[ ]?\r?\n[ >]{0,12}|[ ][-–|·/][ ]|[ ]{1,3})"
_MONTHS = r"(?:Jan|Feb|M[äa]r|Apr|Ma[iy]|Jun|Jul|Aug|Sep|O[ck]t|Nov|De[zc])"
_STOP = r"(?=[ ]?(?:[,.;:!?)\]\"'<|&\r\n\t(]|\Z|[ ][-–][ ]|[ ](?:and|und|et|y|e|i|en|is|ist|est|es|è|é|to|at|on|for|from|since|seit|bis|zu)\b|[ ][a-zß-ÿ]))"

# What follows a street, in the order in which it is tried. The name says what it is evidence of.
FOLLOWING = {
    "unit": re.compile(rf"(?:{_GAP}|[ ]?,)(?:{UNIT}|{_FLOOR})|[ ]\((?:{UNIT}|{_FLOOR})\)|[ ][0-9]{{1,4}}(?=,[ ][{UPPER}]|\n[{UPPER}])"),
    "post_town": re.compile(rf"(?:{_GAP}|[ ][Ii][Nn][ ]|,[ ]in[ ]){_BEFORE_TOWN}(?:[ ]|,[ ]|[ ]-[ ]|\r?\n){_TOWN_OR_SMALL}(?:[ ]?(?:\([A-Z]{{2}}\)|[/-][ ]?[A-Z]{{2}}{_ENDS}))?(?:[ ](?:CEDEX|Cedex)(?:[ ][0-9]{{1,2}})?)?"),
    "town_state_post": re.compile(rf"{_GAP}(?:{TOWN},?[ ])?(?:{TOWN},?[ ]|(?:[A-Z]{{2,4}}|Q\. ROO),?[ ]+)(?:{AMERICAN}|{CANADA}|{_AUSTRALIAN}){_ENDS}"),
    "town_post": re.compile(rf"{_GAP}{TOWN}(?:,[ ]|[ ]-[ ]|-|[ ]|,?[ ]?\r?\n[ >]{{0,12}}){_AFTER_TOWN}{_ENDS}(?:[ ]\([A-Z]{{2}}\))?(?![ ](?!{COUNTRY})[{UPPER}])"),
    "town_letters": re.compile(rf"{_GAP}{TOWN}(?:,[ ]|[ ]|,?[ ]?\r?\n[ >]{{0,12}})(?:{UK}|{CANADA}){_ENDS}"),
    "post": re.compile(rf"{_GAP}{_CERTAIN}{_ENDS}"),
    "country": re.compile(rf"(?:{_GAP}|[ ]\(?){COUNTRY}(?![^\W_])"),
    "state": re.compile(rf"[ ]?[-/,][ ][A-Z]{{2,3}}(?=,?[ ]{_CERTAIN}{_ENDS})"),
    "line": re.compile(rf"[ ]?,?[ ]?\r?\n[ >]{{0,12}}{TOWN}(?=[ ]?,?[ ]?\r?\n[ >]{{0,12}}(?:{TOWN},?[ ]{{1,2}}(?:{_STATE},?[ ]{{1,2}})?{_AFTER_TOWN}|{_CERTAIN}|{_BEFORE_TOWN}[ ]{TOWN}|{COUNTRY})(?![^\W_]))"),
    "town": re.compile(rf"(?:[ ]?,[ ]?(?:\r?\n[ >]{{0,12}})?|[ ]-[ ]|[ ]in[ ](?!{_MONTHS})){TOWN}{_STOP}"),
}  # fmt: skip

_US = r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])"
_YEAR = r"(?!(?:19|20)[0-9]{2} )"

_POSTCODES = (
    rf"(?<![^\W_])(?<![-/.:#])(?:(?P<certain>{TOWN},?[ ](?:{_US},?[ ]{{1,2}}{AMERICAN}|[A-Z]{{2}},?[ ]{{1,2}}{CANADA})|{TOWN},?[ ]{UK}"
    rf"|(?:{_YEAR}{DUTCH}|{POLISH}|{PORTUGUESE}|[DAFIE]-[0-9]{{5}}|(?:CH|AT|A|B|L)-[0-9]{{4}})[ ]{TOWN})"
    rf"|{TOWN},?[ ][A-Z]{{2,3}},?[ ]{{1,2}}(?:{AMERICAN}|{CANADA}|{_AUSTRALIAN})"
    rf"|{TOWN}(?:,[ ]|[ ]|[ ]-[ ]|,?\r?\n){_CERTAIN}|{_CERTAIN}[ ]{TOWN}|(?:[A-Z]{{1,2}}-)?[0-9]{{5}}[ ]{TOWN}|{TOWN},[ ][0-9]{{5}}"
    rf"|{TOWN}(?:[ ]|[ ]?-[ ]?){_INDIAN}|[0-9]{{5}}-?[0-9]{{3}}[ ]{_TOWN_OR_SMALL}[ ]?[-/][ ]?[A-Z]{{2}}){_ENDS}"
)


@cache
def postcodes() -> re.Pattern[str]:
    """What a street is looked for before. Compiled when first asked for: it takes .15 s."""
    return re.compile(_POSTCODES)
