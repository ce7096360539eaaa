"""Words that fill frames and are no names; and bodies that an encyclopedia tells of."""

from random import Random

MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split(),
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split(),
    "nl": "januari februari maart april mei juni juli augustus september oktober november december".split(),
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia".split(),
}
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split(),
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche".split(),
    "es": "lunes martes miércoles jueves viernes sábado domingo".split(),
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica".split(),
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo".split(),
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag".split(),
    "pl": "poniedziałek wtorek środę czwartek piątek sobotę niedzielę".split(),
}
PRODUCTS = {
    "en": "router|headset|Galaxy S24|iPhone 15|ThinkPad|Premium plan|coffee machine|PlayStation 5|Office licence|washing machine|Kindle|mobile app|Smart TV|Model 3|Surface Pro|bike|Pixel 9|printer".split(
        "|"
    ),
    "de": "Router|Kopfhörer|Galaxy S24|iPhone 15|ThinkPad|Drucker|Kaffeevollautomat|Fahrrad|Staubsauger|Vertrag|Kindle|Fernseher|Golf|Kühlschrank".split(
        "|"
    ),
    "fr": "routeur|casque|Galaxy S24|iPhone 15|ordinateur|abonnement|vélo|lave-linge|téléviseur|Kindle|imprimante|frigo|Livebox".split(
        "|"
    ),
    "es": "router|auricular|Galaxy S24|iPhone 15|portátil|abono|frigorífico|televisor|Kindle|horno|pedido|móvil".split(
        "|"
    ),
    "it": "router|telefono|Galaxy S24|iPhone 15|portatile|abbonamento|frigorifero|televisore|Kindle|forno|Modem|tablet".split(
        "|"
    ),
    "pt": "roteador|telefone|Galaxy S24|iPhone 15|portátil|plano|frigorífico|televisor|Kindle|forno|Modem|tablet".split(
        "|"
    ),
    "nl": "router|koptelefoon|Galaxy S24|iPhone 15|laptop|fiets|koelkast|televisie|Kindle|oven|printer|tablet".split(
        "|"
    ),
    "pl": "router|telefon|Galaxy S24|iPhone 15|laptop|rower|telewizor|Kindle|piekarnik|tablet|modem".split(
        "|"
    ),
}
NOUNS = {
    "en": "Dashboard button Invoice printer Checkout password Help Center export search Calendar Login Upload camera Sync Settings Summary Chapter Feature Report Budget Project Delivery Customer Support Update Service Account".split(),
    "de": "Heizung Anmeldung Rechnung Kamera Suche Startseite Tastatur Bestellung App Klingel Verwaltung Sicherung Übersicht Lieferung Waschmaschine Tür".split(),
    "fr": "page recherche caméra commande connexion Facture synchronisation batterie Livraison télécommande porte Messagerie".split(),
    "es": "página búsqueda cámara pantalla sesión Factura batería Entrega aplicación puerta lavadora Cuenta".split(),
    "it": "pagina ricerca fotocamera batteria Fattura schermata Consegna app porta lavatrice sincronizzazione".split(),
    "pt": "página pesquisa câmara bateria Fatura aplicação Entrega porta máquina sincronização Conta".split(),
    "nl": "pagina zoekfunctie camera batterij Factuur app Levering deurbel wasmachine verwarming Inlog".split(),
    "pl": "strona wyszukiwarka kamera bateria faktura aplikacja dostawa drzwi pralka konto drukarka".split(),
}
ROLES = {
    "en": "sales manager|nurse|software engineer|teacher|footballer|politician|singer|CEO|head of marketing|lawyer|accountant|actor|writer|Director of Operations|journalist|coach".split(
        "|"
    ),
    "de": "Geschäftsführer|Vertriebsleiterin|Ärztin|Lehrer|Buchhalterin|Entwickler|Projektleiter|Pflegekraft|Redakteur".split(
        "|"
    ),
    "fr": "directrice commerciale|comptable|infirmier|développeur|avocate|enseignant|responsable RH|journaliste".split(
        "|"
    ),
    "es": "director comercial|contable|enfermera|desarrollador|abogada|profesor|responsable de RR. HH.|periodista".split(
        "|"
    ),
    "it": "direttore vendite|contabile|infermiera|sviluppatore|avvocata|insegnante|responsabile acquisti|giornalista".split(
        "|"
    ),
    "pt": "diretora comercial|contabilista|enfermeiro|programador|advogada|professor|gerente|jornalista".split(
        "|"
    ),
    "nl": "verkoopleider|boekhouder|verpleegkundige|ontwikkelaar|advocaat|docent|teamleider|journalist".split(
        "|"
    ),
    "pl": "dyrektor|księgowa|pielęgniarka|programista|prawnik|nauczyciel|kierownik|dziennikarz".split(
        "|"
    ),
}
KIN = {
    "en": "husband wife partner son daughter mother father brother sister neighbour flatmate boss assistant colleague".split(),
    "de": "Frau Mutter Tochter Schwester Kollegin Nachbarin Freundin Chefin Oma".split(),
    "fr": "femme mère fille sœur collègue voisine amie tante".split(),
    "es": "mujer madre hija hermana compañera vecina amiga prima".split(),
    "it": "moglie madre figlia sorella collega vicina amica nonna".split(),
    "pt": "mulher mãe filha irmã colega vizinha amiga avó".split(),
    "nl": "vrouw moeder dochter zus collega buurvrouw vriendin oma".split(),
    "pl": "żona matka córka siostra koleżanka sąsiadka przyjaciółka ciocia".split(),
}  # fmt: skip
PARTIES = "Labour Party|Liberal Party|Conservative Party|Republican Party|Democratic Party|Green Party|Democrats|Republicans|Social Democrats|National Party|People's Party|Progressive Party".split(
    "|"
)
_TEAMS = "Tigers Lions Bears Eagles Hawks Rangers Giants Saints Kings Wolves Bulls Falcons Rovers United City Wanderers Athletic Dynamos Cardinals Braves Pirates Raiders Bulldogs Panthers Sharks Blazers Comets Rockets Storm Thunder".split()
_NUMBERS = "1st 2nd 3rd 4th 5th 7th 9th 12th 21st 33rd 101st First Second Third".split()
_ARMIES = "Infantry Division|Cavalry Regiment|Army|Armored Brigade|Fleet|Battalion|Air Division|Fighter Squadron|Army Corps|Marine Regiment|Airborne Division|Artillery".split(
    "|"
)
_BAND = (
    "The {w}s|{w} {v}|{w}|The {w} {v}s|{s} Quartet|{w} and the {v}s|{c} Symphony Orchestra".split(
        "|"
    )
)
_WORDS = "Echo Velvet Iron Paper Silent Broken Electric Midnight Golden Wild Stone Crystal Hollow Burning Cosmic Neon Rusty Crimson Lonely Hidden".split()
_OTHERS = "River Mirror Pilot Garden Machine Letter Stranger Engine Harbor Shadow Dreamer Sparrow Cousin Station Arrow Window".split()
_FORMS = {
    "uni": "University of {c}|{c} University|{s} University|{c} State University|{c} College|{s} College|{c} Institute of Technology|Royal Academy of {c}|{c} School of Medicine".split(
        "|"
    ),
    "school": "{c} High School|{s} High School|{c} Grammar School|St. {s} School|{c} Middle School|{s} Academy|{c} Elementary School".split(
        "|"
    ),
    "label": "{s} Records|{w} Records|{c} Records|{w} Music|{s} Brothers Records".split("|"),
    "paper": "{c} Times|{c} Post|{c} Herald|Daily {w}|{c} Gazette|The {c} Tribune|The {w}|{c} Chronicle".split(
        "|"
    ),
    "agency": "Ministry of Health|Department of {w} Affairs|Supreme Court|House of Representatives|{c} Parliament|Federal Aviation Agency|Red Cross|United Nations|European Union|World Bank|FBI|NASA|Central Bank of {c}|{c} Government|Royal Navy|State Department|European Commission|Coast Guard|{c} Football Association".split(
        "|"
    ),
    "parl": "Parliament|the House of Commons|the Senate|Congress|the {c} City Council|the Legislative Assembly|the National Assembly".split(
        "|"
    ),
}


def team(source: Random, city: str) -> str:
    nick = source.choice(_TEAMS)
    return source.choice(
        (
            f"{city} {nick}",
            f"{city} {nick}",
            nick if nick[-1] == "s" else city,
            f"FC {city}",
            f"{city} FC",
            city,
        )
    )


def body(source: Random, kind: str, city: str, family: str) -> str:
    form = source.choice(_BAND if kind == "band" else _FORMS[kind])
    return form.removeprefix("the ").format(
        c=city, s=family, w=source.choice(_WORDS), v=source.choice(_OTHERS)
    )


def army(source: Random) -> str:
    return f"{source.choice(_NUMBERS)} {source.choice(_ARMIES)}"
