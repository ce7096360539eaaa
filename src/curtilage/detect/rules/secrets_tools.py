"""Keys of what developers run on: platforms, pipelines, registries, networks, flags.

The kinds here take in many issuers, as the shared table has it: a key of an issuer without a
kind of its own is one of the nearest. What has no prefix is found behind the issuer's name.
"""

from curtilage.detect.models import Edge, Form, Kind, N, Strength
from curtilage.detect.named_values import ALNUM, HEX, URLSAFE, UUID, named
from curtilage.detect.secrecy import is_generated, is_random, is_token

_HEX_32 = "adobe|algolia|amplitude|mixpanel|rollbar|bugsnag|flickr|honeybadger|airbrake|raygun|appcenter|openweather|openweathermap|weatherapi|newsapi|ipstack|currencylayer|drone ci|codecov|travis|browserstack|saucelabs|appveyor|opsgenie|statuspage|uptimerobot|pingdom|zapier|shodan|virustotal|censys|abuseipdb|securitytrails|urlscan|tmdb|marvel|etherscan|infura|alchemy|moralis|covalent"
_HEX_40 = "meraki|circle ci|sonar|sonarqube|galaxy|gitea|forgejo|gogs|codeberg|readthedocs|coveralls|codacy|codeclimate|scrutinizer|deepsource|sourcegraph|transifex|crowdin|lokalise|shippable|semaphore|wercker|github client secret|github oauth|loggly|papertrail"
_UUIDS = "snyk|codecov|scw secret|scw access|scw token|scaleway|splunk|squarespace|appveyor|newrelic insights|logzio|logdna|mezmo|loggly|exoscale|bunnycdn|keycdn|stackpath|cloudsmith|launch darkly|mapquest|rundeck|teamcity|jfrog|ably|pusher"

