"""Words that name many kinds at once: `tax number` is one thing in each country.

Kinds take them as `loose` words: they count where they name a value, and what has a
name of its own goes before. Beside a value that two kinds know, they decide nothing.
"""

ID_CARD = (
    "id card", "id card no", "id card number", "identity card", "identity card no", "identity card number", "national id card", "national identity card", "identity document", "id document", "document number", "document no", "ausweisnummer", "ausweis nr", "carte d'identité",
    "documento de identidad", "documento d'identità", "documento de identidade", "identiteitskaart", "identiteitsbewijs", "documentnummer", "dokument tożsamości", "numer dokumentu", "αριθμός ταυτότητας", "ταυτότητα",
)  # fmt: skip

NATIONAL_ID = (
    *ID_CARD,
    "id number", "id no", "id nr", "id num", "identity number", "identity no", "identification number", "identification no", "identification code", "identity code", "national id", "national id number",
    "national identity", "national identity number", "national identification number", "national identifier", "national number", "national insurance id", "personal id", "personal id number", "personal number",
    "personal identification number", "personal identity number", "personal identity code", "personal code", "citizen id", "citizen number", "citizen identification", "resident id", "government id",
    "civil registration number", "birth number", "person number", "person id",
    "identifikationsnummer", "identitätsnummer", "personennummer", "personenkennziffer", "personenkennzahl", "id nummer",
    "numéro national", "numéro d'identité", "numéro d'identification", "numéro de carte d'identité", "pièce d'identité", "identifiant national", "numéro de document",
    "número de identidad", "número de identificación", "identificación", "número de documento", "documento nacional", "carné de identidad",
    "numero di identificazione", "numero identificativo", "numero documento", "numero del documento",
    "número de identificação", "documento de identificação", "número do documento", "identificação",
    "identificatienummer", "identiteitsnummer", "persoonsnummer", "numer identyfikacyjny", "numer osobowy", "identyfikator",
    "personnummer", "identitetsnummer", "henkilönumero", "identifikační číslo", "identifikačné číslo", "osobní číslo", "osobné číslo", "személyi szám", "személyi azonosító", "azonosító szám", "cod personal",
    "cod de identificare", "личен номер", "идентификационный номер", "ідентифікаційний номер", "матични број", "matični broj", "identifikacijski broj", "identifikacijska številka",
    "asmens numeris", "kimlik no", "kimlik numarası",
)  # fmt: skip

TAX_NUMBER = (
    "tax id", "tax id number", "tax number", "tax no", "tax identification", "tax identification number", "tax identifier", "tax payer id", "taxpayer id", "taxpayer number", "taxpayer no",
    "taxpayer identification number", "tax registration number", "tax file number", "tax ref", "tax reference", "tax reference number", "tax code", "fiscal number", "fiscal code", "fiscal id", "tin", "tin number",
    "steuernummer", "steuer nr", "steuer nummer", "steuerliche identifikationsnummer", "abgabenkontonummer",
    "numéro fiscal", "numéro d'identification fiscale", "identifiant fiscal", "numéro de contribuable", "nif", "identificación fiscal", "número de identificación fiscal", "número fiscal", "número de identificação fiscal",
    "identificação fiscal", "numero fiscale", "codice fiscale", "fiscaal nummer", "belastingnummer", "numer podatkowy", "numer identyfikacji podatkowej", "identyfikator podatkowy",
    "skattenummer", "skatteregistreringsnummer", "verotunniste", "daňové číslo", "daňové identifikační číslo", "dič", "adószám", "adóazonosító", "cod fiscal", "cod de identificare fiscală", "данъчен номер", "porezni broj", "davčna številka",
    "αριθμός φορολογικού μητρώου", "идентификационный номер налогоплательщика", "податковий номер", "vergi numarası", "vergi no", "mokesčių mokėtojo kodas",
)  # fmt: skip

VAT_NUMBER = (
    "vat", "vat id", "vat no", "vat nr", "vat number", "vat reg", "vat reg no", "vat registration", "vat registration number", "vat identification number", "vat code", "intra community vat",
)  # fmt: skip

VAT_ABROAD = (
    "ust id", "ust idnr", "ust id nr", "ustid", "uid nummer", "uid nr", "umsatzsteuer id", "umsatzsteuer identifikationsnummer", "umsatzsteueridentifikationsnummer", "mehrwertsteuernummer", "mwst nummer", "mwst nr", "tva", "numéro de tva", "n° tva", "tva intracommunautaire", "iva", "número de iva", "nif iva",
    "partita iva", "btw", "btw nummer", "btw nr", "btw id", "nip", "vat ue", "numer vat", "momsnummer", "momsnr", "moms", "momsregistreringsnummer", "mva", "alv", "alv numero", "alv tunniste", "dič", "ič dph", "dph", "adószám", "áfa", "közösségi adószám", "cod tva", "ддс", "ддс номер",
    "pdv", "pdv id", "ddv", "id za ddv", "φπα", "αφμ", "pvn", "pvm", "pvm kodas", "pvn numurs", "käibemaksukohustuslane", "kmkr", "kmkr number",
)  # fmt: skip

