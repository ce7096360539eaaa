"""How a resource describes itself."""

import orjson
import pytest

from curtilage.identity.wire.resource_metadata import (
    described_at,
    encode_resource_metadata,
    find_path,
)

WELL_KNOWN = "/.well-known/oauth-protected-resource"


@pytest.mark.requirement(24)
@pytest.mark.parametrize(
    ("resource", "path", "address"),
    [
        ("https://ai.example/v1", f"{WELL_KNOWN}/v1", f"https://ai.example{WELL_KNOWN}/v1"),
        ("https://ai.example/a/v1", f"{WELL_KNOWN}/a/v1", f"https://ai.example{WELL_KNOWN}/a/v1"),
        ("https://ai.example", WELL_KNOWN, f"https://ai.example{WELL_KNOWN}"),
        ("https://ai.example/", WELL_KNOWN, f"https://ai.example{WELL_KNOWN}"),
        ("urn:example:api", "", ""),
        ("https:", "", ""),
    ],
)
def test_the_document_stands_between_host_and_path(resource: str, path: str, address: str) -> None:
    assert find_path(resource) == path
    assert described_at(resource) == address


@pytest.mark.requirement(24)
def test_it_says_who_gives_tokens_and_what_they_may_say() -> None:
    raw = encode_resource_metadata(
        "https://ai.example/v1", issuer="https://ai.example/", name="AI", scopes={"b", "a"}
    )
    told = orjson.loads(raw)
    assert told["resource"] == "https://ai.example/v1"
    assert told["authorization_servers"] == ["https://ai.example/"], "byte for byte"
    assert told["scopes_supported"] == ["a", "b"]
    assert told["bearer_methods_supported"] == ["header"]
    assert "ES256" in told["dpop_signing_alg_values_supported"]
