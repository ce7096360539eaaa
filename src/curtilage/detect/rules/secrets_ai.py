"""Keys of model providers, and of this gateway."""

from functools import partial

from curtilage.detect.models import Edge, Form, Kind, N, R, Strength
from curtilage.detect.secrecy import has_crc32_suffix, is_plausible, is_token, named

_COHERE = r"[Cc]ohere(?:[ _\-]?[Aa]pi)?(?:[ _\-]?[Kk]ey)?|CO(?:HERE)?_API_KEY"


def _is_plausible_of_openai(value: str) -> bool:
    """Other providers begin their keys alike, and say who they are behind it."""
    return is_plausible(value) and not value.startswith(("sk-ant-", "sk-or-"))


KINDS = (
    Kind(
        type="SEC_CURTILAGE",
        title="Curtilage API key",
        category="secret.key.ai",
        citation="identity/wire/apikey.py: 256 bits in base 62, then their CRC-32",
        forms=(Form(r"cur_[0-9A-Za-z]{49}", score=0.99, edge=Edge.TOKEN),),
        check=partial(has_crc32_suffix, body_length=43),
        strength=Strength.PROOF,
    ),
    Kind(
        type="SEC_OPENAI",
        title="OpenAI API key",
        category="secret.key.ai",
        citation="OpenAI docs, API keys: the infix T3BlbkFJ is `OpenAI` in base64",
        forms=(
            Form(
                r"sk-(?:proj-|svcacct-|admin-|None-)?[0-9A-Za-z_\-]{20,200}T3BlbkFJ[0-9A-Za-z_\-]{20,200}",
                score=0.99,
                edge=Edge.TOKEN,
                trigger=r"sk-[0-9A-Za-z_\-]{20,}T3BlbkFJ[0-9A-Za-z_\-]{20,}",
            ),
            Form(
                r"sk-(?:proj-|svcacct-|admin-)?[0-9A-Za-z_\-]{32,200}",
                R,
                0.6,
                Edge.TOKEN,
                trigger=r"sk-[0-9A-Za-z_\-]{32,}",
                check=_is_plausible_of_openai,
            ),
        ),
        check=is_token,
        words=("openai", "openai api key", "api key", "apikey"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_ANTHROPIC",
        title="Anthropic API key",
        category="secret.key.ai",
        citation="Anthropic docs, API keys",
        forms=(
            Form(
                r"sk-ant-(?:api|admin|oat|ort|sid)[0-9]{2}-[0-9A-Za-z_\-]{93}AA",
                score=0.99,
                edge=Edge.TOKEN,
            ),
            Form(r"sk-ant-[0-9A-Za-z_\-]{24,200}", R, 0.6, Edge.TOKEN, check=is_plausible),
        ),
        check=is_token,
        words=("anthropic", "anthropic api key", "claude", "api key", "apikey"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_HF",
        title="Hugging Face token",
        category="secret.token.ai",
        citation="Hugging Face docs, user access tokens",
        forms=(
            Form(r"hf_[A-Za-z]{34}", edge=Edge.TOKEN),
            Form(r"api_org_[A-Za-z]{34}", edge=Edge.TOKEN),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_LLM_OTHER",
        title="Key of another model provider",
        category="secret.key.ai",
        citation="docs of Groq, xAI, Replicate, Perplexity, OpenRouter, Cohere",
        forms=(
            Form(r"gsk_[0-9A-Za-z]{52}"),
            Form(r"xai-[0-9A-Za-z]{80}"),
            Form(r"r8_[0-9A-Za-z]{37}"),
            Form(r"pplx-[0-9A-Za-z]{48}"),
            Form(r"sk-or-v1-[a-f0-9]{64}"),
            Form(named(_COHERE, "[0-9A-Za-z]{40}"), N, 0.9, Edge.TOKEN, check=is_plausible),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
)
