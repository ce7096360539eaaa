"""Devices and networks."""

from ipaddress import AddressValueError, IPv6Address

from curtilage.detect.checksums import digits, is_monotone, luhn
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"


def _is_host(value: str) -> bool:
    """An IPv4 address that is not a version number: `1.2.3.4`, `10.0.0.0`, netmasks."""
    octets = [int(part) for part in value.split(".")]
    small = sum(octet < 32 for octet in octets)
    return small < 4 and octets[0] not in (0, 255)


def _is_named_host(value: str) -> bool:
    return value not in ("0.0.0.0", "255.255.255.255")  # noqa: S104 - compared, not bound


def _is_ipv6(value: str) -> bool:
    try:
        address = IPv6Address(value)
    except AddressValueError:
        return False
    named = any(char.isdecimal() for char in value)  # `a::b` is a name in some language
    # What ends in `::` is a network or a name's beginning, not a device.
    return (
        named
        and not value.endswith("::")
        and not address.is_unspecified
        and not address.is_loopback
    )


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


def _is_place(value: str) -> bool:
    latitude, longitude = (float(part) for part in value.replace(" ", "").split(","))
    return abs(latitude) <= 90 and abs(longitude) <= 180


KINDS = (
    Kind(
        type="IP_ADDRESS",
        title="IP address",
        category="user.device.ip_address",
        citation="RFC 791 §3.2, RFC 4291 §2.2",
        forms=(
            Form(rf"{_OCTET}(?:[.]{_OCTET}){{3}}", B, 0.6, Edge.PROVED, check=_is_host, trigger=r"[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}"),
            Form(rf"{_OCTET}(?:[.]{_OCTET}){{3}}(?::[0-9]{{2,5}})", B, 0.7, Edge.WORD, check=lambda value: _is_host(value.partition(":")[0]), trim=lambda value: value.index(":")),
            Form(rf"{_OCTET}(?:[.]{_OCTET}){{3}}", R, 0.6, Edge.PROVED, check=_is_named_host, trigger=r"[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}"),
            Form(
                r"(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){7}|(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?::(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?)",
                N, 0.85, check=_is_ipv6,
                lead="[0-9A-Fa-f:]",
                trigger=r":[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*",
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
            Form(r"[0-9]{15,16}", R, 0.6, Edge.NUMBER),
        ),
        check=_is_imei,
        normalise=digits,
        words=("imei", "imeisv", "device id", "handset"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="ICCID",
        title="SIM card number",
        category="user.device.iccid",
        citation="ITU-T E.118",
        forms=(Form(r"89[0-9]{17,18}", B, 0.55, Edge.NUMBER),),
        check=_is_iccid,
        words=("iccid", "sim", "sim card", "esim", "sim number", "carte sim", "tarjeta sim"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="LOCATION_GPS",
        title="Coordinates",
        category="user.location.precise",
        citation="ISO 6709: latitude, longitude, four decimals or more are a house",
        forms=(Form(r"[+\-]?[0-9]{1,2}[.][0-9]{4,10},[ ]?[+\-]?[0-9]{1,3}[.][0-9]{4,10}", R, 0.6, Edge.NUMBER),),
        check=_is_place,
        words=("gps", "coordinates", "latitude", "location", "lat", "geo", "position", "koordinaten", "standort", "coordonnées", "coordenadas", "ubicación", "coordinate", "posizione", "localização", "locatie"),
        strength=Strength.SHAPE,
    ),
)  # fmt: skip
