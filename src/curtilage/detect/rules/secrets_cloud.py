"""Keys of clouds."""

from curtilage.detect.issued import is_bedrock, is_storage_key, may_be_of_aws
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength
from curtilage.detect.named_values import HEX, UUID, named
from curtilage.detect.secrecy import entropy, is_generated, is_placeholder, is_token

_AWS_ID = r"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"


def _is_aws_id(value: str) -> bool:
    return not value.endswith("EXAMPLE") and entropy(value) >= 2.8


def _is_aws_secret(value: str) -> bool:
    """Forty characters that are no hexadecimal digest and no path."""
    mixed = (
        any(char.islower() for char in value)
        and any(char.isupper() for char in value)
        and any(char.isdigit() for char in value)
    )
    return mixed and entropy(value) >= 4.2 and "EXAMPLE" not in value and value.count("/") < 6


def _is_of_cloudflare(value: str) -> bool:
    return (
        entropy(value) >= 3.2
        and any(char.isdigit() for char in value)
        and not is_placeholder(value)
    )


KINDS = (
    Kind(
        type="SEC_AWS_ID",
        title="AWS access key id",
        category="secret.key.cloud",
        citation="AWS IAM User Guide, unique identifiers: prefixes, base32 body; newer ones hold the account",
        forms=(
            Form(
                _AWS_ID, score=0.95, check=lambda value: _is_aws_id(value) and may_be_of_aws(value)
            ),
            Form(_AWS_ID, score=0.85),
        ),
        check=_is_aws_id,
        words=("aws", "access key", "access key id", "aws access key id"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_AWS_SECRET",
        title="AWS secret access key",
        category="secret.key.cloud",
        citation="AWS IAM User Guide, access keys: 40 characters of base64",
        forms=(
            named(
                "secret access key|secret key|aws secret|aws",
                "[0-9A-Za-z/+]{40}",
                check=_is_aws_secret,
                score=0.95,
            ),
            Form(
                r"A[KS]IA[A-Z2-7]{16}[^0-9A-Za-z]{1,8}(?P<value>[0-9A-Za-z/+]{40})",
                N,
                0.95,
                Edge.TOKEN,
            ),
        ),
        check=_is_aws_secret,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_AWS_SESSION",
        title="AWS session token",
        category="secret.token.cloud",
        citation="AWS STS API reference: session tokens begin so",
        forms=(
            Form(
                r"(?:FwoG|IQoJ)[0-9A-Za-z/+]{100,2000}={0,2}",
                B,
                0.8,
                trigger=r"(?:FwoG|IQoJ)[0-9A-Za-z/+]{100}[0-9A-Za-z/+]*={0,2}",
            ),
        ),
        check=is_token,
        words=("aws", "session token", "security token"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_BEDROCK",
        title="Amazon Bedrock API key",
        category="secret.key.ai",
        citation="Amazon Bedrock User Guide, API keys",
        forms=(
            Form(
                r"ABSK[0-9A-Za-z+/]{109,269}={0,2}",
                trigger=r"ABSK[0-9A-Za-z+/]{100}[0-9A-Za-z+/]*={0,2}",
            ),
            Form(
                r"bedrock-api-key-YmVkcm9jay5[0-9A-Za-z+/=_\-]{20,3000}",
                check=is_token,
                trigger=r"bedrock-api-key-YmVkcm9jay5[0-9A-Za-z+/=_\-]{20,}",
            ),
        ),
        check=is_bedrock,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_GCP_KEY",
        title="Google API key",
        category="secret.key.cloud",
        citation="Google Cloud docs, API keys: 39 characters; Gemini API docs: the newer ones",
        forms=(
            Form(r"AIza[0-9A-Za-z_\-]{35}", score=0.95, edge=Edge.TOKEN),
            Form(r"AQ[.]A[a-z][0-9][0-9A-Za-z_\-]{40,60}", score=0.9, edge=Edge.TOKEN),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_GCP_SA",
        title="Google service account key id",
        category="secret.key.cloud",
        citation="Google Cloud docs, service account key file",
        forms=(
            Form(
                r"\"private_key_id\"[ ]{0,3}:[ \n]{0,3}\"(?P<value>[0-9a-f]{40})\"", edge=Edge.OPEN
            ),
        ),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_GOOGLE_OAUTH",
        title="Google OAuth token or client secret",
        category="secret.token.oauth",
        citation="Google Identity docs",
        forms=(
            Form(
                r"ya29[.][0-9A-Za-z_\-]{20,1000}",
                edge=Edge.TOKEN,
                trigger=r"ya29[.][0-9A-Za-z_\-]{20,}",
            ),
            Form(r"GOCSPX-[0-9A-Za-z_\-]{28}", edge=Edge.TOKEN),
            Form(
                r"1//0[0-9A-Za-z_\-]{40,200}", edge=Edge.TOKEN, trigger=r"1//0[0-9A-Za-z_\-]{40,}"
            ),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_AZURE_AD",
        title="Microsoft Entra client secret",
        category="secret.key.cloud",
        citation="Microsoft identity platform docs: `Q~` marks a client secret",
        forms=(Form(r"[0-9A-Za-z_~.]{3}[0-9]Q~[0-9A-Za-z_~.\-]{31,34}", edge=Edge.TOKEN),),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_AZURE_STORAGE",
        title="Key of an Azure resource",
        category="secret.key.cloud",
        citation="Azure Storage docs: 512-bit key in base64; Microsoft Security Utilities: signatures of common annotated keys",
        forms=(
            named(
                "account key|shared access key|storage key|storage account key|azure key|access key",
                "[0-9A-Za-z+/]{86}==",
                check=is_storage_key,
                score=0.95,
            ),
            named(
                "shared access key|account key|azure key|access key|device key|primary key",
                "[0-9A-Za-z+/]{43}=",
                check=is_storage_key,
                score=0.9,
            ),
            Form(
                r"[0-9A-Za-z+/]{76}(?:[+]ASt|ACDb|ABac|[+]AMC)[0-9A-Za-z+/]{6}==",
                trigger=r"(?:[+]ASt|ACDb|ABac|[+]AMC)[0-9A-Za-z+/]{6}==",
                lead="[0-9A-Za-z+/]",
                edge=Edge.HEAD,
            ),
            Form(
                r"[0-9A-Za-z+/]{33}(?:AzCa|[+]AEh|[+]ARm|[+]ASb|AIoT)[0-9A-Za-z+/]{6}=",
                trigger=r"(?:AzCa|[+]AEh|[+]ARm|[+]ASb|AIoT)[0-9A-Za-z+/]{6}=",
                lead="[0-9A-Za-z+/]",
                edge=Edge.HEAD,
            ),
            Form(
                r"[0-9A-Za-z_\-]{44}AzFu[0-9A-Za-z_\-]{6}==",
                trigger=r"AzFu[0-9A-Za-z_\-]{6}==",
                lead=r"[0-9A-Za-z_\-]",
                edge=Edge.HEAD,
            ),
            Form(
                r"[0-9A-Za-z+/]{42}(?:AzSe|[+]ACR)[0-9A-Za-z+/]{6}",
                trigger=r"(?:AzSe|[+]ACR)[0-9A-Za-z+/]{6}",
                lead="[0-9A-Za-z+/]",
                edge=Edge.TOKEN,
            ),
            Form(
                r"[0-9A-Za-z]{52}JQQJ99[0-9A-Za-z]{20,34}",
                trigger=r"JQQJ99[0-9A-Za-z]{20}",
                lead="[0-9A-Za-z]",
                edge=Edge.HEAD,
            ),
        ),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_AZURE_SAS",
        title="Azure shared access signature",
        category="secret.token.cloud",
        citation="Azure Storage docs, service SAS: sv, se, sp, sig",
        forms=(
            Form(
                r"[?&](?:s[vpetrvki][a-z]{0,3}=[0-9A-Za-z%:.\-_]{1,80}&){2,12}sig=[0-9A-Za-z%+/=]{40,100}(?:&s[a-z]{1,4}=[0-9A-Za-z%:.\-_]{1,80}){0,8}",
                edge=Edge.OPEN,
                trigger=r"[?&]s[a-z]{1,4}=[0-9A-Za-z%:.\-_&=]+&sig=[0-9A-Za-z%+/=]{40}",
            ),
            Form(
                r"SharedAccessSignature sr=[0-9A-Za-z%:.\-_]{1,300}&sig=[0-9A-Za-z%+/=]{40,100}(?:&s[a-z]{1,4}=[0-9A-Za-z%:.\-_]{1,80}){0,8}",
                edge=Edge.HEAD,
                trigger=r"SharedAccessSignature sr=",
            ),
        ),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_DIGITALOCEAN",
        title="DigitalOcean token",
        category="secret.token.cloud",
        citation="DigitalOcean API docs",
        forms=(Form(r"do[opr]_v1_[a-f0-9]{64}"),),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_DATABRICKS",
        title="Databricks token",
        category="secret.token.cloud",
        citation="Databricks docs, personal access tokens",
        forms=(
            Form(r"dapi[a-f0-9]{32}(?:-[0-9])?", edge=Edge.TOKEN),
            Form(r"dose[a-f0-9]{32}", edge=Edge.TOKEN),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_VAULT",
        title="HashiCorp Vault token",
        category="secret.token.cloud",
        citation="Vault docs, token prefixes (since 1.10), and those before",
        forms=(
            Form(
                r"hv[sbr][.][0-9A-Za-z_\-]{24,300}",
                edge=Edge.TOKEN,
                trigger=r"hv[sbr][.][0-9A-Za-z_\-]{24,}",
            ),
            named("vault", "[sbr][.][0-9A-Za-z]{24}", check=is_generated, score=0.9),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_TFC",
        title="Terraform Cloud token",
        category="secret.token.cloud",
        citation="HCP Terraform docs, API tokens",
        forms=(
            Form(
                r"[0-9A-Za-z]{14}[.]atlasv1[.][0-9A-Za-z_=\-]{60,70}",
                edge=Edge.TOKEN,
                trigger=r"[.]atlasv1[.][0-9A-Za-z_=\-]{60}[0-9A-Za-z_=\-]*",
                lead="[0-9A-Za-z]",
            ),
        ),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_HEROKU",
        title="Heroku API key",
        category="secret.key.cloud",
        citation="Heroku changelog 2024, `HRKU-` keys",
        forms=(
            Form(r"HRKU-AA[0-9A-Za-z_\-]{58}", edge=Edge.TOKEN),
            Form(UUID, R, 0.6),
        ),
        check=is_token,
        words=("heroku", "heroku api key"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_CLOUDFLARE",
        title="Cloudflare key or token",
        category="secret.key.cloud",
        citation="Cloudflare docs, origin CA keys and API tokens",
        forms=(
            Form(
                r"v1[.]0-[a-f0-9]{24}-[a-f0-9]{146}",
                edge=Edge.TOKEN,
                trigger=r"v1[.]0-[a-f0-9]{24}-[a-f0-9]{100,}",
            ),
            named(
                "cloudflare|cf api|cf token|cf key",
                rf"(?:[0-9A-Za-z_\-]{{40}}|[{HEX}]{{37}})",
                check=_is_of_cloudflare,
                score=0.9,
            ),
        ),
        check=_is_of_cloudflare,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_FLY",
        title="Fly.io token",
        category="secret.token.cloud",
        citation="Fly.io docs, access tokens",
        forms=(
            Form(r"fo1_[0-9A-Za-z_\-]{43}", edge=Edge.TOKEN),
            Form(
                r"fm[12][ar]?_[0-9A-Za-z+/]{100,3000}={0,3}",
                trigger=r"fm[12][ar]?_[0-9A-Za-z+/]{100}[0-9A-Za-z+/]*={0,3}",
            ),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
)
