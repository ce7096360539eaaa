"""Devices and networks."""

from ipaddress import AddressValueError, IPv6Address

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
    return not address.is_unspecified and not address.is_loopback


KINDS = (
    Kind(
        type="IP_ADDRESS",
        title="IP address",
        category="user.device.ip_address",
        citation="RFC 791 §3.2, RFC 4291 §2.2",
        forms=(
            Form(rf"{_OCTET}(?:[.]{_OCTET}){{3}}", B, 0.6, Edge.NUMBER, check=_is_host, trigger=r"[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}"),
            Form(rf"{_OCTET}(?:[.]{_OCTET}){{3}}(?::[0-9]{{2,5}})", B, 0.7, Edge.WORD, check=lambda value: _is_host(value.partition(":")[0]), trim=lambda value: value.index(":")),
            Form(rf"{_OCTET}(?:[.]{_OCTET}){{3}}", R, 0.6, Edge.NUMBER, check=_is_named_host, trigger=r"[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}"),
            Form(
                r"(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){7}|(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?::(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?)",
                N, 0.85, check=_is_ipv6,
                trigger=r"[0-9A-Fa-f:]*:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*",
            ),
        ),
        words=("ip", "ip address", "ipaddress", "ipv4", "ipv6", "host", "client ip", "remote addr", "x forwarded for", "server", "ip adresse", "adresse ip", "dirección ip", "indirizzo ip", "endereço ip", "ip adres"),
        strength=Strength.SHAPE,
    ),
)  # fmt: skip
