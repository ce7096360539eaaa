"""Devices and networks."""

import re
from ipaddress import AddressValueError, IPv6Address

from curtilage.detect.checksums import compact, digits, is_monotone, luhn
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength

# Mobile country codes in use: ITU-T E.212, list of the Operational Bulletin.
_COUNTRIES = frozenset(
    (
        1, 202, 204, 206, 208, *range(212, 215), 216, *range(218, 223), 226, 228, *range(230, 233), 234, 235, 238, 240, 242, 244, *range(246, 249), 250, 255, 257, 259, 260, 262, 266, 268, 270, 272, 274, 276, 278, 280,
        *range(282, 285), 286, *range(288, 291), *range(292, 296), 297, 302, 308, *range(310, 315), 316, 330, 334, 338, 340, 342, 344, 346, 348, 350, 352, 354, 356, 358, 360, *range(362, 367), 368, 370, 372, 374, 376,
        *range(400, 403), 404, 405, 410, *range(412, 423), *range(424, 430), 432, 434, *range(436, 439), 440, 441, 450, 452, *range(454, 458), 460, 466, 467, 470, 472, 502, 505, 510, 514, 515, 520, 525, 528, 530,
        536, 537, *range(539, 556), *range(602, 644), *range(645, 656), *range(657, 660), 702, 704, 706, 708, 710, 712, 714, 716, 722, 724, 730, 732, 734, 736, 738, 740, 742, 744, 746, 748, 750, 901, 902, 991, 995, 999,
    )
)  # fmt: skip
_SLICE = re.compile("[0-9]{0,3}::[0-9]{0,3}")
_HEX = "0123456789ABCDEF"
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"


def _is_host(value: str) -> bool:
    """An IPv4 address that is not a version number: `1.2.3.4`, `10.0.0.0`, netmasks."""
    octets = [int(part) for part in value.split(".")]
    small = sum(octet < 32 for octet in octets)
    return small < 4 and octets[0] not in (0, 127, 255)


def _is_named_host(value: str) -> bool:
    """Not `any` or `all`, and not the machine itself."""
    return value not in ("0.0.0.0", "255.255.255.255") and not value.startswith("127.")  # noqa: S104 - compared, not bound


def _is_ipv6(value: str) -> bool:
    try:
        address = IPv6Address(value)
    except AddressValueError:
        return False
    named = any(char.isdecimal() for char in value)  # `a::b` is a name in some language
    named = named and _SLICE.fullmatch(value) is None  # and `1::2` each second of a list
    # What ends in `::` is a network or a name's beginning, not a device.
    host = address.ipv4_mapped or address
    return named and not value.endswith("::") and not host.is_unspecified and not host.is_loopback


_MAC = r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}[.][0-9A-Fa-f]{4}[.][0-9A-Fa-f]{4}"


def _is_mac(value: str) -> bool:
    """Not all zeros or ones, and more than digits, which a duration could be."""
    packed = "".join(char for char in value if char.isalnum()).lower()
    return len(set(packed)) > 2 and any(char in "abcdef" for char in packed)


def _is_named_mac(value: str) -> bool:
    return len(set(value.lower())) > 2


def _is_imei(number: str) -> bool:
    """3GPP TS 23.003 §6.2.1 and annex B."""
    return luhn(number[:15]) and not is_monotone(number)


def _is_iccid(number: str) -> bool:
    """ITU-T E.118 §4: Luhn closes it, where the issuer prints it."""
    return luhn(number)


def _is_imsi(number: str) -> bool:
    """ITU-T E.212: a mobile country code, network and subscriber."""
    return int(number[:3]) in _COUNTRIES and not is_monotone(number)


def _is_meid(value: str) -> bool:
    """3GPP2 S.R0048-A: 14 hexadecimal digits or 18 decimal ones, and perhaps a check digit."""
    if value.isdecimal():
        fits = int(value[:10]) < 2**32 and int(value[10:18]) < 2**24 and not is_monotone(value)
        return fits and (len(value) == 18 or luhn(value))
    return len(value) == 14 or _luhn_hex(value)


