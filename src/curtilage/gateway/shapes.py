"""Which provider's shape a caller expects where the path alone does not tell. Pure."""

import re
from collections.abc import Iterable

from curtilage.gateway.wire.protocols import ANTHROPIC, AZURE, BEDROCK, GEMINI, OPENAI, Dialect

BEDROCK_PREFIXES = ("/model/", "/guardrail/", "/guardrail-checks/", "/async-invoke")

# Google's clients put what is to be done behind the name of a model, on paths that OpenAI has too.
is_of_gemini = re.compile(
    r"/v1(?:beta)?/models/[^/]{1,256}:(?:(?:stream|batch)?[gG]enerateContent|countTokens"
    r"|embedContent|batchEmbedContents|asyncBatchEmbedContent|predict|predictLongRunning)\Z"
).match


def find_dialect(path: str, headers: Iterable[tuple[bytes, bytes]]) -> Dialect:
    """That of a path, or of the headers where two have the path; else OpenAI's."""
    if path.startswith("/v1/messages"):
        return ANTHROPIC
    if path.startswith("/openai/"):
        return AZURE
    if path.startswith("/v1beta/") or is_of_gemini(path):
        return GEMINI
    if path.startswith(BEDROCK_PREFIXES):
        return BEDROCK
    if path == "/v1/models" or path.startswith(("/v1/models/", "/v1/files", "/v1/skills")):
        names = {name for name, _ in headers}
        return ANTHROPIC if b"anthropic-version" in names else OPENAI
    return OPENAI