KINDS = (
    Kind(
        type="SEC_POSTMAN_PULUMI",
        title="Token of a developer service",
        category="secret.token.code",
        citation="docs of Postman, Pulumi, Prefect, Doppler, PlanetScale, ReadMe, Shippo, Duffel, EasyPost and of the issuers named in its forms",
        forms=(
            Form(r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
            Form(r"pul-[a-f0-9]{40}"),
            Form(r"pn[ub]_[0-9A-Za-z]{36}"),
            Form(
                r"dp[.](?:pt|st|ct|sa|scim|audit)[.](?:[a-z0-9_\-]{2,35}[.])?[0-9A-Za-z]{40,44}",
                trigger=r"dp[.][a-z]+[.][0-9A-Za-z_.\-]{16,}",
            ),
            Form(r"pscale_(?:tkn|pw|oauth)_[0-9A-Za-z=._\-]{32,64}", edge=Edge.TOKEN),
            Form(r"rdme_[a-z0-9]{70}"),
            Form(r"shippo_(?:live|test)_[a-fA-F0-9]{40}"),
            Form(r"duffel_(?:live|test)_[0-9A-Za-z_=\-]{43}", edge=Edge.TOKEN),
            Form(r"EZ[AT]K[0-9A-Za-z]{54}"),
            # Clouds and hosting.
            Form(r"LTAI[0-9A-Za-z]{12,26}", edge=Edge.TOKEN, check=is_random),
            Form(r"AKID[0-9A-Za-z]{32}", check=is_random),
            Form(r"AQVN[0-9A-Za-z_\-]{35,38}", edge=Edge.TOKEN, check=is_random),
            Form(
                r"t1[.][0-9A-Za-z_\-]{10,400}={0,2}[.][0-9A-Za-z_\-]{86}={0,2}",
                edge=Edge.TOKEN,
                trigger=r"t1[.][0-9A-Za-z_\-]{10,}={0,2}[.][0-9A-Za-z_\-]{36,}",
            ),
            Form(r"YC[0-9A-Z][0-9A-Za-z_\-]{37}", edge=Edge.TOKEN, check=is_random),
            Form(r"y0_[0-9A-Za-z_\-]{55,64}", edge=Edge.TOKEN, check=is_random),
            Form(r"SCW[0-9A-Z]{17}", check=is_generated),
            Form(r"tk-us-[0-9A-Za-z_\-]{48}", edge=Edge.TOKEN),
            Form(r"sb[pv]_(?:v0_)?[a-f0-9]{40}", edge=Edge.TOKEN),
            Form(r"sb_secret_[0-9A-Za-z_\-]{22,48}", edge=Edge.TOKEN),
            Form(r"napi_[a-z0-9]{48,64}", edge=Edge.TOKEN),
            Form(r"vercel_blob_rw_[0-9A-Za-z]{16}_[0-9A-Za-z]{30,40}"),
            Form(r"vc[pkai]_[0-9A-Za-z]{40,64}", edge=Edge.TOKEN),
            Form(r"nf[pcob]_[0-9A-Za-z]{36,40}", edge=Edge.TOKEN, check=is_random),
            Form(r"rnd_[0-9A-Za-z]{28,36}", edge=Edge.TOKEN, check=is_random),
            Form(r"4b1d[0-9A-Za-z]{38}", check=is_random),
            Form(r"cflt/[0-9A-Za-z+/]{59}", edge=Edge.TOKEN, check=is_random),
            # Pipelines, registries and analysis.
            Form(r"sq[upa]_[a-f0-9]{40}", edge=Edge.TOKEN),
            Form(r"CCIP(?:AT|RJ)_[0-9A-Za-z]{20,24}_[a-f0-9]{40}"),
            Form(r"bk(?:ua|at|aj)_[0-9A-Za-z]{40,64}", edge=Edge.TOKEN),
            Form(r"bkct_[0-9A-Za-z_\-]{40,120}", edge=Edge.TOKEN),
            Form(r"API-[0-9A-Z]{25,30}", check=is_token, edge=Edge.TOKEN),
            Form(r"[ps]at[.][0-9A-Za-z_\-]{22}[.][0-9a-f]{24}[.][0-9A-Za-z]{20}", edge=Edge.TOKEN),
            Form(rf"(?:api|sdk|mob)-{UUID}", N, 0.8, Edge.TOKEN),
            Form(r"sgp_(?:(?:[a-fA-F0-9]{16}|local)_)?[a-f0-9]{40}", edge=Edge.TOKEN),
            Form(r"CLOJARS_[a-z0-9]{60}", edge=Edge.TOKEN),
            Form(r"cio[0-9A-Za-z]{32}", check=is_random),
            Form(r"oy2[a-z0-9]{43}", check=is_generated),
            Form(r"ico-[0-9A-Za-z]{32}", edge=Edge.TOKEN, check=is_random),
            Form(r"p8e-[0-9A-Za-z]{32}", edge=Edge.TOKEN, check=is_generated),
            Form(r"aio_[0-9A-Za-z]{28}", edge=Edge.TOKEN, check=is_random),
            Form(r"hcaik_[0-9a-z]{58}", edge=Edge.TOKEN),
            Form(r"ph[xs]_[0-9A-Za-z]{43,48}", edge=Edge.TOKEN, check=is_random),
            Form(r"tskey-(?:auth|api|client|scim|webhook)-[0-9A-Za-z]{10,20}-[0-9A-Za-z]{20,40}"),
            Form(r"dnkey-[0-9A-Za-z_=\-]{26}-[0-9A-Za-z_=\-]{52}", edge=Edge.TOKEN),
            Form(
                r"(?:sc|ext|scauth|authress)_[0-9A-Za-z]{5,30}[.][0-9A-Za-z]{4,6}[.]acc[_\-][0-9A-Za-z\-]{10,32}[.][0-9A-Za-z+/_=\-]{30,120}",
                edge=Edge.TOKEN,
                trigger=r"(?:sc|ext|scauth|authress)_[0-9A-Za-z]{5,30}[.][0-9A-Za-z]{4,6}[.]acc[_\-][0-9A-Za-z\-]{10,}",
            ),
            Form(r"sm_[aps]at_[0-9A-Za-z]{16}", edge=Edge.TOKEN),
            Form(r"jca_[0-9A-Za-z]{36}", edge=Edge.TOKEN, check=is_random),
            Form(r"s-s4t2(?:ud|af)-[a-f0-9]{64}", edge=Edge.TOKEN),
            Form(
                r"[0-9A-Za-z]{6}_[0-9A-Za-z]{29}_mmk",
                edge=Edge.TOKEN,
                trigger="_mmk",
                lead="[0-9A-Za-z_]",
            ),
            Form(r"[sp]k[.]eyJ[0-9A-Za-z_\-]{60,120}[.][0-9A-Za-z_\-]{20,24}", edge=Edge.TOKEN),
            Form(r"[0-9a-z]{10}msh[0-9a-z]{15}p1[0-9a-z]{6}jsn[0-9a-z]{12}"),
            # Behind the issuer's name.
            named(_HEX_32, f"[{HEX}]{{32}}", check=is_generated),
            named("algolia|drone ci|codecov|flickr", "[0-9A-Za-z]{32}", check=is_generated),
            named(_HEX_40, f"[{HEX}]{{40}}", check=is_generated),
            named(_UUIDS, UUID, check=is_generated),
            named(
                "adafruit|fastly|nytimes|new york times", rf"[{URLSAFE}=]{{32}}", check=is_generated
            ),
            named("alibaba|aliyun|alicloud", f"[{ALNUM}]{{30}}", check=is_generated),
            named("tencent|qcloud", f"[{ALNUM}]{{32}}", check=is_generated),
            named(
                "ibm cloud|ibmcloud|bluemix|watson",
                rf"(?:[{URLSAFE}]{{44}}|[{HEX}]{{64}})",
                check=is_generated,
            ),
            named(
                "yandex",
                rf"(?:(?:AQVN|YC)[{URLSAFE}]{{35,38}}|t1[.][{URLSAFE}]{{1,400}}={{0,2}}[.][{URLSAFE}]{{86}}={{0,2}})",
                check=is_token,
            ),
            named(
                "mapbox", rf"[sp]k[.][{URLSAFE}]{{60,120}}[.][{URLSAFE}]{{20,24}}", check=is_token
            ),
            named("hcloud|hetzner|linode|freshbooks|sumo", f"[{ALNUM}]{{64}}", check=is_generated),
            named("vultr", "[0-9A-Z]{36}", check=is_generated),
            named("vercel", f"[{ALNUM}]{{24}}", check=is_generated),
            named("netlify", rf"[{URLSAFE}=]{{40,46}}", check=is_generated),
            named(
                "confluent|kafka api",
                "(?:[0-9A-Za-z+/]{64}|[0-9A-Za-z]{16})",
                check=is_generated,
            ),
            named("travis|honeycomb", f"[{ALNUM}]{{22}}", check=is_generated),
            named("launch darkly|sonar", rf"[{URLSAFE}=]{{40}}", check=is_generated),
            named("sumo", f"su[{ALNUM}]{{12}}", check=is_generated),
            named("etsy", "[0-9a-z]{24}", check=is_generated),
            named("rapid api", rf"[{URLSAFE}]{{50}}", check=is_generated),
            named("pager duty", rf"[{URLSAFE}+]{{20}}", check=is_generated),
            named("pager duty|graylog", f"[{HEX}]{{32}}", check=is_generated),
            named("ngrok", f"[{ALNUM}]{{26,32}}_[{ALNUM}]{{19,22}}", check=is_generated),
            named("auth0|cognito|keycloak", rf"[{URLSAFE}]{{32,64}}", check=is_generated),
            named("contentful|prismic|storyblok", rf"[{URLSAFE}=]{{43}}", check=is_generated),
            named(
                "bundle enterprise contribsys com|bundle gems contribsys com",
                f"[{HEX}]{{8}}:[{HEX}]{{8}}",
                check=is_generated,
            ),
            Form(r"CFPAT-[0-9A-Za-z_\-]{43}", edge=Edge.TOKEN),
        ),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
)
