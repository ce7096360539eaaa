"""The gateway as a resource that tokens can be for (RFC 8707), its scopes in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from curtilage.consent.models import Purpose
from curtilage.core.words import say
from curtilage.identity.models import RESTORE
from curtilage.identity.oauth.models.clients import Resource
from curtilage.identity.token_callers import CALL, PURPOSE, audience_of

WORDS = {
    CALL: say("Call AI models for you"),
    RESTORE: say("Read the personal data that comes back in answers to you"),
}


@dataclass(frozen=True, slots=True)
class GatewayScopes(Mapping[str, str]):
    """Each scope in plain words: two that are always there, and one for each purpose that
    the policy in force knows at this moment."""

    purposes: Callable[[], Sequence[Purpose]]

    def _words(self) -> dict[str, str]:
        return WORDS | {
            f"{PURPOSE}{each.key}": say(
                "Use AI models for: {purpose}", purpose=each.title or each.key
            )
            for each in self.purposes()
        }

    def __getitem__(self, scope: str) -> str:
        return self._words()[scope]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words())

    def __len__(self) -> int:
        return len(self._words())


def build_gateway_resource(public_url: str, purposes: Callable[[], Sequence[Purpose]]) -> Resource:
    """Not open: an app asks for it once an administrator wrote it on the app."""
    uri = audience_of(public_url.rstrip("/"))
    return Resource(uri, say("The AI gateway"), GatewayScopes(purposes))
