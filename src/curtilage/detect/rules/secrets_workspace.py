"""Tokens of what people work and meet in: documents, boards, customers, social networks."""

from curtilage.detect.models import Edge, Form, Kind, Strength
from curtilage.detect.named_values import ALNUM, HEX, URLSAFE, UUID, named
from curtilage.detect.secrecy import is_generated, is_random, is_token

KINDS = (
    Kind(
        type="SEC_NOTION_LINEAR",
        title="Token of a workspace service or a social network",
        category="secret.token.code",
        citation="docs of Notion, Linear, Airtable, Figma, Asana, HubSpot, Typeform, Dropbox, Facebook, X, LinkedIn, Salesforce",
        forms=(
            Form(r"ntn_[0-9]{11}[0-9A-Za-z]{35}"),
            Form(r"secret_[0-9A-Za-z]{43}", edge=Edge.TOKEN, check=is_random),
            Form(r"lin_(?:api|oauth)_[0-9A-Za-z]{40,64}"),
            Form(r"pat[0-9A-Za-z]{14}[.][a-f0-9]{64}"),
            Form(r"fig(?:d|ma|ur|uh)_[0-9A-Za-z_\-]{40}", edge=Edge.TOKEN),
            Form(r"[012]/[0-9]{14,16}(?:/[0-9]{14,16})?:[0-9a-f]{32}", edge=Edge.TOKEN),
            Form(rf"pat-(?:na|eu|ap)[0-9]-{UUID}", edge=Edge.TOKEN),
            Form(r"tfp_[0-9A-Za-z_.=\-]{40,60}", edge=Edge.TOKEN),
            Form(r"fio-u-[0-9A-Za-z_=\-]{64}", edge=Edge.TOKEN),
            Form(
                r"sl[.](?:u[.])?[0-9A-Za-z_=\-]{130,1200}",
                edge=Edge.TOKEN,
                trigger=r"sl[.](?:u[.])?[0-9A-Za-z_=\-]{100,}",
            ),
            Form(
                r"EAA[0-9A-Za-z]{80,400}",
                edge=Edge.TOKEN,
                trigger=r"EAA[0-9A-Za-z]{80,}",
                check=is_random,
            ),
            Form(
                r"IG(?:QV|QW|AA)[0-9A-Za-z_\-]{80,400}",
                edge=Edge.TOKEN,
                trigger=r"IG(?:QV|QW|AA)[0-9A-Za-z_\-]{80,}",
                check=is_random,
            ),
            Form(r"[0-9]{15,16}(?:[|]|%7C)[0-9A-Za-z_\-]{27,40}", edge=Edge.TOKEN, check=is_random),
            Form(r"WPL_AP[01][.][0-9A-Za-z]{16}[.][0-9A-Za-z+/=]{6,12}", edge=Edge.HEAD),
            Form(
                r"A{20,22}[0-9A-Za-z%+/=]{70,110}",
                edge=Edge.TOKEN,
                trigger=r"A{20}[0-9A-Za-z%+/=]{70,}",
                check=lambda value: is_random(value.lstrip("A")),
            ),
            Form(
                r"00D[0-9A-Za-z]{12,15}![0-9A-Za-z._]{80,120}",
                edge=Edge.TOKEN,
                trigger=r"00D[0-9A-Za-z]{12,15}![0-9A-Za-z._]{80,}",
            ),
            named("airtable", f"(?:key[{ALNUM}]{{14}}|[0-9a-z]{{17}})", check=is_generated),
            named(
                "asana|linear|facebook|discord|instagram|meta app",
                f"[{HEX}]{{32}}",
                check=is_generated,
            ),
            named("asana|clickup", "[0-9a-z]{32}", check=is_generated),
            named("hubspot|hubapi", UUID, check=is_generated),
            named(
                "intercom|zendesk|freshdesk|helpscout",
                f"(?:dG9rOj[{ALNUM}+/]{{50,58}}=|[{ALNUM}]{{40}}|[{ALNUM}+/=_-]{{60}}|[{ALNUM}]{{20}})",
                check=is_generated,
            ),
            named("beamer", rf"b_[{URLSAFE}=]{{44}}", check=is_generated),
            named(
                "dropbox",
                rf"(?:[{ALNUM}]{{11}}A{{10}}[{URLSAFE}=]{{43}}|[0-9a-z]{{15}})",
                check=is_generated,
            ),
            named("linked in|linkedin", f"(?:[{ALNUM}]{{16}}|[0-9a-z]{{14}})", check=is_generated),
            named(
                "twitter",
                f"(?:[0-9]{{15,25}}-[{ALNUM}]{{20,50}}|[{ALNUM}]{{50}}|[{ALNUM}]{{45}}|[{ALNUM}]{{25}})",
                check=is_generated,
            ),
            named("twitch", "[0-9a-z]{30}", check=is_generated),
            named(
                "salesforce|sfdc",
                f"(?:[{HEX}]{{64}}|[{ALNUM}]{{24,26}})",
                check=is_generated,
                score=0.7,
            ),
        ),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
)