def _is_dual_meid(number: str) -> bool:
    """In devices that have an IMEI too, a MEID begins with 99 and has decimal digits only."""
    return not is_monotone(number) and (len(number) == 14 or luhn(number))


def _luhn_hex(value: str) -> bool:
    products = (_HEX.index(char) * (1 + place % 2) for place, char in enumerate(reversed(value)))
    return sum(each // 16 + each % 16 for each in products) % 16 == 0


def _is_advertising_id(value: str) -> bool:
    """RFC 9562 §4: a version and variant that exist; not the nil that stands for no consent."""
    return value[14] in "1345678" and value[19].lower() in "89ab" and len(set(value)) > 4


def _is_place(value: str) -> bool:
    latitude, longitude = (float(part) for part in value.replace(" ", "").split(","))
    return abs(latitude) <= 90 and abs(longitude) <= 180


# Four arcs of an object identifier (X.660) are written as an address is.
_NO_OID = r"(?!(?:(?<=Identifier\([\"'])|(?<=\b(?:OID|oid)[ .:=])|(?<=\b(?:OID|oid)(?:: |[=(][\"'])))[0-2][.])"

KINDS = (
    Kind(
        type="IP_ADDRESS",
        title="IP address",
        category="user.device.ip_address",
        citation="RFC 791 §3.2, RFC 4291 §2.2",
        forms=(
            Form(rf"{_NO_OID}{_OCTET}(?:[.]{_OCTET}){{3}}", B, 0.6, Edge.PROVED, check=_is_host, trigger=r"[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}"),
            Form(rf"{_OCTET}(?:[.]{_OCTET}){{3}}(?::[0-9]{{2,5}})", B, 0.7, Edge.WORD, check=lambda value: _is_host(value.partition(":")[0]), trim=lambda value: value.index(":")),
            Form(rf"{_OCTET}(?:[.]{_OCTET}){{3}}", R, 0.6, Edge.PROVED, check=_is_named_host, trigger=r"[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}"),
            Form(
                r"(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){7}|(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?::(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?)"
                rf"(?:(?:[.]{_OCTET}){{3}})?",  # RFC 4291 §2.2.3: IPv4 behind, as servers log it
                N, 0.85, check=_is_ipv6,
                lead="[0-9A-Fa-f:]",
                # Eight groups, or two colons: not the time in every line of a log.
                trigger=r"(?:::|(?::[0-9A-Fa-f]{1,4}){7})[0-9A-Fa-f:]*",
            ),
        ),
        words=("ip", "ip address", "ipaddress", "ipv4", "ipv6", "host", "client ip", "remote addr", "x forwarded for", "server", "ip adresse", "adresse ip", "dirección ip", "indirizzo ip", "endereço ip", "ip adres"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="MAC_ADDRESS",
        title="MAC address",
        category="user.device.mac_address",
        citation="IEEE 802-2014 §8.1",
        forms=(Form(_MAC, B, 0.6, Edge.NUMBER, check=_is_mac), Form(_MAC, R, 0.5, Edge.NUMBER, check=_is_named_mac)),
        words=("mac", "mac address", "bssid", "hwaddr", "ether", "physical address", "mac adresse", "adresse mac", "dirección mac", "indirizzo mac"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="IMEI",
        title="Mobile device number (IMEI)",
        category="user.device.imei",
        citation="3GPP TS 23.003 §6.2.1, annex B (Luhn)",
        forms=(
            Form(r"[0-9]{2}[ \-][0-9]{6}[ \-][0-9]{6}[ \-][0-9]", B, 0.6, Edge.NUMBER),
            Form(r"[0-9]{6}[ \-][0-9]{2}[ \-][0-9]{6}[ \-][0-9]", B, 0.6, Edge.NUMBER),
            Form(r"[0-9]{15,16}|[0-9]{2}/[0-9]{6}/[0-9]{6}/[0-9]", R, 0.6, Edge.NUMBER),
        ),
        check=_is_imei,
        normalise=digits,
        words=("imei", "imeisv", "imei number", "imei no", "imei code", "device id", "handset"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="ICCID",
        title="SIM card number",
        category="user.device.iccid",
        citation="ITU-T E.118",
        forms=(
            Form(r"89[0-9]{17,18}", B, 0.55, Edge.NUMBER),
            Form(r"89[0-9]{2}(?:[ \-][0-9]{4}){3}[ \-][0-9]{3,4}|89[0-9]{2}[ \-][0-9]{2}[ \-][0-9]{4}[ \-][0-9]{4}[ \-][0-9]{4}[ \-][0-9]", B, 0.6, Edge.NUMBER),
        ),
        check=_is_iccid,
        normalise=digits,
        words=("iccid", "sim", "sim card", "esim", "sim number", "carte sim", "tarjeta sim"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="IMSI",
        title="Mobile subscriber (IMSI)",
        category="user.device.imsi",
        citation="ITU-T E.212: mobile country code, network, subscriber",
        forms=(Form(r"[0-9]{15}", R, 0.6, Edge.NUMBER, alone=True), Form(r"[0-9]{14}|[0-9]{3}[ \-][0-9]{2,3}[ \-][0-9]{9,10}", R, 0.6, Edge.NUMBER)),
        check=_is_imsi,
        normalise=digits,
        words=("imsi", "imsi number", "subscriber identity", "mobile subscriber identity", "international mobile subscriber identity", "tmsi"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="MEID",
        title="Mobile device number (MEID)",
        category="user.device.meid",
        citation="3GPP2 S.R0048-A: hexadecimal from A0 on, or decimal; Luhn over the same digits",
        forms=(
            Form(r"[A-F][0-9A-F](?:[ \-]?[0-9A-F]{2}){6}(?:[ \-]?[0-9A-F])?|[a-f][0-9a-f]{13,14}", R, 0.65),
            Form(r"99[0-9]{12,13}", R, 0.6, Edge.NUMBER, check=_is_dual_meid),
            Form(r"[0-9]{18,19}|[0-9]{5}[ \-][0-9]{5}[ \-][0-9]{4}[ \-][0-9]{4}(?:[ \-][0-9])?", R, 0.6, Edge.NUMBER),
        ),
        check=_is_meid,
        normalise=compact,
        words=("meid", "meid number", "meid hex", "meid dec", "mobile equipment identifier", "esn"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="AD_ID",
        title="Advertising identifier",
        category="user.device.cookie_id",
        citation="Apple IDFA, Google advertising id: a UUID (RFC 9562 §4)",
        forms=(Form(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}", R, 0.6),),
        check=_is_advertising_id,
        words=("idfa", "gaid", "aaid", "adid", "ifa", "oaid", "idfv", "ad id", "advertising id", "advertising identifier", "google advertising id", "apple advertising id", "werbe id", "identifiant publicitaire", "id de publicidad", "id pubblicitario"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="LOCATION_GPS",
        title="Coordinates",
        category="user.location.precise",
        citation="ISO 6709: latitude, longitude, four decimals or more are a house",
        forms=(Form(r"[+\-]?[0-9]{1,2}[.][0-9]{4,10},[ ]?[+\-]?[0-9]{1,3}[.][0-9]{4,10}", R, 0.6, Edge.NUMBER, alone=True),),
        check=_is_place,
        words=("gps", "coordinates", "latitude", "location", "lat", "geo", "position", "koordinaten", "standort", "coordonnées", "coordenadas", "ubicación", "coordinate", "posizione", "localização", "locatie"),
        strength=Strength.SHAPE,
    ),
)  # fmt: skip
