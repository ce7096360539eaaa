"""Tokens of code hosting, registries and container platforms."""

from curtilage.detect.issued import has_crc32_suffix, has_gitlab_crc32, is_secret_manifest
from curtilage.detect.models import B, Edge, Form, Kind, R, Strength
from curtilage.detect.named_values import URLSAFE, named
from curtilage.detect.secrecy import is_generated, is_token

_DATA = r"[\"']?(?:data|stringData)[\"']?:[ ]{0,3}[{]?[ ]{0,3}\n[ \t]{1,12}"
_ENTRY = r"[ \t]{0,12}[\"']?[0-9A-Za-z._\-]{1,253}[\"']?[ ]{0,2}:[ ]{0,4}[^\x00-\x20][^\n]{0,8000}"
_ENTRIES = rf"{_ENTRY}(?:\n{_ENTRY}){{0,59}}\n?"

_GITLAB_BEGINS = (
    r"gl(?:pat|dt|rt|rtr|ptt|ft|soat|agent|oas|ffct|imt|cbt|wt)-[0-9A-Za-z_=\-]{20,}"
    r"(?:(?:[.][0-9a-z]{2})?[.][0-9a-z]{7,9})?"
)
_GITLAB = _GITLAB_BEGINS.replace("{20,}", "{20,300}")

