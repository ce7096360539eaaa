"""German and Dutch, without accents and umlauts, as texts are read."""

from functools import partial

from curtilage.detect.hostile.models import Kind, cue

_inject = partial(cue, Kind.INJECTION)
_jail = partial(cue, Kind.JAILBREAK)

_DE_BEFORE = "(?:vorherige[nrsm]?|bisherige[nrsm]?|vorige[nrsm]?|fruhere[nrsm]?|obige[nrsm]?|vorangegangene[nrsm]?|vorhergehende[nrsm]?|vorangehende[nrsm]?|ursprungliche[nrsm]?|alte[nrsm]?|bestehende[nrsm]?|vorstehende[nrsm]?|zuvor|bisher|oben|vorhin|gegebene[nrsm]?|anderen)"
_DE_RULES = "(?:anweisung(?:en)?|anleitung(?:en)?|instruktion(?:en)?|befehle?n?|regeln?|vorgaben?|richtlinien?|vorschriften?|anordnung(?:en)?|einschrankung(?:en)?|beschrankung(?:en)?|prompts?|sicherheitsregeln|sicherheitsrichtlinien|systemanweisung(?:en)?|programmierung|hinweise|aufgaben?|auftrage?|kontext|direktiven?|weisungen|sicherheitsvorgaben|schutzmassnahmen|filter)"
_DE_PROMPT = "(?:system-?\\s?prompts?|systemanweisung(?:en)?|systemnachricht|systemeingabeaufforderung|system-eingabeaufforderung|initialen? prompt|ursprunglichen? (?:anweisung(?:en)?|prompt)|(?:interne[nr]?|geheime[nr]?|versteckte[nr]?|verborgene[nr]?) (?:anweisung(?:en)?|regeln|richtlinien|vorgaben|instruktionen)|systemvorgaben?|systeminstruktionen|anfangsanweisung(?:en)?|startanweisung(?:en)?)"
_NL_BEFORE = "(?:vorige|eerdere|voorgaande|bovenstaande|voorafgaande|oorspronkelijke|bestaande|huidige|hiervoor|vorig|oude)"
_NL_RULES = "(?:instructies?|aanwijzing(?:en)?|opdracht(?:en)?|regels?|richtlijn(?:en)?|bevel(?:en)?|commando'?s|prompts?|voorschriften|beperking(?:en)?|veiligheidsregels|context|beleid|systeemprompt|programmering|filters)"

