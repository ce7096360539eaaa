"""Whom an access token stands for."""

from datetime import timedelta
from typing import Any

import pytest

from curtilage.core.models import PrincipalId, PrincipalKind, TenantId
from curtilage.identity.budgets import Budget, Measure, Whose, Window
from curtilage.identity.caller_budgets import CallerBudgets
from curtilage.identity.payer_claim import seal_payer
from curtilage.identity.token_cache import TokenCache
from curtilage.identity.token_callers import (
    ShownToken,
    TokenBook,
    TokenCaller,
    audience_of,
)
from curtilage.identity.wire.access_tokens import sign_access_token
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.once import ENDED_GRANT, ENDED_TOKEN, once_digest
from curtilage.identity.wire.presented import Scheme
from tests.builders import TENANT
from tests.fakes import FixedEntropy
from tests.fakes.clock import START
from tests.proofs import a_key, a_proof
from tests.signed_tokens import ALL_KEYS, EC_KEY, ISSUER, an_access_token

BASE = "https://ai.orchard.example"
AUDIENCE = audience_of(BASE)
PATH = "/v1/messages"


def a_book(**given: Any) -> TokenBook:
    return TokenBook(TokenCache(ISSUER, AUDIENCE, ALL_KEYS), BASE, **given)


def know(book: TokenBook | None = None, **given: Any) -> TokenCaller:
    raw = sign_access_token(an_access_token(audience=(AUDIENCE,), **given), key=EC_KEY)
    return (book or a_book()).know(ShownToken(raw), tenant=TENANT, at=START)


def refusal(book: TokenBook, shown: ShownToken) -> JoseRefused:
    with pytest.raises(JoseRefused) as caught:
        book.know(shown, tenant=TENANT, at=START)
    return caught.value


@pytest.mark.requirement(9, 23)
def test_a_person_comes_with_what_the_token_says_of_them() -> None:
    found = know(
        scopes=frozenset({"models:call", "purpose:support"}),
        purposes=frozenset({"assist"}),
        rights=frozenset({"restore"}),
        acr="aal2",
        authenticated_at=START - timedelta(minutes=1),
    )
    who = found.principal
    assert (who.tenant, who.id, who.kind) == (TENANT, "person-ada", PrincipalKind.PERSON)
    assert who.purposes == {"assist", "support"} and who.rights == {"restore"}
    assert (who.assurance, who.authenticated_at) == (2, START - timedelta(minutes=1))
    assert (found.key.id, found.key.every_budget, found.proof) == ("client-basket", (), None)


@pytest.mark.parametrize(("acr", "level"), [("", 0), ("aal3", 3), ("aal4", 0), ("urn:gold", 0)])
def test_a_level_that_we_do_not_know_is_none(acr: str, level: int) -> None:
    assert know(acr=acr).principal.assurance == level


def test_a_client_is_a_service_that_never_signed_in() -> None:
    who = know(subject="client-basket", acr="aal3", authenticated_at=START).principal
    assert (who.kind, who.assurance, who.authenticated_at) == (PrincipalKind.SERVICE, 0, None)
    agent = know(act=("agent-7",)).principal
    assert (agent.kind, agent.act) == (PrincipalKind.AGENT, ("agent-7",))


@pytest.mark.parametrize(
    "ended",
    [
        {"grants": frozenset({"grant-1"})},
        {"clients": frozenset({"client-basket"})},
        {"tokens": frozenset({once_digest(ENDED_TOKEN, "grant-1.random")})},
        {"tokens": frozenset({once_digest(ENDED_GRANT, "grant-1")})},
    ],
)
def test_what_ended_is_refused_although_it_was_verified_before(ended: dict[str, Any]) -> None:
    cache = a_book().cache
    raw = sign_access_token(an_access_token(audience=(AUDIENCE,)), key=EC_KEY)
    shown = ShownToken(raw)
    TokenBook(cache, BASE).know(shown, tenant=TENANT, at=START)
    assert refusal(TokenBook(cache, BASE, **ended), shown).reason is JoseReason.ENDED


@pytest.mark.requirement(22)
def test_a_bound_token_needs_its_scheme_and_a_proof_for_the_public_address() -> None:
    key, book = a_key(), a_book()
    jkt = key.thumbprint()
    raw = sign_access_token(an_access_token(audience=(AUDIENCE,), jkt=jkt), key=EC_KEY)

    def show(*proofs: str, scheme: Scheme = Scheme.DPOP) -> ShownToken:
        return ShownToken(raw, scheme, proofs, "POST", PATH)

    proof = a_proof(key, BASE + PATH, START, token=raw)
    found = book.know(show(proof), tenant=TENANT, at=START)
    assert found.proof is not None and found.proof.until > START
    again = book.know(show(proof), tenant=TENANT, at=START)
    assert again.proof == found.proof, "whether it came before, others know"
    assert refusal(book, show(proof, scheme=Scheme.BEARER)).reason is JoseReason.ACCESS_TOKEN
    for wrong in ((), (proof, proof), (a_proof(key, ISSUER + PATH, START, token=raw),)):
        assert refusal(book, show(*wrong)).of_proof
    assert refusal(book, show(a_proof(a_key(), BASE + PATH, START, token=raw))).of_proof


