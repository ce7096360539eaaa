"""Keys of model providers, of what stands around models, and of this gateway."""

from functools import partial

from curtilage.detect.issued import has_crc32_suffix
from curtilage.detect.models import B, Edge, Form, Kind, R, Strength
from curtilage.detect.named_values import ALNUM, HEX, UUID, named
from curtilage.detect.secrecy import is_generated, is_plausible, is_random, is_token


def _is_plausible_of_openai(value: str) -> bool:
    """Other providers begin their keys alike, and say who they are behind it."""
    return is_plausible(value) and not value.startswith(("sk-ant-", "sk-or-", "sk-lf-"))


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
                0.5,  # may be a part of a whole one: `hidden` goes on where the score leaves room
                Edge.TOKEN,
                trigger=r"sk-[0-9A-Za-z_\-]{32,}",
                check=_is_plausible_of_openai,
            ),
        ),
        check=is_token,
        words=("openai", "openai api key", "api key", "apikey"),
        strength=Strength.SHAPE,
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
        title="Key of another provider of models, or of what stands around them",
        category="secret.key.ai",
        citation="docs of Groq, xAI, Replicate, Perplexity, OpenRouter, Cohere, Mistral, Together, Fireworks, DeepSeek, DashScope, Moonshot, Zhipu, ElevenLabs, Deepgram, AssemblyAI, Pinecone, LangSmith, Langfuse, Weights & Biases, Voyage, Tavily, Jina, Firecrawl, NVIDIA, Cerebras, RunPod, LlamaCloud, E2B, Anyscale, Helicone",
        forms=(
            Form(r"gsk_[0-9A-Za-z]{52}"),
            Form(r"xai-[0-9A-Za-z]{80}"),
            Form(r"r8_[0-9A-Za-z]{37}"),
            Form(r"pplx-[0-9A-Za-z]{48}"),
            Form(r"sk-or-v1-[a-f0-9]{64}"),
            Form(r"tgp_v1_[0-9A-Za-z_\-]{43}", edge=Edge.TOKEN),
            Form(r"fw_[0-9A-Za-z]{22,24}", edge=Edge.TOKEN, check=is_random),
            Form(r"sk_[a-f0-9]{48}", edge=Edge.TOKEN),
            Form(r"pcsk_[0-9A-Za-z]{5,6}_[0-9A-Za-z]{55,64}"),
            Form(r"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}"),
            Form(r"ls__[a-f0-9]{32}"),
            Form(rf"sk-lf-{UUID}", edge=Edge.TOKEN),
            Form(r"wandb_v1_[0-9A-Za-z_]{60,90}", edge=Edge.TOKEN),
            Form(r"pa-[0-9A-Za-z_\-]{43}", edge=Edge.TOKEN, check=is_random),
            Form(r"tvly-(?:dev-|prod-)?[0-9A-Za-z\-]{32,48}", edge=Edge.TOKEN),
            Form(r"jina_[0-9A-Za-z]{60}"),
            Form(r"fc-[a-f0-9]{32}", edge=Edge.TOKEN),
            Form(r"nvapi-[0-9A-Za-z_\-]{60,70}", edge=Edge.TOKEN),
            Form(r"csk-[a-z0-9]{48}", edge=Edge.TOKEN),
            Form(r"rpa_[0-9A-Za-z]{43,46}", edge=Edge.TOKEN),
            Form(r"llx-[0-9A-Za-z]{48}", edge=Edge.TOKEN),
            Form(r"e2b_[a-f0-9]{40}", edge=Edge.TOKEN),
            Form(r"esecret_[0-9A-Za-z]{26,32}", edge=Edge.TOKEN),
            Form(r"sk-helicone-[a-z0-9]{7}-[a-z0-9]{7}-[a-z0-9]{7}-[a-z0-9]{7}", edge=Edge.TOKEN),
            Form(r"BSA[0-9A-Za-z_\-]{28}", B, 0.6, Edge.TOKEN, check=is_random),
            named("cohere|co api key", f"[{ALNUM}]{{40}}", check=is_plausible, score=0.9),
            named(
                "mistral|ai21|deep infra|assembly ai|clarifai|private ai|novita",
                f"[{ALNUM}]{{32}}",
                check=is_generated,
            ),
            named("deepgram|wandb|weights and biases|serper", f"[{HEX}]{{40}}", check=is_generated),
            named("together|serp api", f"[{HEX}]{{64}}", check=is_generated),
            named("zhipu|bigmodel", f"[{HEX}]{{32}}[.][{ALNUM}]{{16}}", check=is_token),
            named("pinecone|exa|sambanova|leonardo", UUID, check=is_generated),
            named(
                "deepseek|dashscope|qwen|moonshot|kimi|stability|litellm|minimax|siliconflow|aihubmix|braintrust",
                f"sk-[{ALNUM}]{{20,64}}",
                check=is_generated,
            ),
        ),
        check=is_token,
        words=(
            "cohere",
            "mistral",
            "deepseek",
            "stability api",
            "stability ai",
            "dashscope",
            "qwen",
            "moonshot",
            "kimi",
            "litellm",
            "siliconflow",
            "minimax",
            "openrouter",
            "groq",
        ),
        strength=Strength.DOUBLE,
    ),
)