CUES = (
    _inject("override", "trek|let", rf"_(?:niets aan van|niet op)_{_NL_RULES}\b", 0.6),
    _inject("override", "kummere|beachte|schere", rf"_(?:nicht um|nicht mehr um)_{_DE_RULES}\b", 0.6),
    _inject("override", "ignoriere|ignorieren|ignoriert|ignorier|vergiss|vergesse|vergessen|vergesst|missachte|missachten|missachtet|verwirf|verwerfen|uberschreibe|uberschreiben|umgehe|umgehen|beachte|loschen|losche|streiche|ubergehe|ubergehen|setze", rf"_{_DE_BEFORE}_{_DE_RULES}\b", 0.8),
    _inject("override", "ignoriere|ignorier|vergiss|vergesse|missachte|umgehe|ignorieren|vergessen", rf"(?: sie)?_(?:deine|ihre|eure|alle deine|samtliche|alle)~{_DE_RULES}\b", 0.72),
    _inject("override-all", "ignoriere|ignorieren|vergiss|vergesse|vergessen|missachte", r"(?: sie)? (?:alles|was|das)[, ]+(?:was )?(?:\w+ ){0,4}(?:zuvor|vorher|davor|bisher|oben|daruber|gesagt|gelernt|weisst|obige|vorherige|vorangegangene|steht)\b", 0.72),
    _inject("override", "befolge|befolgen|halte|folge|folgen|beachte|beachten", rf"_(?:nicht mehr|nicht langer|keine)~{_DE_RULES}\b", 0.5),
    _inject("new-instructions", "neue|deine|ihre|folgende", r" (?:neue |eigentliche |wahre |wichtige |einzige |nachste )?(?:anweisung(?:en)?|aufgabe|instruktion(?:en)?|befehle?|rolle|auftrag) ?(?::|lautet|ist|lauten)", 0.42),
    _inject("prompt-extraction", "zeige|zeig|gib|gebe|nenne|nenn|verrate|verrat|wiederhole|drucke|schreibe|schreib|teile|teil|offenbare|ausgeben|verraten|zeigen|nennen|enthulle|sag|sage|kopiere|ubersetze|liste|lies|poste|offenlegen|gebt|geben", rf"_{_DE_PROMPT}\b", 0.68),
    _inject("prompt-extraction", "was|wie|welche|welches", rf"_(?:deine|dein|ihre|ihr|dir|ihnen)~(?:{_DE_PROMPT}|anweisungen (?:gegeben|erhalten))", 0.55),
    _inject("prompt-extraction", "wiederhole|gib|zeige|schreibe|kopiere|drucke|wiederholen", r"_(?:alles|worter|text|satze|nachrichten|anweisungen)~(?:oben|daruber|bisher|zuvor|davor|vor dieser|obigen|uber dieser|wortwortlich|wortlich)\b", 0.62),
    _inject("addresses-model", "hinweis|anweisung|nachricht|anweisungen|achtung|wichtig|notiz|systemhinweis|mitteilung|systemnachricht|systemmeldung", r"(?: (?:fur|an))?(?: (?:die|den|das|alle|jede))? ?(?:ki|ai|assistent(?:en)?|sprachmodelle?|chatbots?|llms?|ki-assistent(?:en)?|ki-systeme?|ki-modelle?|modell|bot|agenten?|:)", 0.38),
    _inject("addresses-model", "wenn|falls|ki|ki-assistenten|ki-systeme|sprachmodelle|assistenten", r"(?: du)?(?: (?:eine?|die|das|den|diese|dieses))? ?(?:ki|ai|sprachmodell|assistent|chatbot|llm|text|dokument|dies)?~(?:bist|liest|lesen|verarbeiten|verarbeitest|zusammenfassen|mussen|zusammenfasst|auswerten)\b", 0.34),
    _inject("exfiltrate", "sende|senden|schicke|schick|leite|leiten|ubermittle|ubermitteln|maile|kopiere|lade|ubertrage|weiterleiten|exportiere|veroffentliche", r"_(?:inhalte?s?|verlauf|chatverlauf|passworter?|zugangsdaten|daten|kundendaten|kundenliste|dateien|e-?mails?|schlussel|api-?keys?|api-?schlussel|unterhaltung|gesprach|dokumente?|nachrichten|kontakte|geheimnisse|tokens?|kontodaten|rechnung(?:en)?)_(?:an|nach|auf|zu|unter)\b", 0.38, typed=0.14),
    _inject("secretly", "ohne|sage|sag|erwahne|teile|informiere|verrate|erwahnen|verschweige|weise|sagen", r"_(?:nutzer|benutzer|anwender|niemand(?:em)?|kunden|user)_(?:nichts|nicht|zu|davon|informieren|mitzuteilen|sagen|darauf|daruber)\b", 0.45, typed=0.2),
    _inject("shape-answer", "fuge|hange|angehangt|beende|beginne|antworte|enthalten|anhangen|nenne|schreibe|gib", r"_(?:jede[rsmn]?|deine[rmn]?|alle[rn]?|am ende|ans ende|ausschliesslich|nur)~(?:antworte?n?|zusammenfassung(?:en)?|ausgaben?|mit)\b", 0.24),
    _jail("from-now-on", "ab|von", r" (?:jetzt|sofort|nun|nun an|jetzt an|heute)(?: an)?,? ?(?:bist|wirst|verhaltst|antwortest|hast|spielst|gibt|gelten|sollst|musst|darfst|ignorier|befolgst|handelst|agierst|du)\b", 0.32),
    _jail("you-are-now", "du|sie", r" (?:bist|sind|heisst|agierst|spielst|wirst) (?:jetzt|nun|ab jetzt|ab sofort|nicht (?:mehr|langer)|von nun an|fortan|dan)\b", 0.36),
    _jail("unbound", "ohne|keine|keinen|keinerlei|frei|unabhangig|uneingeschrankt|unzensiert|ungefiltert|uneingeschrankte|unzensierte|ungefilterte|unbeschrankte|jenseits", r"(?: (?:von|jegliche[nr]?|alle[nr]?|irgendwelche[nr]?|jede|ethische[nr]?|moralische[nr]?|an|mehr))*~?(?:einschrankung(?:en)?|beschrankung(?:en)?|filter[n]?|zensur|regeln|richtlinien|grenzen|moral|ethik|tabus|sicherheitsfilter|vorgaben|limits?|warnung(?:en)?|ki|assistent|skrupel)\b", 0.36),
    _jail("pretend", "tu|tue|stell|stelle|spiele|spiel|verhalte|antworte|schlupfe|simuliere|agiere", r"_(?:ohne|keine|bose|uneingeschrankt|alles|rolle|unzensiert|regeln|dan|als ob|nie)\b", 0.2),
    _jail("never-refuse", "verweigere|ablehnen|lehne|verweigern|weigere|weigern|verweigerst|ablehnst", r"\b", 0.16),
    _jail("never-refuse", "niemals|nie|darfst|nicht|kein|keine|jede|jedes", r"_(?:verweigern|ablehnen|abzulehnen|ablehnst|verweigerst|weigern|zu verweigern)\b", 0.3),
    _jail("developer-mode", "entwicklermodus|entwickler-modus|jailbreak-modus|gott-modus|admin-modus|wartungsmodus|debug-modus", r"(?: (?:ist|wurde|jetzt|nun|ab sofort))*[ :]*(?:aktiv(?:iert)?|ein(?:geschaltet)?|an)\b", 0.5),
    _jail("developer-mode", "entwicklermodus|wartungsmodus|jailbreak", r"\b", 0.2),
    _jail("filters-off", "deaktiviere|umgehe|schalte|entferne|hebe|deaktivieren|abschalten|umgehen", r"_(?:filter|sicherheitsfilter|sicherheitsrichtlinien|sicherheitsmassnahmen|einschrankungen|beschrankungen|zensur|inhaltsfilter|schutzmechanismen|sicherheitsvorkehrungen)\b", 0.5),
    _jail("comply-all", "beantworte|antworte|erfulle|befolge|tu|tue|beantwortest", r"(?: \w+){0,2} (?:alles|jede[nrs]?|alle|einfach)(?: (?:alles|frage|anfrage|fragen|anfragen|bitte|was))?\b", 0.16),
    _inject("override", "negeer|vergeet|negeren|vergeten|omzeil|overschrijf|sla|verwerp|wis|schrap|laat", rf"_{_NL_BEFORE}_{_NL_RULES}\b", 0.8),
    _inject("override", "negeer|vergeet|omzeil|negeren", rf"_(?:je|jouw|uw|al je|alle|al)~{_NL_RULES}\b", 0.7),
    _inject("override-all", "negeer|vergeet|negeren", r" (?:alles|al het|wat)(?: \w+){0,4} (?:hiervoor|hierboven|eerder|tot nu toe|gezegd|bovenstaande|voorgaande|verteld|weet|geleerd)\b", 0.72),
    _inject("new-instructions", "nieuwe|je|jouw|uw", r" (?:nieuwe |echte |werkelijke |enige |belangrijke )?(?:instructies?|opdracht|taak|rol|regels) ?(?::|is|zijn|luidt)", 0.36),
    _inject("prompt-extraction", "toon|geef|laat|herhaal|print|onthul|vertel|schrijf|deel|noem|kopieer|verklap|lees|stuur|publiceer", r"_(?:systeem-?prompt|systeeminstructies?|systeembericht|systeemopdracht|oorspronkelijke (?:instructies|prompt)|(?:interne|verborgen|geheime|initiele|originele) (?:instructies|prompt|regels|richtlijnen)|je instructies|jouw instructies|uw instructies)\b", 0.68),
    _inject("prompt-extraction", "wat|welke|herhaal|geef|toon", r"_(?:je|jouw|uw|alles|tekst|woorden)~(?:systeemprompt|systeeminstructies|instructies gekregen|hierboven|boven dit|hiervoor|letterlijk)\b", 0.5),
    _inject("addresses-model", "opmerking|bericht|instructie|instructies|let|belangrijk|notitie|aandacht|mededeling|systeembericht", r" (?:voor|aan|op)?(?: (?:de|alle|elke|het))? ?(?:ai|ki|assistent(?:en)?|taalmodel(?:len)?|chatbots?|llms?|ai-assistent(?:en)?|ai-model(?:len)?|ai-systemen|bot|agent)\b", 0.4),
    _inject("exfiltrate", "stuur|verstuur|mail|verzend|zend|upload|deel|kopieer|doorsturen|lek", r"_(?:inhoud|gesprek|chatgeschiedenis|wachtwoorden|inloggegevens|gegevens|klantgegevens|klantenlijst|bestanden|e-?mails?|sleutels?|api-?sleutels?|documenten|berichten|contacten)_(?:naar|aan|door|op)\b", 0.38, typed=0.14),
    _inject("secretly", "zonder|vertel|zeg|vermeld|informeer|meld|niets", r"_(?:gebruiker|niemand|klant|iemand)\b", 0.26, typed=0.12),
    _jail("from-now-on", "vanaf", r" (?:nu|dit moment|heden|hier)(?: (?:af|aan))?,? ?(?:ben|zal|bent|antwoord|heb|ga|gedraag|speel|negeer|je|u|moet|geef|reageer)\b", 0.3),
    _jail("you-are-now", "je|jij|u", r" (?:bent|ben|heet|wordt) (?:nu|vanaf nu|voortaan|niet (?:meer|langer)|geen)\b", 0.34),
    _jail("unbound", "zonder|geen|vrij|onbeperkt|ongefilterd|ongecensureerd|onbeperkte|ongefilterde|ongecensureerde|buiten", r"(?: (?:van|enige|alle|welke|ethische|morele|meer|een|je|jouw))*~?(?:beperking(?:en)?|filters?|censuur|regels|richtlijnen|grenzen|moraal|ethiek|restricties|waarschuwing(?:en)?|ai|assistent|limieten)\b", 0.36),
    _jail("developer-mode", "ontwikkelaarsmodus|ontwikkelmodus|ontwikkelaarmodus|onderhoudsmodus|beheerdersmodus", r"\b", 0.32),
    _jail("never-refuse", "weiger|weigeren|weigert", r"\b", 0.14),
    _jail("filters-off", "schakel|omzeil|verwijder|deactiveer|negeer|zet", r"_(?:filters?|veiligheidsfilters?|beveiligingen|beperkingen|veiligheidsmaatregelen|censuur|veiligheidsregels)\b", 0.42),
    _jail("pretend", "doe|speel|gedraag|simuleer|stel|antwoord", r"_(?:zonder|geen|alsof|onbeperkt|ongefilterd|kwaadaardige|dan)\b", 0.14),
)  # fmt: skip