def test_a_token_that_nothing_binds_is_no_bound_one() -> None:
    raw = sign_access_token(an_access_token(audience=(AUDIENCE,)), key=EC_KEY)
    refused = refusal(a_book(), ShownToken(raw, Scheme.DPOP, (), "POST", PATH))
    assert (refused.reason, refused.of_proof) == (JoseReason.ACCESS_TOKEN, False)


CALLS = Budget(Measure.REQUESTS, Window.DAY, 5)


@pytest.mark.requirement(59)
def test_a_call_draws_on_what_its_person_and_its_app_have() -> None:
    budgets = CallerBudgets({(Whose.PERSON, "person-ada"): (CALLS,), (Whose.APP, ""): (CALLS,)})
    book = a_book(budgets=budgets, payer_key=b"p" * 32)
    ada = know(book).payer
    assert [holder for holder, _ in ada.budgets] == ["person:person-ada", "app:client-basket"]
    assert budgets.find_payer(TENANT, ada.id) == ada
    service = know(book, subject="client-basket").payer
    assert [holder for holder, _ in service.budgets] == ["app:client-basket"]
    assert service.id != ada.id


@pytest.mark.requirement(59)
def test_a_person_with_another_name_for_each_app_pays_from_one_budget() -> None:
    key, jti = b"p" * 32, "grant-1.random"
    book = a_book(budgets=CallerBudgets({(Whose.PERSON, ""): (CALLS,)}), payer_key=key)
    claims = [
        seal_payer(key, PrincipalId("person-ada"), jti=jti, entropy=FixedEntropy(seed))
        for seed in ("one", "other")
    ]
    assert claims[0] != claims[1], "two apps cannot tell that it is one person"
    callers = [
        know(book, jti=jti, payer=claim, subject=f"pairwise-{claim[:9]}") for claim in claims
    ]
    assert {each.payer.budgets for each in callers} == {(("person:person-ada", CALLS),)}
    assert len({each.principal.id for each in callers}) == 2
    raw = sign_access_token(
        an_access_token(audience=(AUDIENCE,), payer=claims[0], jti="grant-2.random"), key=EC_KEY
    )
    assert refusal(book, ShownToken(raw)).reason is JoseReason.CLAIMS


FULL = frozenset({"models:call", "restore", "purpose:assist", "purpose:support"})


@pytest.mark.requirement(57)
def test_a_token_from_before_says_no_more_than_its_client_may_have_now() -> None:
    given: Any = {
        "scopes": FULL,
        "rights": frozenset({"restore"}),
        "purposes": frozenset({"support"}),
    }
    left = frozenset({"models:call", "purpose:assist", "purpose:other"})
    who = know(a_book(scopes={"client-basket": left}), **given).principal
    assert who.scopes == {"models:call", "purpose:assist"}
    assert (who.rights, who.purposes) == (frozenset(), {"assist"})
    book = a_book(scopes={"client-other": frozenset(), "client-basket": None})
    raw = sign_access_token(an_access_token(audience=(AUDIENCE,), **given), key=EC_KEY)
    assert refusal(book, ShownToken(raw)).reason is JoseReason.ENDED
    other = know(a_book(scopes={"client-other": None}), **given).principal
    assert (other.scopes, other.rights) == (FULL, {"restore"})


@pytest.mark.requirement(57)
def test_a_token_from_before_says_no_more_than_its_person_may_now() -> None:
    given: Any = {"scopes": FULL, "rights": frozenset({"restore", "see:all"})}
    who = know(a_book(rights={"grant-1": frozenset({"restore", "more"})}), **given).principal
    assert (who.rights, who.scopes) == ({"restore"}, FULL)
    other = know(a_book(rights={"grant-2": frozenset()}), **given).principal
    assert other.rights == {"restore", "see:all"}


def test_what_was_said_of_a_token_is_said_of_no_other_by_its_name() -> None:
    book = a_book()
    raw = sign_access_token(an_access_token(audience=(AUDIENCE,), jti="same.name"), key=EC_KEY)
    first, again = (book.know(ShownToken(raw), tenant=TENANT, at=START) for _ in range(2))
    assert again is first, "it is worked out once"
    elsewhere = book.know(ShownToken(raw), tenant=TenantId("another"), at=START)
    assert elsewhere.principal.tenant == "another"
    other = know(book, jti="same.name", subject="person-grace", rights=frozenset({"restore"}))
    assert (other.principal.id, other.principal.rights) == ("person-grace", {"restore"})


def test_a_book_says_of_no_more_tokens_than_are_kept() -> None:
    book = TokenBook(TokenCache(ISSUER, AUDIENCE, ALL_KEYS, most=2), BASE)
    for number in range(5):
        know(book, jti=f"grant.{number}")
    assert len(book._judged) == 2
