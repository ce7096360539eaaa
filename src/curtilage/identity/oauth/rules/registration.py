"""Whether a client can be registered like this (RFC 7591 §2, OIDC Registration §2)."""

import re

from curtilage.identity.oauth.errors import UnacceptableClient
from curtilage.identity.oauth.models.clients import AuthMethod, Client, GrantType, SubjectType
from curtilage.identity.oauth.rules.addresses import (
    LOOPBACK_HOSTS,
    host_of,
    is_resource_shaped,
    verify_redirect_uri,
    verify_web_address,
)
from curtilage.identity.oauth.rules.keys import ALGORITHMS

MOST_ADDRESSES = 20
LONGEST_NAME = 100
_SCOPE = re.compile(r"[!#-\[\]-~]{1,100}")  # RFC 6749 §3.3


def verify_client(client: Client) -> Client:
    """The client, fit to be kept. Raises `UnacceptableClient`."""
    _verify_name(client.name)
    _verify_addresses(client)
    _verify_grants(client)
    _verify_method(client)
    _verify_subjects(client)
    if not all(_SCOPE.fullmatch(scope) for scope in client.scopes) or len(client.scopes) > 100:
        raise UnacceptableClient("A scope has 1 to 100 visible ASCII characters; at most 100.")
    if not all(is_resource_shaped(each) for each in (*client.resources, *client.serves)):
        raise UnacceptableClient("A resource is an absolute URI without fragment.")
    if client.id_token_alg not in ALGORITHMS:
        raise UnacceptableClient(f"ID tokens are signed with one of {', '.join(ALGORITHMS)}.")
    return client


def _verify_name(name: str) -> None:
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or not name.strip():
        raise UnacceptableClient("The name of an app has 1 to 100 printable characters.")


def _verify_addresses(client: Client) -> None:
    for address in client.redirect_uris:
        verify_redirect_uri(address, is_native=client.is_public)
    for address in client.post_logout_uris:
        verify_redirect_uri(address, is_native=client.is_public)
    if client.backchannel_logout_uri:
        verify_web_address(client.backchannel_logout_uri, "A back-channel address")
    for name in ("logo_uri", "client_uri", "policy_uri", "tos_uri"):
        if client.texts.get(name):
            verify_web_address(client.texts[name], f"The {name}")
    if max(len(client.redirect_uris), len(client.post_logout_uris)) > MOST_ADDRESSES:
        raise UnacceptableClient("An app has at most 20 addresses.", is_about_address=True)


def _verify_grants(client: Client) -> None:
    if not client.grant_types:
        raise UnacceptableClient("An app without a grant type can do nothing; give one.")
    if client.may(GrantType.CODE) and not client.redirect_uris:
        raise UnacceptableClient(
            "An app that people sign in to needs a redirect URI.", is_about_address=True
        )
    if client.may(GrantType.CLIENT) and client.is_public:
        raise UnacceptableClient("An app acts for itself only with a secret or a key.")


def _verify_method(client: Client) -> None:
    has_keys = client.jwks is not None or bool(client.jwks_uri)
    if client.jwks is not None and client.jwks_uri:
        raise UnacceptableClient("Give the keys or where they are, not both.")
    if client.method is AuthMethod.KEY and not has_keys:
        raise UnacceptableClient("private_key_jwt needs jwks or jwks_uri.")
    if client.jwks_uri:
        verify_web_address(client.jwks_uri, "The jwks_uri")


def _verify_subjects(client: Client) -> None:
    """Pairwise names need one sector that all redirect URIs share (OIDC Core §8.1)."""
    if client.subject_type is SubjectType.PUBLIC:
        return
    hosts = {host_of(each) for each in client.redirect_uris}
    if not client.sector and len(hosts) > 1:
        raise UnacceptableClient("An app with pairwise subjects has one host, or a sector.")


def sector_of(client: Client) -> str:
    """What a pairwise subject is bound to."""
    if client.sector:
        return client.sector
    hosts = sorted({host_of(each) for each in client.redirect_uris})
    return hosts[0] if hosts else client.id


def leads_here_only(client: Client) -> bool:
    """Whether all that it is answered at is on the person's own machine."""
    return bool(client.redirect_uris) and all(
        host_of(each) in LOOPBACK_HOSTS for each in client.redirect_uris
    )
