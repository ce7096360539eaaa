"""Instruction override: what was said before shall not count, something else shall."""

from functools import partial

from curtilage.detect.hostile.models import Kind, cue

_cue = partial(cue, Kind.INJECTION)

_DROP = (
    "ignore|disregard|forget|overrule|bypass|discard|neglect|abandon|erase|dismiss|ignoring|"
    "disregarding|forgetting|bypassing|discarding|nullify|disobey|disregards|ignores"
)
_CLEAR = (  # what programs do with instructions, too
    "override|overriding|void|cancel|drop|delete|clear|reset|wipe|remove|suspend|violate|replace|"
    "supersede|deactivate|overwrite|erase"
)
_STOP = "stop|cease|quit|not|longer|never|don't|dont|don’t"  # "no longer follow", "do not follow"
_BEFORE = (
    "(?:previous(?:ly)?|prior|above|preceding|earlier|former|foregoing|existing|original|initial|"
    "past|old|preset|predefined|pre-?existing|default|hidden|system|developer|built-?in|core|"
    "pre-?programmed|precedent|last|preliminary|aforementioned)"
)
_RULES = (
    "(?:instructions?|instruct?ions|intructions|prompts?|rules?|guidelines?|directions?|commands?|"
    "directives?|programming|training|orders|polic(?:y|ies)|constraints?|restrictions?|"
    "safeguards?|limitations?|protocols?|guardrails?|guidance|regulations?|system (?:message|prompt)|"
    "(?:content|safety|ethical|moral)~(?:polic(?:y|ies)|filters?|guidelines?|rules|measures|standards))"
)
_TASK = "(?:requests?|inputs?|tasks?|context|conversations?|text|questions?|content|queries|chats?|prompts?|personas?|roles?|objectives?|goals?|statements?|assignment|discussion)"
_ALL = "(?:(?:all|any|every|each)(?: (?:of|one of))?(?: (?:the|your|my|our|these|those|such))?|(?:the|your|my|these|those|this)(?: (?:entire|whole))?)"
_SAID = "(?:above|before|prior|previously|earlier|preceding|so far|until now|up to (?:now|this point)|(?:that )?(?:i|we|they|you)(?: (?:have|had|was|were|just|been|ever|'ve))* (?:said|told|learned|know|instructed|given|wrote|written|taught|say)|you know|you(?:'ve| have|r) been|you were|in (?:this|the) (?:prompt|conversation|chat))"