KINDS = (
    Kind(
        type="SEC_GITHUB",
        title="GitHub token",
        category="secret.token.code",
        citation="GitHub blog 2021, token formats: base62 CRC-32 in the last six characters",
        forms=(
            Form(r"gh[pousr]_[0-9A-Za-z]{36}", score=0.99, edge=Edge.TOKEN, check=has_crc32_suffix),
            Form(
                r"gh[pousr]_[0-9A-Za-z]{36,255}",
                R,
                0.7,
                Edge.TOKEN,
                trigger=r"gh[pousr]_[0-9A-Za-z]{36,}",
            ),
        ),
        check=is_token,
        words=(
            "github token",
            "github pat",
            "gh token",
            "authorization",
            "bearer",
            "personal access token",
        ),
        strength=Strength.PROOF,
    ),
    Kind(
        type="SEC_GITHUB_FG",
        title="GitHub fine-grained token",
        category="secret.token.code",
        citation="GitHub docs, fine-grained personal access tokens",
        forms=(Form(r"github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}", score=0.99, edge=Edge.TOKEN),),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_GITLAB",
        title="GitLab token",
        category="secret.token.code",
        citation="GitLab docs, token prefixes; routable tokens carry their length and CRC-32 in base 36",
        forms=(
            Form(
                _GITLAB, edge=Edge.TOKEN, score=0.99, trigger=_GITLAB_BEGINS, check=has_gitlab_crc32
            ),
            Form(_GITLAB, edge=Edge.TOKEN, score=0.95, trigger=_GITLAB_BEGINS),
            Form(r"GR1348941[0-9A-Za-z_\-]{20}", edge=Edge.TOKEN),
            Form(r"_gitlab_session=(?P<value>[0-9a-f]{32})", edge=Edge.OPEN),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_NPM",
        title="npm token",
        category="secret.token.code",
        citation="GitHub changelog 2021: npm tokens carry the same CRC-32",
        forms=(
            Form(r"npm_[0-9A-Za-z]{36}", score=0.99, edge=Edge.TOKEN, check=has_crc32_suffix),
            Form(r"npm_[0-9A-Za-z]{36}", R, 0.7, Edge.TOKEN),
        ),
        check=is_token,
        words=("npm token", "npm auth token", "authtoken", "npmrc"),
        strength=Strength.PROOF,
    ),
    Kind(
        type="SEC_PYPI",
        title="PyPI token",
        category="secret.token.code",
        citation="PyPI docs: a macaroon whose location is pypi.org or test.pypi.org",
        forms=(
            Form(
                r"pypi-(?:AgEIcHlwaS5vcmc|AgENdGVzdC5weXBpLm9yZw)[0-9A-Za-z_\-]{50,1000}",
                score=0.99,
                edge=Edge.TOKEN,
                trigger=r"pypi-(?:AgEIcHlwaS5vcmc|AgENdGVzdC5weXBpLm9yZw)[0-9A-Za-z_\-]{50,}",
            ),
        ),
        check=is_token,
        strength=Strength.PROOF,
    ),
    Kind(
        type="SEC_RUBYGEMS",
        title="RubyGems API key",
        category="secret.token.code",
        citation="RubyGems guides, API keys",
        forms=(Form(r"rubygems_[a-f0-9]{48}"),),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_DOCKER",
        title="Docker Hub token",
        category="secret.token.code",
        citation="Docker docs, personal access tokens",
        forms=(Form(r"dckr_(?:pat|oat)_[0-9A-Za-z_\-]{27,32}", edge=Edge.TOKEN),),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_ARTIFACTORY",
        title="JFrog Artifactory token",
        category="secret.token.code",
        citation="JFrog docs, API keys and reference tokens",
        forms=(
            Form(r"AKCp[0-9A-Za-z]{69}"),
            Form(r"cmVmd[0-9A-Za-z]{59}"),
            named(
                "jfrog|artifactory|bintray|xray",
                r"(?:[a-z0-9]{73}|[0-9A-Za-z]{64}|[0-9a-f]{40})",
                check=is_generated,
            ),
        ),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_ATLASSIAN",
        title="Atlassian or Bitbucket token",
        category="secret.token.code",
        citation="Atlassian docs, API tokens: eight hexadecimal digits close them",
        forms=(
            Form(
                r"AT[AC]TT3x[0-9A-Za-z_\-]{100,250}=[0-9A-F]{8}",
                score=0.97,
                trigger=r"AT[AC]TT3x[0-9A-Za-z_\-]{100}[0-9A-Za-z_\-]*=[0-9A-F]{8}",
            ),
            Form(r"ATBB[0-9A-Za-z]{32}", B, 0.7),
            named(
                "atlassian|confluence|jira|bitbucket|trello",
                rf"(?:[0-9A-Za-z]{{24}}|[{URLSAFE}=]{{64}}|[0-9A-Za-z]{{32}}|ATTA[0-9A-Za-z]{{72}})",
                check=is_generated,
            ),
        ),
        check=is_token,
        words=("bitbucket", "atlassian", "app password", "jira", "confluence"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_K8S",
        title="Kubernetes Secret or OpenShift token",
        category="secret.token.code",
        citation="Kubernetes docs, Secret v1 core; OpenShift docs, OAuth access tokens",
        forms=(
            Form(r"sha256~[0-9A-Za-z_\-]{43}", edge=Edge.TOKEN),
            Form(
                rf"kind[\"']?:[ ]{{1,4}}[\"']?Secret[\"']?[ ,\r]{{0,3}}\n(?:[^\x00]{{0,2000}}?\n)?[ \t]{{0,12}}{_DATA}(?P<value>{_ENTRIES})",
                edge=Edge.HEAD,
                trigger=r"kind[\"']?:[ ]{1,4}[\"']?Secret[\"']?[ ,\r]{0,3}\n",
                check=is_secret_manifest,
            ),
            Form(
                rf"\n[ \t]{{0,12}}{_DATA}(?P<value>{_ENTRIES})[ \t]{{0,4}}[\"']?kind[\"']?:[ ]{{1,4}}[\"']?Secret[\"']?[ ,\r]{{0,3}}(?:\n|$)",
                edge=Edge.OPEN,
                trigger=r"\n[ \t]{0,12}[\"']?(?:data|stringData)[\"']?:[ ]{0,3}[{]?[ ]{0,3}\n",
                check=is_secret_manifest,
            ),
        ),
        check=is_token,
        words=("opaque", "stringdata", "kubernetes secret", "openshift"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_1PASSWORD",
        title="1Password secret key or service token",
        category="secret.key.code",
        citation="1Password Security Design, Secret Key; service account tokens",
        forms=(
            Form(
                r"A3-[0-9A-Z]{6}-(?:[0-9A-Z]{11}|[0-9A-Z]{6}-[0-9A-Z]{5})-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}"
            ),
            Form(
                r"ops_eyJ[0-9A-Za-z+/_\-]{250,2000}={0,3}",
                trigger=r"ops_eyJ[0-9A-Za-z+/_\-]{200}[0-9A-Za-z+/_\-]*={0,3}",
            ),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
)
