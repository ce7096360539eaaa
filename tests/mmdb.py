"""A table of places in the MaxMind DB format, as small as a test needs (its spec, version 2.0)."""

import struct
from collections.abc import Mapping
from ipaddress import IPv4Network, ip_network
from pathlib import Path
from typing import Any

MARK = b"\xab\xcd\xefMaxMind.com"
Tree = list[Any]  # two branches: a node, data, or None


def encode(value: Any) -> bytes:
    """A value of the data section: text, double, whole number, map or list."""
    if isinstance(value, str):
        raw = value.encode()
        return control(2, len(raw)) + raw
    if isinstance(value, float):
        return control(3, 8) + struct.pack(">d", value)
    if isinstance(value, int):
        raw = value.to_bytes((value.bit_length() + 7) // 8)
        return control(6, len(raw)) + raw
    if isinstance(value, Mapping):
        pairs = b"".join(encode(name) + encode(each) for name, each in value.items())
        return control(7, len(value)) + pairs
    return control(11, len(value)) + b"".join(map(encode, value))


def control(kind: int, size: int) -> bytes:
    assert size < 29, "longer ones are not needed here"
    return bytes([kind << 5 | size]) if kind < 8 else bytes([size, kind - 7])


def write_places(path: Path, places: Mapping[str, Any]) -> Path:
    """A table of networks and what is said of them, of version six."""
    root: Tree = [None, None]
    for text, said in places.items():
        put(root, bits_of(text), encode(said))
    nodes, data = [root], bytearray()
    for node in nodes:
        nodes.extend(each for each in node if isinstance(each, list))
    at = {id(node): place for place, node in enumerate(nodes)}
    records = bytearray()
    for node in nodes:
        for branch in node:
            records += number(branch, at, len(nodes), data).to_bytes(4)
    told = {
        "binary_format_major_version": 2, "binary_format_minor_version": 0,
        "build_epoch": 1_700_000_000, "database_type": "Test-City", "description": {},
        "ip_version": 6, "languages": [], "node_count": len(nodes), "record_size": 32,
    }  # fmt: skip
    path.write_bytes(bytes(records) + bytes(16) + bytes(data) + MARK + encode(told))
    return path


def number(branch: Any, at: Mapping[int, int], nodes: int, data: bytearray) -> int:
    if branch is None:
        return nodes
    if isinstance(branch, list):
        return at[id(branch)]
    data += branch
    return nodes + 16 + len(data) - len(branch)


def bits_of(text: str) -> str:
    network = ip_network(text)
    four = isinstance(network, IPv4Network)
    bits = f"{int(network.network_address):0{32 if four else 128}b}"[: network.prefixlen]
    return "0" * 96 + bits if four else bits


def put(root: Tree, bits: str, data: bytes) -> None:
    node = root
    for bit in bits[:-1]:
        if node[int(bit)] is None:
            node[int(bit)] = [None, None]
        node = node[int(bit)]
    node[int(bits[-1])] = data
