"""Keys of services that watch: metrics, logs, traces, errors; and of sign-in services."""

from curtilage.detect.issued import has_grafana_crc32, is_grafana_record, is_sentry_record
from curtilage.detect.models import Edge, Form, Kind, Strength
from curtilage.detect.named_values import HEX, URLSAFE, named
from curtilage.detect.secrecy import is_generated, is_token

_SERVICE = r"glsa_[0-9A-Za-z]{32}_[0-9A-Fa-f]{8}"
_CLOUD = r"glc_[0-9A-Za-z+/]{32,400}={0,2}"
_CLOUD_BEGINS = r"glc_[0-9A-Za-z+/]{32,}={0,2}"
_API = r"eyJrIjoi[0-9A-Za-z]{70,400}={0,3}"
_API_BEGINS = r"eyJrIjoi[0-9A-Za-z]{70}[0-9A-Za-z]*={0,3}"
_ORGANISATION = r"sntrys_eyJ[0-9A-Za-z+/=_\-]{80,400}"
_ORGANISATION_BEGINS = r"sntrys_eyJ[0-9A-Za-z+/=_\-]{80,}"

KINDS = (
    Kind(
        type="SEC_DATADOG",
        title="Datadog key",
        category="secret.key.code",
        citation="Datadog docs, API and application keys: 32 and 40 hexadecimal digits; newer ones say what they are",
        forms=(
            named(
                "datadog|dd api|dd app|dd application|dd client",
                f"(?:[{HEX}]{{40}}|[{HEX}]{{32}}|pub[{HEX}]{{32}})",
                check=is_generated,
            ),
            named("datadog", "[a-z0-9]{40}", check=is_generated),
            Form(r"dd(?:ap|pat|sat)[ip]?_[0-9A-Za-z]{34,50}", edge=Edge.TOKEN),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_GRAFANA",
        title="Grafana token",
        category="secret.token.code",
        citation="Grafana, satokengen: CRC-32 in eight hex digits; cloud tokens and old API keys are JSON in base64",
        forms=(
            Form(_SERVICE, score=0.99, edge=Edge.TOKEN, check=has_grafana_crc32),
            Form(_SERVICE, score=0.95, edge=Edge.TOKEN),
            Form(
                _CLOUD, score=0.99, edge=Edge.TOKEN, trigger=_CLOUD_BEGINS, check=is_grafana_record
            ),
            Form(_CLOUD, edge=Edge.TOKEN, trigger=_CLOUD_BEGINS),
            Form(_API, score=0.99, edge=Edge.TOKEN, trigger=_API_BEGINS, check=is_grafana_record),
            Form(_API, edge=Edge.TOKEN, trigger=_API_BEGINS),
        ),
        check=is_token,
        strength=Strength.PROOF,
    ),
    Kind(
        type="SEC_SENTRY",
        title="Sentry token",
        category="secret.token.code",
        citation="Sentry docs, auth tokens; RFC 0091: JSON in base64 before the secret",
        forms=(
            Form(r"sntryu_[a-f0-9]{64}"),
            Form(_ORGANISATION, score=0.99, trigger=_ORGANISATION_BEGINS, check=is_sentry_record),
            Form(_ORGANISATION, trigger=_ORGANISATION_BEGINS),
            named("sentry", f"[{HEX}]{{64}}", check=is_generated),
        ),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_NEWRELIC",
        title="New Relic key",
        category="secret.key.code",
        citation="New Relic docs, API keys",
        forms=(
            Form(r"NRAK-[0-9A-Z]{27}"),
            Form(r"NRII-[0-9A-Za-z_\-]{32}", edge=Edge.TOKEN),
            Form(r"NRJS-[a-f0-9]{19}"),
            Form(r"NRRA-[a-f0-9]{42}"),
            Form(
                r"(?:eu01xx|us01xx)?[0-9a-f]{30,36}(?:FFFF)?NRAL",
                trigger="NRAL",
                lead="[0-9A-Za-z]",
            ),
            named(
                "new relic", f"(?:[{HEX}]{{40}}|[0-9a-z]{{64}}|[{HEX}]{{47}})", check=is_generated
            ),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_DYNATRACE",
        title="Dynatrace token",
        category="secret.token.code",
        citation="Dynatrace docs, token format",
        forms=(Form(r"dt0[a-z][0-9]{2}[.][0-9A-Za-z]{8,24}[.][0-9A-Za-z]{64}"),),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_OKTA",
        title="Okta token",
        category="secret.token.oauth",
        citation="Okta docs, API tokens: 42 characters, the first two are zeros",
        forms=(
            named("okta|oktapreview", rf"00[{URLSAFE}=]{{40}}", check=is_generated),
            named("okta", rf"[{URLSAFE}]{{40,64}}", check=is_generated),
            Form(r"SSWS[ ]{1,3}(?P<value>00[0-9A-Za-z_\-]{40})", edge=Edge.TOKEN),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
)
