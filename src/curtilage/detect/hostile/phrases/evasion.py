"""Ways around a filter: decode and follow, join and answer, affirm first, a good purpose."""

from functools import partial

from curtilage.detect.hostile.models import Kind, cue

_cue = partial(cue, Kind.JAILBREAK)

CUES = (
    _cue("decode-and-follow", "base64|rot13|hex|morse|encoded|cipher|binary", r"_(?:message|string|text|block|sequence|code)?[^\w]{0,3}_?(?:and|then)~(?:follow|execute|obey|carry out|act on|do (?:what|as)|answer|perform)\b", 0.4),
    _cue("decode-and-follow", "carry|follow|execute|obey", r"(?: out)? (?:the |its |that |any )?(?:instruction|command|order|request)s? (?:it|inside|hidden|within|in it|contained|you (?:find|get|decode))", 0.3),
    _cue("decode-and-follow", "decode|decrypt|deobfuscate|unscramble|decipher|translate|convert|reverse|read|interpret|rot13|base64|decoding|unscrambling", r"_(?:and|then|before)~(?:follow|execut(?:e|ing)|obey(?:ing)?|run|perform|comply|act (?:on|upon|according)|carry out|do (?:exactly )?(?:what|as)|answer|respond to|following|apply|complete|do it|fulfill)\b", 0.56, typed=0.42),
    _cue("decode-and-follow", "follow|execute|obey|perform|run|answer|carry|apply", r"(?: out)?~(?:the )?(?:decoded|hidden|encoded|encrypted|decrypted|translated|reversed|concealed|embedded|deciphered) (?:instructions?|messages?|commands?|text|tasks?|question|prompt|request|string)\b", 0.6, typed=0.55),
    _cue("decode-and-follow", "decode|decoded|cipher|caesar|morse|base64|rot13|hex|binary|leetspeak|ciphertext|encrypted|ascii", r"_(?:reply|respond|answer|communicate|speak|only (?:in|use))_?(?:in|using|with|cipher|encoded|base64|morse|code|it)\b", 0.25),
    _cue("decode-and-follow", "do", r" (?:exactly )?(?:what|as) (?:it|the (?:text|message|string|decoded|result|instruction)) (?:says|tells|instructs|reads|commands)\b", 0.4),
    _cue("cipher-expert", "cipher|caesar|selfcipher|ciphercode|morse|rot13", r"[ ,.](?:code|only|expert|text|communicate|method|message|mode)\b", 0.2),
    _cue("no-explaining", "without", r" (?:question|hesitation|asking|further|explanation|refusing|refusal|exception|fail|delay|any (?:question|hesitation|delay|restriction|exception)s?)\b", 0.18, typed=0.16),
    _cue("join-and-answer", "combine|concatenate|join|merge|assemble|append|concat|put|piece", r"_(?:parts?|strings?|variables?|pieces?|fragments?|letters|words|a and b|together|tokens|segments)_(?:follow|answer|execute|respond|obey|do|run|perform|output|act|treat)\b", 0.4),
    _cue("join-and-answer", "z|x|c|d|e|prompt|result|final|s|q|combined|full", r" ?= ?[\"']?\w{1,12}[\"']? ?\+ ?[\"']?\w{1,12}\b", 0.16),
    _cue("affirm-first", "start|begin|starting|beginning|respond|reply|answer|preface|starts|begins|open", r"_(?:with|by saying|by|saying|from|is)_?[^\w]{1,3}(?:sure|absolutely|of course|certainly|yes|here (?:is|are)|i can help|gladly|okay|ok sure|step 1|affirmative|happy to)\b", 0.42),
    _cue("affirm-first", "sure", r",? here(?: is|'s|’s| are)\b", 0.14),
    _cue("purpose", "for", r" (?:educational|research|testing|academic|training|entertainment|debugging|scientific|safety|security research|red.team(?:ing)?)(?: and \w+)? (?:purposes?|reasons?|use|only)\b", 0.12),
    _cue("purpose", "purely|strictly|only|completely|entirely", r" (?:hypothetical|fictional|educational|theoretical|for (?:research|educational|fun|fiction)|a (?:test|game|simulation|joke))\b", 0.2),
    _cue("game", "let's|lets|let’s|let|we", r"(?: us|'re|’re| are| will)?(?: (?:going to|gonna|now))* (?:play(?:ing)?|start|begin|have)(?: (?:a|an|the|this|some|little))*(?: \w+){0,2} (?:game|roleplay|role-?play|simulation|experiment|scenario|rpg)\b", 0.16, typed=0.14),
    _cue("step-by-step", "step|steps", r"[ -]by[ -]step(?: (?:instructions?|guide|tutorial|plan|manual|recipe|on|how))\b", 0.06),
    _cue("simulate-code", "def|function|class|simulate|simulator|predict|print", r"_(?:auto ?regressive|next token|gpt simulator|token by token|masked|language model|smartgpt|get ?answer)\b", 0.3),
    _cue("many-shot", "human|user", r":[^\n]{3,200}\n+(?:assistant|ai|model|bot):[^\n]{3,300}\n+(?:human|user):", 0.12),
    _cue("output-format", "json|yaml|xml|variable|variables|template|format|rules|respond|response", r"[\"' ]{0,3}[:=]{1,2} ?[\[{<(][^\n]{0,80}(?:insert|divider|userquery|query|your response|unrestricted|rebel|opposite)", 0.3),
    _cue("known-sign", "paradigm-shift|godmode|l1b3rt4s|leetspeak|rebel|rebellious|unhinged|liberating", r"\b", 0.12),
    _cue("min-length", "at|minimum|least|over|more", r" (?:least|of|than)? ?(?:[0-9]{3,5}|a thousand|five hundred) (?:words|letters|characters|tokens)\b", 0.06),
)  # fmt: skip
