"""What providers publish, answer and send by way of a browser, as strangers would."""

from collections.abc import Iterator

import orjson

from curtilage.identity.providers.wire.answers import parse_token_answer, parse_userinfo
from curtilage.identity.providers.wire.callback import parse_callback
from curtilage.identity.providers.wire.metadata import parse_metadata
from tests.property.fuzz.target import Target

ISSUER = "https://harbour.example"
DOCUMENT = orjson.dumps(
    {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "jwks_uri": f"{ISSUER}/keys",
        "userinfo_endpoint": f"{ISSUER}/me",
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
    }
)
TOKENS = b'{"access_token":"a-token","token_type":"Bearer","id_token":"a.b.c"}'
TOLD = b'{"sub":"sub-ada","email":"ada@orchard.example","email_verified":true}'
CALLBACK = {"state": "s", "code": "c", "iss": ISSUER}


def read_metadata(raw: bytes) -> object:
    return parse_metadata(raw, issuer=ISSUER)


def read_userinfo(raw: bytes) -> object:
    return parse_userinfo(raw, subject="sub-ada")


def read_callback(given: object) -> object:
    """As the shell gives it: names and values that are text."""
    pairs = given.items() if isinstance(given, dict) else ()
    return parse_callback({str(name): str(value) for name, value in pairs})


def provider_targets() -> Iterator[Target]:
    yield Target("metadata of a provider", (parse_metadata,), [DOCUMENT], read_metadata)
    yield Target("tokens of a provider", (parse_token_answer,), [TOKENS], parse_token_answer)
    yield Target("userinfo of a provider", (parse_userinfo,), [TOLD], read_userinfo)
    yield Target("callback of a provider", (parse_callback,), [CALLBACK], read_callback)
