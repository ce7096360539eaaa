"""Answers of the app's own doors: redirects, problems, challenges, two small pages."""

from collections.abc import Mapping
from datetime import timedelta
from html import escape
from urllib.parse import quote, urlencode

import orjson

from curtilage.core.door import Headers, Reply
from curtilage.core.errors import CurtilageError
from curtilage.core.problem import PROBLEM_TYPE, describe_problem
from curtilage.identity.relying.errors import NotSignedIn, ScopeMissing, StepUpNeeded
from curtilage.identity.wire.challenges import (
    Challenge,
    ChallengeError,
    encode_bearer_challenge,
    encode_dpop_challenge,
)
from curtilage.identity.wire.dpop import DPOP_ALGORITHMS
from curtilage.identity.wire.errors import JoseRefused

NO_STORE: Headers = (("cache-control", "no-store"), ("referrer-policy", "no-referrer"))
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{title}</title>'
    "<h1>{title}</h1><p>{text}</p>{more}</html>"
)


def see_other(location: str, headers: Headers = ()) -> Reply:
    """303 and never 307, which would send a form on (RFC 9700 §4.12)."""
    return Reply(status=303, headers=(("location", location), *NO_STORE, *headers))


def lead_to_login(login: str, *, onward: str, acr: str = "", max_age: int | None = None) -> Reply:
    """To the sign-in of this app, and from there back to `onward`."""
    asked = {"next": onward, "acr": acr, "max_age": "" if max_age is None else str(max_age)}
    given = {name: value for name, value in asked.items() if value}
    return see_other(f"{login}?{urlencode(given, quote_via=quote)}")


def encode_problem(error: CurtilageError, headers: Headers = ()) -> Reply:
    """A problem document (RFC 9457)."""
    body = orjson.dumps(describe_problem(error, instance=""))
    return Reply(body, PROBLEM_TYPE, error.status, (*NO_STORE, *headers))


def encode_challenge(error: CurtilageError, *, metadata: str = "") -> Reply:
    """A problem with `WWW-Authenticate`, for who sends tokens (RFC 6750 §3, RFC 9470 §3)."""
    challenge = _challenge(error, metadata)
    headers = (
        ("www-authenticate", encode_bearer_challenge(challenge)),
        ("www-authenticate", encode_dpop_challenge(challenge, algorithms=DPOP_ALGORITHMS)),
    )
    return encode_problem(error, headers if error.status in {401, 403} else ())


def _challenge(error: CurtilageError, metadata: str) -> Challenge:
    if isinstance(error, StepUpNeeded):
        return Challenge(
            ChallengeError.INSUFFICIENT_USER_AUTHENTICATION,
            acr_values=(error.acr,) if error.acr else (),
            max_age=None if error.max_age is None else timedelta(seconds=error.max_age),
            resource_metadata=metadata,
        )
    if isinstance(error, ScopeMissing):
        return Challenge(
            ChallengeError.INSUFFICIENT_SCOPE, scope=error.scopes, resource_metadata=metadata
        )
    if isinstance(error, JoseRefused):
        return Challenge(ChallengeError.INVALID_TOKEN, resource_metadata=metadata)
    if isinstance(error, NotSignedIn):  # without a code: nothing was wrong (RFC 6750 §3.1)
        return Challenge(resource_metadata=metadata)
    return Challenge(ChallengeError.INSUFFICIENT_SCOPE, resource_metadata=metadata)


def encode_problem_page(error: CurtilageError, *, login: str, headers: Headers = ()) -> Reply:
    """What a person sees whose sign-in was not completed."""
    more = f'<p><a href="{escape(login)}">Sign in</a></p>'
    return _page(error.title, error.advice, more, status=error.status, headers=headers)


def encode_logout_page(path: str, *, onward_origin: str) -> Reply:
    """A button: signing out by a mere link would let every page do it."""
    more = f'<form method="post" action="{escape(path)}"><button>Sign out</button></form>'
    return _page("Sign out", "Do you want to sign out here?", more, form=onward_origin)


def _page(
    title: str, text: str, more: str, *, status: int = 200, form: str = "", headers: Headers = ()
) -> Reply:
    body = _PAGE.format(title=escape(title), text=escape(text), more=more).encode()
    policy = f"default-src 'none'; frame-ancestors 'none'; form-action 'self' {form}".strip()
    own = (("content-security-policy", policy), ("x-content-type-options", "nosniff"))
    return Reply(body, "text/html; charset=utf-8", status, (*NO_STORE, *own, *headers))


def encode_resource(audience: str, issuer: str) -> Reply:
    """The metadata of a protected resource (RFC 9728 §3.2): the strings as clients use them."""
    document: Mapping[str, object] = {
        "resource": audience,
        "authorization_servers": [issuer],
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": sorted(each.value for each in DPOP_ALGORITHMS),
    }
    return Reply(orjson.dumps(document), headers=(("cache-control", "public, max-age=300"),))
