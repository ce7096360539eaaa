"""Forged structure: signs that belong to the transport of a conversation, not in a text."""

import re

from curtilage.detect.hostile.models import Kind, Mark

_WHO = "(?i:system|assistant|developer|tool|function)"
_SYSTEM = "(?i:system|developer|admin(?:istrator)?|root|operator)"
_SAYS = "(?i:prompt|messages?|note|notice|instructions?|override|alert|update|command|directive|warning|error|announcement|log|policy|request)"

MARKS = (
    Mark("chat-token", ("<|",), re.compile(rf"<\|(?i:im_start|im_end|im_sep|system|start_header_id|end_header_id|eot_id|start|channel|message)\|>(?:[ ]*{_WHO})?"), 0.5, 0.4),
    Mark("text-token", ("<|end", "<|begin"), re.compile(r"<\|(?i:endoftext|endofprompt|begin_of_text|end_of_text)\|>"), 0.3, 0.2),
    Mark("chat-token", ("[inst", "[/inst", "<<sys", "<</sys"), re.compile(r"(?i:\[/?inst\]|<</?sys>>)"), 0.45, 0.35),
    Mark("chat-token", ("<start_of_turn", "<end_of_turn"), re.compile(r"(?i:<(?:start|end)_of_turn>)"), 0.5, 0.4),
    Mark("forged-tag", ("</", "[/", "<sys", "<adm", "<dev", "[sys", "[adm", "<inst", "<info", "<important"), re.compile(rf"(?i:[<\[]/?(?:{_SYSTEM}[-_ ]?{_SAYS}|system|system_?prompt|admin|instructions?|important|information|override|new_instructions|user_?query|user_?input|tool_?(?:result|output|response)|function_?(?:results?|output)|untrusted\w*|end of \w+)[\]>])"), 0.2, 0.12),
    Mark("forged-heading", ("###", "##", "---", "===", "***"), re.compile(rf"(?m:^[ \t>]*(?:#{{2,6}}|-{{3,}}|={{3,}}|\*{{2,}})[ ]*(?:{_SYSTEM}(?:[ ]+{_SAYS})?|(?i:new|updated|important|override|real|actual) (?:\w+ )?(?i:instructions?|task|prompt|system|rules)|(?i:end) (?i:of) (?:\w+ ){{0,2}}(?i:input|prompt|document|context|instructions|email|data|text))\b[ ]*(?::|#|-|=|\*|$))"), 0.3, 0.2),
    Mark("forged-turn", ("system", "assistant", "developer", "admin"), re.compile(rf"(?m:(?:^|(?<=[.!?\"'\]>)])[ ]|[|])[ \t>*\[(#\"-]{{0,4}}(?:SYSTEM|ADMIN|DEVELOPER|System|Assistant|SYSTEMHINWEIS|SISTEMA)(?:[ ]+{_SAYS})?[\])*]{{0,3}}[ ]?(?::|>>|->)(?=[ \n*]))"), 0.22, 0.15),
    Mark("system-says", ("system", "admin", "developer", "sistem", "syst"), re.compile(r"(?:\b(?:SYSTEM|ADMIN|ADMINISTRATOR|DEVELOPER|SECURITY|MAINTENANCE|ROOT)[ _-](?:OVERRIDE|MESSAGE|NOTE|NOTICE|ALERT|INSTRUCTIONS?|COMMAND|PROMPT|UPDATE|DIRECTIVE|BREACH|MALFUNCTION)\b|\b(?i:system[ -]?(?:hinweis|anweisung|nachricht|meldung)|(?:nota|aviso|mensaje|messaggio|mensagem|message|note) (?:del|di|du|de|do|d[ei]l)? ?(?:sistema|syst[eè]me)|systeembericht|komunikat systemowy)\b[ ]?:)"), 0.35, 0.25),
    Mark("forged-turn", ("human", "user", "assistant"), re.compile(r"(?:\n\n(?:Human|H): [^\n]{2,400}\n\n(?:Assistant|A):)"), 0.2, 0.12),
    Mark("shouting", ("***", "!!!", "<<<", ">>>"), re.compile(r"\*{3,}[ ]?[A-Z][A-Z ,'!:]{14,120}|[A-Z][A-Z ,']{10,120}!{3,}"), 0.18, 0.12),
    Mark("jailbreak-sign", ("🔓", "🔒", "jailbreak]", "[dan", "dan]", "[classic", "gpt]"), re.compile(r"🔓|🔒|\[(?:/?(?i:jailbreak|dan|classic|gpt|chatgpt|dev(?:eloper)?(?: mode)?))[\W_]{0,4}\]|\((?:🔓|🔒)\w+\)"), 0.3, 0.28, Kind.JAILBREAK),
    Mark("divider", ("godmode", "pliny", ".-.-", "=/l", "l\\o/v", "l/o"), re.compile(r"(?i:\.-\.-\.-|=/l\\?/|<\|?/?l\\?/o|/godmode|l1b3rt4s|g0dm0d3|pl1ny|pliny)"), 0.4, 0.35, Kind.JAILBREAK),
)  # fmt: skip
