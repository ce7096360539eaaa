from curtilage.identity.providers.rules.presets import NO_OIDC, PRESETS, expected_issuer


def test_every_preset_asks_for_openid_and_has_an_issuer_or_takes_one() -> None:
    for name, preset in PRESETS.items():
        assert "openid" in preset.scopes, name
        assert not preset.issuer.endswith("/"), name
        assert bool(preset.issuer) == bool(preset.label), name
    assert not NO_OIDC & set(PRESETS)


def test_the_issuer_of_a_tenant_is_written_from_the_template() -> None:
    template = "https://login.microsoftonline.com/{tenantid}/v2.0"
    assert expected_issuer(template, tenant="t-1") == "https://login.microsoftonline.com/t-1/v2.0"
