"""Requests as we keep them, between the browser's visits: JSON, version 1."""

from typing import Any

import orjson

from curtilage.identity.oauth.models.details import Detail
from curtilage.identity.oauth.models.requests import AuthorizationRequest, ClaimsAsked, Prompt

VERSION = 1


def encode_request(request: AuthorizationRequest) -> str:
    """One line of JSON."""
    return orjson.dumps(
        {
            "v": VERSION,
            "client": request.client,
            "redirect_uri": request.redirect_uri,
            "has_uri": request.has_uri,
            "challenge": request.challenge,
            "state": request.state,
            "scopes": request.scopes,
            "resources": request.resources,
            "nonce": request.nonce,
            "prompts": sorted(request.prompts),
            "max_age": request.max_age,
            "acr_values": request.acr_values,
            "claims": describe_claims(request.claims),
            "hinted_subject": request.hinted_subject,
            "jkt": request.jkt,
            "claim_scopes": request.claim_scopes,
            "details": [[each.text, each.words] for each in request.details],
            "ui_locales": request.ui_locales,
        }
    ).decode()


def restore_request(text: str) -> AuthorizationRequest:
    """The request that `encode_request` wrote in our own store."""
    fields = orjson.loads(text)
    return AuthorizationRequest(
        client=fields["client"],
        redirect_uri=fields["redirect_uri"],
        has_uri=fields["has_uri"],
        challenge=fields["challenge"],
        state=fields["state"],
        scopes=tuple(fields["scopes"]),
        resources=tuple(fields["resources"]),
        nonce=fields["nonce"],
        prompts=frozenset(Prompt(each) for each in fields["prompts"]),
        max_age=fields["max_age"],
        acr_values=tuple(fields["acr_values"]),
        claims=restore_claims(fields["claims"]),
        hinted_subject=fields["hinted_subject"],
        jkt=fields["jkt"],
        claim_scopes=tuple(fields["claim_scopes"]),
        details=tuple(Detail(text, words) for text, words in fields["details"]),
        ui_locales=tuple(fields.get("ui_locales", ())),  # kept before there were languages
    )


def describe_claims(claims: ClaimsAsked) -> dict[str, Any]:
    """Claims as plain JSON."""
    return {
        "id_token": sorted(claims.id_token),
        "userinfo": sorted(claims.userinfo),
        "acr": list(claims.acr),
        "subject": claims.subject,
    }


def restore_claims(fields: dict[str, Any]) -> ClaimsAsked:
    """What `describe_claims` gave."""
    return ClaimsAsked(
        id_token=frozenset(fields["id_token"]),
        userinfo=frozenset(fields["userinfo"]),
        acr=tuple(fields["acr"]),
        subject=fields["subject"],
    )