SOCIAL_SECURITY = (
    "social security", "social security number", "social security no", "social security id", "social insurance", "social insurance number", "insurance number", "insurance no", "insurance id", "insured person number", "pension number",
    "sozialversicherungsnummer", "sozialversicherung", "versicherungsnummer", "versicherten nummer", "versichertennummer", "numéro de sécurité sociale", "sécurité sociale", "numéro de sécu", "numéro d'assurance sociale", "numéro d'assuré",
    "seguridad social", "número de seguridad social", "número de afiliación", "previdenza sociale", "numero di previdenza sociale", "segurança social", "número de segurança social", "número de beneficiário",
    "socialezekerheidsnummer", "sociale zekerheid", "numer ubezpieczenia", "ubezpieczenie społeczne", "personnummer", "sosiaaliturvatunnus", "číslo pojištěnce", "társadalombiztosítási szám", "asigurări sociale",
    "αριθμός κοινωνικής ασφάλισης", "страховой номер", "sosyal güvenlik",
)  # fmt: skip

HEALTH_INSURANCE = (
    "health insurance", "health insurance number", "health insurance no", "health card", "health number", "healthcare number", "medical insurance number", "insurance number", "insurance no", "patient number", "patient id", "patient identifier",
    "krankenversicherung", "krankenversicherungsnummer", "krankenkasse", "krankenkassennummer", "versichertennummer", "assurance maladie", "tarjeta sanitaria", "tessera sanitaria", "número de utente", "zorgverzekering",
)  # fmt: skip

COMPANY_NUMBER = (
    "company number", "company no", "company id", "company registration", "company registration number", "company reg no", "registration number", "registration no", "reg no", "reg nr", "registered number", "registry number", "registry code", "business id", "business number",
    "business registration number", "enterprise number", "organisation number", "organization number", "organisation id", "organization id", "legal entity number", "commercial register", "trade register", "registernummer", "firmennummer", "unternehmensnummer",
    "firmenbuchnummer", "handelsregister", "handelsregisternummer", "numéro d'entreprise", "numéro d'immatriculation", "registre du commerce", "número de empresa", "número de registro", "registro mercantil", "numero di registrazione", "registro imprese",
    "número de registo", "ondernemingsnummer", "kvk", "kvk nummer", "handelsregister nummer", "numer rejestrowy", "numer firmy", "organisationsnummer", "organisasjonsnummer", "org nr", "orgnr", "org nummer", "cvr", "y tunnus", "ičo", "cégjegyzékszám", "registreerimisnumber", "registrikood",
    "регистрационный номер", "matični broj firme", "matična številka podjetja", "sicil no", "įmonės kodas", "reģistrācijas numurs",
)  # fmt: skip

PASSPORT = (
    "passport", "passport number", "passport no", "passport nr", "passport id", "travel document", "travel document number", "reisepass", "reisepassnummer", "passnummer", "pass nr", "passeport", "numéro de passeport", "pasaporte", "número de pasaporte",
    "passaporto", "numero di passaporto", "passaporte", "número de passaporte", "paspoort", "paspoortnummer", "paszport", "numer paszportu", "passi", "passin numero", "passnr", "cestovní pas", "číslo pasu", "útlevél", "útlevélszám", "pașaport", "паспорт",
    "номер паспорта", "putovnica", "potni list", "διαβατήριο", "αριθμός διαβατηρίου", "pasaport", "pasaport no",
)  # fmt: skip

DRIVING_LICENCE = (
    "driving licence", "driving license", "driving licence number", "driver licence", "driver license", "drivers license", "driver's license", "driver's licence", "driver license number", "driver's license number", "licence number", "license number", "licence no",
    "führerschein", "führerscheinnummer", "fahrerlaubnis", "permis de conduire", "numéro de permis", "permiso de conducir", "carné de conducir", "patente", "patente di guida", "numero patente", "carta de condução", "rijbewijs", "rijbewijsnummer", "prawo jazdy",
    "numer prawa jazdy", "körkort", "førerkort", "kørekort", "ajokortti", "řidičský průkaz", "vodičský preukaz", "jogosítvány", "permis auto", "водительское удостоверение", "ehliyet",
)  # fmt: skip

BANK_ACCOUNT = (
    "account", "account number", "account no", "acct", "acct no", "bank account", "bank account number", "konto", "kontonummer", "konto nr", "bankkonto", "bankverbindung", "compte bancaire", "numéro de compte", "cuenta bancaria", "número de cuenta", "cuenta corriente", "cuenta",
    "conto corrente", "numero di conto", "conta bancária", "número da conta", "rekening", "rekeningnummer", "bankrekening", "numer konta", "numer rachunku", "rachunek bankowy", "kontonr", "bankkontonummer", "tilinumero", "číslo účtu", "bankovní účet", "účet", "bankový účet", "bankszámlaszám",
    "cont bancar", "банкова сметка", "bankovni račun", "банковский счет",
)  # fmt: skip

VEHICLE_PLATE = (
    "license plate", "licence plate", "vehicle plate", "car plate", "number plate", "plate number", "plate", "registration plate", "vehicle registration", "vehicle registration number", "vehicle reg", "car registration", "car reg", "registration number", "registration", "reg no", "vrn", "vrm", "tag number",
    "kennzeichen", "kfz kennzeichen", "autokennzeichen", "nummernschild", "amtliches kennzeichen", "plaque d'immatriculation", "immatriculation", "matrícula", "targa", "placa", "kenteken", "kentekenplaat", "numer rejestracyjny", "tablica rejestracyjna", "nummerplade", "registreringsnummer",
)  # fmt: skip


def shortened(*words: str) -> tuple[str, ...]:
    """The words, and for each that ends in `nummer` the one that ends in `nr`."""
    return (
        *words,
        *(f"{word.removesuffix('nummer')}nr" for word in words if word.endswith("nummer")),
    )
