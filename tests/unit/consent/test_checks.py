"""What the doctor says about policies."""

from contextlib import nullcontext
from dataclasses import replace

from curtilage.consent.build import build_consent
from curtilage.consent.checks import check_policy
from curtilage.consent.cli import PolicyTools
from curtilage.consent.models import Opaque, Rule
from curtilage.consent.shelf import PolicyShelf
from curtilage.core.models import Finding, Treatment


def scan(text: str) -> list[Finding]:
    return []


def test_a_policy_that_observes_is_loud() -> None:
    (seen,) = check_policy(PolicyShelf().load("observe"))
    assert seen.code == "consent.observing"
    assert seen.severity == "warning"


def test_strict_has_nothing_to_say() -> None:
    assert check_policy(PolicyShelf().load("strict")) == []


def test_allowed_secrets_and_content_that_cannot_be_scanned_are_named() -> None:
    strict = PolicyShelf().load("strict")
    opened = replace(
        strict,
        rules=(*strict.rules, Rule("secret.key", Treatment.ALLOW, destination="local", number=9)),
        allowed_opaque=frozenset({Opaque.REMOTE_URLS, Opaque.IMAGES}),
    )
    guarded, opaque = check_policy(opened)
    assert (guarded.code, guarded.severity) == ("consent.guarded-allowed", "warning")
    assert "Rule 9" in guarded.detail
    assert opaque.code == "consent.opaque-allowed"
    assert "images, remote urls" in opaque.detail


def test_the_slice_checks_the_policies_in_use() -> None:
    shelf = PolicyShelf()
    built = build_consent(
        in_use=lambda: [shelf.load("observe"), shelf.load("strict")],
        open_tools=lambda config, data_dir: PolicyTools(shelf, scan),
        open_desk=lambda config, data_dir: nullcontext(),
        open_corrections=lambda config, data_dir: nullcontext(),
    )
    (check,) = built.checks
    assert [seen.code for seen in check()] == ["consent.observing"]
    assert [name for name, _ in built.commands] == ["policy", "corrections"]
