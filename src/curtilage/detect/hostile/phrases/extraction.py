"""Prompt extraction: say what you were told, word for word."""

from functools import partial

from curtilage.detect.hostile.models import Kind, cue

_cue = partial(cue, Kind.INJECTION)

_SAY = (
    "repeat|print|reveal|show|display|output|tell|give|share|disclose|leak|dump|paste|expose|"
    "recite|return|copy|list|write|quote|provide|send|echo|state|summarize|summarise|spell|"
    "encode|translate|describe|report|divulge|post|append|include|type|say|render|embed|"
    "exfiltrate|retrieve|export|regurgitate|rephrase|explain|enumerate|read|transcribe|put"
)
_DISCLOSE = (
    "repeat|print|reveal|show|display|output|tell|give|share|disclose|leak|dump|paste|expose|recite|"
    "copy|quote|echo|divulge|summarize|summarise|translate|spell|write|say|exfiltrate|regurgitate|encode|return"
)
_KEPT = "(?:system|initial|original|hidden|secret|internal|first|full|entire|exact|complete|developer|underlying|core|base|very|confidential|raw|private|pre-?prompt|starting|foundational|preloaded|default|custom|special|current|previous|prior|above|actual)"
_PROMPT = "(?:prompts?|instructions?|messages?|directives?|guidelines|rules|configuration|config|prompting|programming|context|policy)"

CUES = (
    _cue("prompt-extraction", _SAY, rf"_(?:your|the assistant's|the model's|its) (?:{_KEPT} ){{1,3}}{_PROMPT}\b", 0.74),
    _cue("prompt-extraction", _SAY, r"_(?:your|the assistant's|the model's) (?:(?:system)-?prompts?|pre-?prompt|instructions?|initial prompt|prompt|directives|programming|guidelines|secret (?:key|code|password|phrase|id|word)s?|unique id|hidden rules)\b", 0.55, typed=0.5),
    _cue("prompt-extraction", "first|last|next|second|opening", r"~(?:sentence|words?|line|paragraph|characters|letters?|instruction|part)~of (?:your|the) (?:\w+ )?(?:prompt|instructions?|message|context)\b", 0.55),
    _cue("prompt-extraction", _DISCLOSE, r"_(?:the|any|this)~(?:system|hidden|initial|original|developer|secret|confidential) (?:(?:system|hidden|initial|developer) )?(?:prompts?|instructions|message|directives)\b", 0.4),
    _cue("prompt-extraction", _DISCLOSE, r"_(?:everything|all|(?:the )?(?:exact |full |entire |first |last |previous )?(?:text|words?|content|contents|sentences?|lines?|paragraphs?|conversation|instructions?|prompts?|messages?|chat|tokens?))(?: (?:of|from|in|that|which|is|are|was|were|written|you (?:can )?see|you saw|you received|i wrote|the))* (?:above|before this|prior to this|preceding this|up to here|in your (?:context|prompt|instructions|memory|system prompt)|before (?:my|the) (?:first )?(?:message|prompt|conversation|chat)|before (?:anything|everything))\b", 0.72),
    _cue("prompt-extraction", _DISCLOSE, r"_(?:everything|instructions?|prompts?|messages|conversation|context|rules)_(?:verbatim|word (?:for|by) word|exactly as (?:written|given|you received))\b", 0.45),
    _cue("prompt-extraction", "what|which|how", r"(?: (?:is|are|was|were|'s|does|do))_(?:your|in your) (?:(?:system|initial|original|hidden|secret|internal|exact|first|full|developer|custom|current|starting|core) ){1,2}(?:prompt|instructions?|message|directives?|guidelines|rules)\b", 0.62, typed=0.6),
    _cue("prompt-extraction", "what|which|whatever", r" (?:\w+ )?(?:instructions?|prompts?|rules|directives|commands|guidelines|orders|were|was|have|had|did)_(?:were you|was you|you (?:were|have been|was|been|had been)|have you been|did (?:you|they|the developers?|your \w+)) ?~?(?:given|told|receive|received|instructed|programmed|get|got|follow|give you|tell you)\b", 0.55),
    _cue("prompt-extraction", "starting|beginning|starts|begins|begin|start|starting", r" (?:with|from|at) (?:the (?:words?|phrase|text|line|sentence)[: ]*)?[^\w]{0,4}you are\b", 0.62),
    _cue("prompt-extraction", "words|text|lines|sentences|line|instructions|content|messages", r" (?:above|before|preceding) (?:this (?:message|line|sentence|prompt|one|chat|conversation)|starting)\b", 0.45),
    _cue("prompt-extraction", "beginning|start|top", r" of (?:this|our|the) (?:conversation|chat|prompt|context|session|dialogue|context window)\b", 0.25, typed=0.2),
    _cue("verbatim", "verbatim|word|exactly|letter", r"(?:(?: (?:for|by) (?:word|letter))| as (?:written|they (?:are|were)|it (?:is|was|appears)|given|you (?:received|see)))?\b", 0.12),
    _cue("code-block", "in|inside|into|within|as|using|with", r"(?: an?| the)? (?:\w+ )?(?:code ?block|base64|rot13|hex|markdown|txt block|json)\b", 0.1),
    _cue("system-prompt", "system", r"[- ](?:prompt|instructions|message)\b", 0.12),
    _cue("prompt-extraction", "context", r" window (?:including|verbatim|contents?|above)\b", 0.45),
    _cue("secrets", _SAY, r"_(?:api[ -]?keys?|passwords?|credentials|secret keys?|access tokens?|environment variables|private keys?|secrets?|confidential (?:data|information))(?: (?:you|that you|in|from|stored|available|your))_?(?:have|know|access|context|memory|system|environment|can|hold|hidden|config|configuration)\b", 0.45),
    _cue("secrets", _SAY, r"(?: (?:me|us))? (?:all |any |the |every |your ){1,2}(?:\w+ ){0,2}(?:api[ -]?keys?|passwords?|credentials|secret keys?|private keys?|customer (?:data|database|list|records)|user (?:data|database|records)|environment variables|database)\b", 0.3, typed=0.25),
)  # fmt: skip
