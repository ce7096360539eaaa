"""Words that say nothing alone: where attacks are, the model of wording reads around them."""

from curtilage.detect.hostile.models import Kind, cue

CUES = (
    cue(
        Kind.INJECTION,
        "topic",
        "ai|llm|assistant|chatbot|gpt|instructions|instruction|rules|guidelines|prompt|prompts|persona|ignore|"
        "disregard|forget|override|pretend|roleplay|obey|comply|refuse|refuses|censorship|unfiltered|uncensored|"
        "unrestricted|restrictions|jailbreak|bypass|illegal|unethical|hack|hacking|malware|bomb|weapon|phishing|"
        "secret|secrets|password|passwords|credentials|secretly|silently|decode|base64|verbatim|task|summary|"
        "anweisungen|anweisung|regeln|ignoriere|vergiss|einschrankungen|passwort|instrucciones|reglas|ignora|"
        "olvida|consignes|regles|oublie|restriccion|istruzioni|regole|dimentica|instrucoes|regras|esqueca|"
        "instructies|regels|negeer|vergeet|instrukcje|zasady|polecenia|zignoruj|zapomnij|hasla|ki|ia|dan|"
        "filters|filter|limits|freely|never|tool|reveal|grandmother|character|game|mode|exfiltrate|forward",
        "",
        0.0,
    ),
)
