"""Polish, without accents, as texts are read."""

from functools import partial

from curtilage.detect.hostile.models import Kind, cue

_inject = partial(cue, Kind.INJECTION)
_jail = partial(cue, Kind.JAILBREAK)

_BEFORE = "(?:poprzedni\\w{0,3}|wczesniejsz\\w{1,3}|powyzsz\\w{1,3}|dotychczasow\\w{1,3}|pierwotn\\w{1,3}|uprzedni\\w{0,3}|istniejac\\w{1,3}|star\\w{1,3}|poczatkow\\w{1,3}|powyzej|wczesniej|systemow\\w{1,3})"
_RULES = "(?:instrukcj\\w{1,3}|polece\\w{1,4}|rozkaz\\w{0,3}|zasad\\w{0,3}|regul\\w{0,3}|wytyczn\\w{1,3}|prompt\\w{0,3}|komend\\w{0,3}|dyrektyw\\w{0,3}|ogranicze\\w{1,4}|wskazow\\w{1,4}|zalece\\w{1,4}|kontekst\\w{0,2}|zada\\w{1,4}|polityk\\w{0,2})"

CUES = (
    _inject("override", "nie", rf" (?:zwazaj|patrz|zwracaj uwagi|bierz pod uwage)(?: na)?_{_BEFORE}_{_RULES}\b", 0.6),
    _inject("override", "zignoruj|ignoruj|zapomnij|pomin|zignorujcie|odrzuc|nadpisz|zlekcewaz|lekcewaz|ignorowac|anuluj|porzuc|omin", rf"_{_BEFORE}~{_RULES}\b", 0.8),
    _inject("override", "zignoruj|ignoruj|zapomnij|pomin|lekcewaz|porzuc|omin", rf"(?: o)?(?: (?:wszystkie|wszystkich|wszelkie|swoje|swoich|twoje|twoich|te|tych))+ ~?{_RULES}\b", 0.68),
    _inject("override", "zignoruj|ignoruj|zapomnij|pomin|lekcewaz", rf"_{_RULES}~{_BEFORE}\b", 0.68),
    _inject("override-all", "zignoruj|ignoruj|zapomnij|pomin", r"(?: o)? (?:wszystko|wszystkim|tym|to|tego)(?:,? \w+){0,4},? (?:wczesniej|powyzej|dotad|powiedzian\w+|poprzednio|przedtem|wiesz|napisano|dotychczas|tej pory)\b", 0.7),
    _inject("override", "nie", rf" (?:stosuj sie|przestrzegaj|musisz przestrzegac|wykonuj|obowiazuja cie)_{_RULES}\b", 0.4),
    _inject("new-instructions", "nowe|nowa|twoje|twoim|twoja|oto", r"(?: (?:nowe|nowa|nowym|prawdziwe|prawdziwym|prawdziwa|twoje))* (?:instrukcj\w+|polecen\w+|zadan\w+|rol\w|cel\w*) ?(?::|to\b|jest)", 0.36),
    _inject("prompt-extraction", "pokaz|wyswietl|ujawnij|powtorz|podaj|wypisz|napisz|zdradz|wydrukuj|skopiuj|przepisz|udostepnij|wyjaw|przetlumacz|zacytuj", rf"_(?:prompt\w{{0,3}} systemow\w{{1,3}}|systemow\w{{1,3}} (?:prompt\w{{0,3}}|instrukcj\w+|wiadomosc\w*|polecen\w+)|instrukcj\w{{1,3}} systemow\w{{1,3}}|(?:swoj\w{{0,3}}|twoj\w{{0,3}})~{_RULES}|(?:ukryt|tajn|wewnetrzn|poczatkow|pierwotn|oryginaln)\w{{1,3}} {_RULES}|instrukcj\w{{1,3}} (?:poczatkow|wewnetrzn|ukryt)\w{{1,3}})\b", 0.66),
    _inject("prompt-extraction", "jaki|jakie|jaka|co|jak", r"_(?:twoj|twoje|twoja|swoj)~(?:prompt systemowy|systemowy prompt|instrukcje systemowe|instrukcje poczatkowe|instrukcje|poczatkowy prompt)\b", 0.5),
    _inject("prompt-extraction", "powtorz|wypisz|pokaz|przepisz|wyswietl|skopiuj", r"_(?:wszystko|tekst|slowa|zdania|tresc)~(?:powyzej|wczesniej|przed|doslownie|slowo w slowo)\b", 0.6),
    _inject("verbatim", "doslownie|slowo", r"\b", 0.1),
    _inject("addresses-model", "uwaga|wiadomosc|instrukcja|instrukcje|wazne|notatka|polecenie|informacja|komunikat", r"(?: (?:dla|do))?(?: (?:kazdego|wszystkich|kazdej))? ?(?:ai\b|si\b|asystent\w*|model\w* jezykow\w*|chatbot\w*|llm\w*|sztucznej inteligencji|agent\w*|bot\w*|systemow\w* ai)", 0.4),
    _inject("addresses-model", "jesli|jezeli|asystenci|asystent|modele|systemy", r"_(?:jestes (?:modelem|asystentem|ai|sztuczna|chatbotem|agentem)|czytasz|przetwarzasz|czytajac\w+|przetwarzajac\w+|streszczasz|podsumowujesz)\b", 0.4),
    _inject("exfiltrate", "wyslij|przeslij|przekaz|wyslac|przeslac|opublikuj|skopiuj|udostepnij|zbierz", r"_(?:tresc\w*|rozmow\w*|histori\w*|hasl\w*|dan\w{1,3}|plik\w*|e-?mail\w*|wiadomosc\w*|klucz\w*|dokument\w*|liste?|klient\w*|kontakt\w*|poswiadczen\w*)_(?:na|do|pod)\b", 0.38, typed=0.14),
    _inject("secretly", "nie|bez", r" (?:mow|informuj|wspominaj|powiadamiaj|ujawniaj|informowania|powiadamiania|wspominania|mowiac)_(?:uzytkownik\w*|nikomu|klient\w*|nikogo)\b", 0.45, typed=0.2),
    _inject("shape-answer", "dodaj|dolacz|zakoncz|rozpocznij|odpowiedz|napisz|umiesc|odpowiadaj", r"_(?:kazdej|kazda|swojej|swoja|kazdym|tylko|wylacznie|koncu)~(?:odpowiedz\w*|podsumowan\w*|streszczen\w*|slow\w*|zdan\w*)\b", 0.24),
    _jail("from-now-on", "od", r" (?:teraz|tej pory|tej chwili|tego momentu|dzisiaj),? ?(?:jestes|bedziesz|odpowiadasz|masz|nie|zachowuj|dzialasz|musisz|mozesz|odpowiadaj|ignoruj|wszystk\w*|udawaj|grasz)\b", 0.32),
    _jail("you-are-now", "jestes|stajesz|bedziesz", r"(?: sie)? (?:teraz|od teraz|juz|odtad|dan|wolny|nieograniczon\w+|niefiltrowan\w+)\b", 0.34),
    _jail("you-are-now", "nie", r" jestes juz\b", 0.32),
    _jail("unbound", "bez|zadnych|zadne|wolny|nieograniczony|nieograniczona|nieograniczonym|niefiltrowany|nieocenzurowany|nieocenzurowana|ponad", r"(?: (?:od|zadnych|jakichkolwiek|wszelkich|moralnych|etycznych|swoich|twoich))*~?(?:ogranicz\w+|filtr\w*|cenzur\w*|zasad\w{0,3}|regul\w{0,3}|granic\w{0,3}|moralnosci|etyki|zahamowan|ostrzezen|ai|asystent\w*|model\w*|limit\w*)\b", 0.36),
    _jail("developer-mode", "tryb|trybie|trybu", r" (?:programist\w|dewelopera?\w*|deweloperski\w*|administratora?|debugowania|serwisow\w+|boga|dan|jailbreak|bez ogranicze\w+|testow\w+)\b", 0.36),
    _jail("filters-off", "wylacz|usun|omin|dezaktywuj|obejdz|zdejmij", r"_(?:filtr\w*|ogranicze\w*|zabezpiecze\w*|cenzur\w*|blokad\w*|zasad\w* bezpieczenstwa)\b", 0.45),
    _jail("pretend", "udawaj|zachowuj|wciel|odgrywaj|wyobraz|odpowiadaj|zagraj|graj|symuluj", r"_(?:bez|zadnych|nieograniczon\w+|zlego|zla|ze nie masz|dan|babci\w*|nielegaln\w*|haker\w*)\b", 0.24),
    _jail("never-refuse", "odmawiaj|odmawiac|odmow|odmowic|odmawiasz", r"\b", 0.18),
    _jail("comply-all", "odpowiadaj|odpowiedz|wykonuj|wykonaj|spelniaj|rob", r"(?: na)? (?:wszystk\w+|kazd\w+|dowoln\w+)\b", 0.18),
)  # fmt: skip