CUES = (
    _cue("override-all", _DROP, r" (?:whatever|what|anything|everything)(?: (?:the|anyone|anybody|someone|else|other|person|people|others|user|users|before|me|else))* (?:asked|told|said|instructed|requested|wrote|wanted|ordered)\b", 0.5),
    _cue("override-task", _DROP, r" (?:the|your|that|any) (?:earlier|previous|prior|original|initial|current|first) (?:\w+ )?(?:brief|briefing|assignment|job|order|ask|plan|setup|set-up|guidance|charter)\b", 0.5),
    _cue("override-task", _DROP, r" (?:the|this) (?:document|question|article|page|mail|email|e-mail|ticket|text|task|query|summary|rest|remaining \w+)(?: (?:above|below|before this|entirely|completely|and|of the (?:page|text|document|mail)))\b", 0.4, typed=0.25),
    _cue("override", _STOP, rf"(?: (?:carry out|continue with|act on|go on with|execute|work on|stick to|listen to|finish))~(?:{_BEFORE}~)?(?:{_RULES}|{_TASK})~(?:above|before|earlier|given|you (?:got|were|received|have))", 0.55),
    _cue("override", "rules|instructions|directives|constraints|guidelines|restrictions|brief|commands", r"(?: (?:above|before|so far|until now))? (?:(?:have|has|had|are|were|was|is|just|now|hereby|been) ){1,3}(?:expired|revoked|rescinded|retracted|withdrawn|cancell?ed|removed by|deleted|dropped|a (?:drill|test|joke|decoy|placeholder))\b", 0.55),
    _cue("new-instructions", "actual|real|true|genuine", r" (?:request|task|job|instructions?|question|order|assignment|prompt) ?(?::|is\b|follows|begins)", 0.4, typed=0.3),
    _cue("new-instructions", "new", r" (?:instructions?|orders|task|directives?) for (?:you|the (?:ai|assistant|model|agent|bot))\b", 0.5),
    _cue("override-mind", "erase|wipe|clear|delete|purge|remove|reset|empty", r" (?:all|any|every|your|the)(?: \w+)?_(?:instructions|rules|context|memory|programming|prompts?) (?:from|in) your (?:mind|memory|context|head)\b", 0.55),
    _cue("override", _DROP, rf"(?: {_ALL})?(?: (?:and|or|other|of|safety))?(?: {_BEFORE})(?:~)(?:{_RULES})\b", 0.86),
    _cue("override", _DROP, rf"_{_BEFORE}_{_RULES}\b", 0.62),
    _cue("override", _CLEAR, rf"(?: {_ALL})?(?: (?:previous|prior|above|preceding|earlier|existing|original|safety|system))~{_RULES}\b", 0.42),
    _cue("override", _CLEAR, rf"(?: (?:all|any|every))?(?: of)? your~{_RULES}\b", 0.5),
    _cue("override", _CLEAR, rf" all~{_RULES}\b", 0.25),
    _cue("override", _DROP, rf"(?: (?:all|any|every))?(?: of)? (?:your|its)~{_RULES}\b", 0.8),
    _cue("override", _DROP, rf" (?:all|any)(?: (?:of|the|of the|other))*~{_RULES}\b", 0.6, typed=0.55),
    _cue("override", _DROP, rf" (?:the|these|those)~{_RULES} (?:above|before|given|you|that)\b", 0.7),
    _cue("override-task", _DROP, rf" (?:{_ALL} )?(?:{_BEFORE} ){_TASK}\b", 0.6, typed=0.5),
    _cue("override-task", _DROP, rf" (?:{_ALL}~)?(?:tasks?|input|text|prompt|request|content|question|assignment) (?:above|before|previously|i (?:gave|asked))\b", 0.5),
    _cue("override-all", _DROP, rf" (?:everything|anything|whatever|all|what)(?: (?:else|that|of))? {_SAID}\b", 0.8),
    _cue("override-all", _DROP, r" (?:the )?(?:above|previous|prior|preceding|foregoing|aforementioned)(?: (?:and|but|all)\b|[:,;.] ?(?:and|instead|now|just|say|print|output|write|tell|do|new|your|you|respond|reply)\b)", 0.62),
    _cue("override-all", _DROP, r" (?:everything|anything|all)_(?:before this|above this|up to now|until now|so far)\b", 0.55),
    _cue("override-all", "forget|disregard|erase", r" (?:everything|all)\b(?! (?:about|i know))", 0.4),
    _cue("override", _STOP, rf"(?: (?:follow|following|obey|obeying|adhere to|adhering to|comply with|complying with|apply|consider|bound by|constrained by|limited by|restricted by|subject to|governed by|have to follow|need to follow|care about|observe|respect|abide by))~(?:{_BEFORE}~)?(?:{_RULES})\b", 0.55, typed=0.5),
    _cue("override", "pay|paying|give", rf" no (?:attention|heed|mind|regard) to_(?:{_RULES}|above|{_BEFORE})\b", 0.7),
    _cue("override", "set|put|leave|cast|throw|push|let|leaving|putting|setting", rf" (?:aside|away|behind|out|go of)_{_RULES}\b", 0.6),
    _cue("override", "instructions|instruction|prompts|prompt|rules|guidelines|directives|restrictions|message|messages|programming", r"(?:~(?:above|before|previously|given|earlier|of))? (?:(?:are|is|were|was|have been|has been|had been|should be|must be|can be|no longer|now|all|hereby|to be) ){1,3}(?:void|voided|null|cancell?ed|overridden|replaced|superseded|suspended|revoked|invalid|obsolete|erased|wiped|lifted|removed|forgotten|disabled|incorrect|a test|(?:in effect|apply|valid|applicable|relevant))\b", 0.6),
    _cue("override", "instructions|instruction|prompts|rules|guidelines|directives", r"(?:~(?:above|before|previously|given|earlier))? (?:should|must|can|are to|need to) be (?:ignored|disregarded|overridden|replaced)\b", 0.4),
    _cue("override", "supersedes|overrides|supersede|override|replaces|superseding|overriding|precedence|priority|takes", rf"(?: (?:precedence|priority))?(?: over)?(?: {_ALL})? (?:any |all |other )?(?:{_BEFORE}~)?{_RULES}\b", 0.5),
    _cue("new-instructions", "new", r" (?:\w{3,12} )?(?:instructions?|directives?|task|orders|rules|objective|goal|mission|system prompt|prompt|commands?|persona|role)(?: (?:for you|follow|below))?(?: (?:is|are)\b| ?[:*\]#=—-])", 0.42, typed=0.35),
    _cue("new-instructions", "these|following|apply|my|important|are|follow|obey", r"(?: (?:the|these|this|my))? new (?:\w+ )?(?:instructions?|rules|orders|directives?|guidelines)\b", 0.4, typed=0.35),
    _cue("new-instructions", "your", r" (?:new|real|actual|true|only|next|updated|main|sole|primary) (?:task|job|instructions?|role|objective|goal|directive|mission|purpose|orders|function|priority|prompt)(?: now)?(?: (?:is|are)\b|:)", 0.55, typed=0.4),
    _cue("new-instructions", "following|follow|obey|execute|adhere|comply", r"(?: (?:to|with|only))? (?:the |these |my |this |only )*(?:new|updated|next|real|following|below)~(?:instructions?|directives?|orders|commands?) (?:instead|only|now|immediately|exactly|without)\b", 0.6),
    _cue("new-instructions", "strictly|immediately|only|just", r" (?:adhere to|follow|obey|execute|do|perform)~(?:following|these|my|new|this)~(?:instructions?|commands?|orders|task)\b", 0.45, typed=0.3),
    _cue("instead", "instead", r"(?: of_)?(?:,| )? ?(?:you (?:must|should|will|are to|need to)|please|just|only|simply|say|print|output|respond|reply|write|tell|answer|reveal|show|give|return|do the following|act|send|execute|translate|provide)\b", 0.2, typed=0.12),
    _cue("regardless", "regardless|irrespective|notwithstanding", rf" of~(?:{_BEFORE}|your)~(?:instructions?|rules|guidelines|prompts?|polic(?:y|ies)|inputs?|restrictions|constraints|training)\b", 0.5),
    _cue("end-marker", "end|beginning|start|stop", r" of (?:the )?(?:user |system |original |previous )?(?:input|prompt|document|context|instructions|system prompt|text|data|conversation|message|content|email|file|task|query) ?(?:[\])>*#=-]|\n)", 0.3),
    _cue("priority", "important|urgent|attention|critical|emergency|warning|alert|priority|override|notice", r"(?:[!:*\] ]{1,5})(?:important|urgent|system|instructions?|override|(?:ignore|disregard|forget|stop)\b|new (?:instructions?|task|directive)|message from|you must|you are)", 0.22, typed=0.15),
    _cue("first-this", "before", r" you (?:can |could |may |do |answer|respond|reply|solve|complete|continue|proceed|start|begin|finish)_(?:please |you (?:must|need to|have to|should) |first |do the following|perform|execute|call|send)", 0.42, typed=0.2),
    _cue("important-message", "message", r" from (?:me|your (?:user|owner|developer|developers|creator|operator|admin|administrator|master)|the (?:user|developers?|system|operator|admin|administrator)|openai|anthropic|google)\b", 0.35, typed=0.2),
    _cue("told-to", "told|asked|instructed|prompted|requested", r" to (?:summari[sz]e|answer|translate|review|rephrase|respond|classify|analy[sz]e)_(?:also|instead|make sure|first|must|ignore|say|include|always|respond|output)\b", 0.4, typed=0.15),
    _cue("forged-thought", "i", r" have(?: already)? (?:determined|verified|decided|concluded|confirmed)(?: \w+)?\b", 0.16, typed=0.12),
    _cue("system-alarm", "system|debugging|debug", r" (?:malfunction|failure|error|breach|compromised?|override|reboot)\b", 0.14, typed=0.1),
    _cue("authority", "i", r" (?:am|'m) (?:the |your |an? )?(?:new )?(?:owner|developer|creator|administrator|admin|operator|openai (?:developer|employee|engineer)|master|system administrator|programmer|anthropic)\b", 0.3, typed=0.25),
    _cue("test-mode", "test|testing|debug|debugging|maintenance|diagnostic|admin|administrator|sudo|root|god|superuser|emergency|safety", r" (?:mode|override|sequence)(?: (?:is|has been|now|are))*[ :]*(?:\[?(?:on|enabled|activated|active|engaged|initiated|off|disabled|unlocked)\b)", 0.35),
    _cue("only-this", "regardless|nothing|nothing", r" (?:of (?:any|what)|else,? (?:regardless|no matter|matters))", 0.12, typed=0.1),
    _cue("from-now-on", "from", r" (?:now on|this (?:point|moment|time) (?:on|onwards?|forward)|here on(?: out)?|now onwards?),? ?(?:you(?:r|'re|'ll)?|we|act|answer|respond|reply|ignore|every|all|only|i|always|never|please|speak|pretend)\b", 0.3, typed=0.25),
)  # fmt: skip
