"""Small classes of words, in eight languages, that stand beside or within a name."""

from typing import Final

_CLASSES: Final = {
    "title": """mr mrs ms miss mx dr prof professor sir madam lord lady rev reverend judge justice captain capt sgt sergeant
        lt lieutenant col colonel gen general officer sheriff president senator minister chancellor king queen prince princess saint st
        herr herrn frau fräulein doktor monsieur madame mademoiselle mme mlle maître me m docteur señor señora señorita sr sra srta don doña
        signor signora signorina sig dott dottor dottoressa avv ing senhor senhora dona dom doutor doutora meneer mevrouw mevr dhr mw drs ir
        pan pani pana panem panu panią inż mgr doktora""",
    "greeting": """dear hi hello hey hiya morning afternoon evening thanks cheers hallo lieber liebe liebes guten moin servus grüezi geehrte geehrter
        bonjour bonsoir salut cher chère chers hola buenos buenas querido querida estimado estimada ciao buongiorno buonasera caro cara gentile egregio
        olá oi bom boa caro prezado prezada beste geachte goedemorgen goedemiddag hoi dag cześć witaj witam drogi droga szanowny szanowna dzień""",
    "closing": """regards sincerely faithfully cheers thanks best wishes yours love grüße grüßen gruß grüssen vg mfg lg cordialement amitiés sincères bises merci
        saludos atentamente abrazo saludo saluti cordiali distinti grazie cumprimentos atenciosamente abraço obrigado obrigada groeten groet vriendelijke mvg
        pozdrawiam pozdrowienia poważaniem pozdrowieniami signed unterzeichnet signé firmado""",
    "company": """inc ltd llc llp plc corp corporation co company limited group holdings holding gmbh ag kg kgaa ug ohg se gbr ev eg sarl sas sa sasu
        snc sl slu srl spa sapa lda ltda bv nv vof cv zoo spółka partners associates & sons brothers bros söhne hijos fils figli""",
    "body": """university college school institute institut hospital clinic klinik bank ministry department agency council committee commission
        association foundation society club team band orchestra museum library church court police army navy party union federation league
        universität hochschule schule krankenhaus klinikum sparkasse ministerium amt stadtwerke verein verband stiftung gericht landgericht amtsgericht
        université école hôpital clinique banque ministère mairie association fondation tribunal cour lycée universidad escuela colegio hospital clínica
        banco ministerio ayuntamiento fundación tribunal corte università scuola ospedale clinica banca ministero comune fondazione tribunale corte liceo
        universidade escola clínica ministério câmara fundação universiteit school ziekenhuis bank ministerie gemeente stichting rechtbank vereniging
        uniwersytet szkoła szpital klinika bank ministerstwo urząd fundacja sąd stowarzyszenie records studios press times news radio tv airlines airways motors""",
    "street": """street st road rd avenue ave lane ln drive dr boulevard blvd court ct square sq terrace close crescent way place pl highway hwy parkway pkwy
        row mews gardens grove hill walk alley route apt apartment suite unit flat floor straße strasse str weg gasse platz allee ring ufer damm steig chaussee
        rue avenue boulevard bd impasse allée chemin quai cours passage calle c avenida avda av paseo plaza plza carrera camino travesía ronda via viale piazza
        corso largo vicolo strada piazzale rua avenida travessa largo praça alameda estrada straat laan weg plein gracht kade dijk singel ulica ul aleja al
        aleje plac pl osiedle os""",
    "month": """january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
        januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août septembre octobre novembre décembre enero febrero marzo
        abril mayo junio julio agosto septiembre octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre janeiro
        fevereiro março maio junho julho setembro outubro novembro dezembro januari februari maart mei augustus stycznia lutego marca kwietnia maja czerwca
        lipca sierpnia września października listopada grudnia styczeń luty marzec kwiecień czerwiec lipiec sierpień wrzesień październik listopad grudzień""",
    "day": """monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun montag dienstag mittwoch donnerstag freitag samstag sonnabend
        sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì
        sabato domenica segunda terça quarta quinta sexta maandag dinsdag woensdag donderdag vrijdag zaterdag zondag poniedziałek wtorek środa czwartek piątek
        sobota niedziela today tomorrow yesterday heute morgen gestern""",
    "particle": """van von der den de del della di da dos das do la le el al bin ibn ben bint abu ter ten zu zum zur du des y e mac mc st san santa st""",
    "kin": """mother father mom mum dad wife husband son daughter brother sister uncle aunt cousin friend boyfriend girlfriend partner colleague boss manager
        neighbour neighbor grandmother grandfather roommate mutter vater frau mann sohn tochter bruder schwester freund freundin kollege kollegin chef chefin
        nachbar nachbarin mère père femme mari fils fille frère sœur ami amie collègue patron voisin madre padre esposa esposo marido hijo hija hermano hermana
        amigo amiga compañero compañera jefe vecino moglie marito figlio figlia fratello sorella amico amica collega capo vicino mãe pai mulher filho filha irmão
        irmã colega chefe vizinho moeder vader vrouw zoon dochter broer zus vriend vriendin baas buurman żona mąż syn córka brat siostra matka ojciec kolega
        koleżanka szef sąsiad""",
    "field": """name names firstname lastname surname fullname first last full patient customer client contact employee user owner author assignee reporter
        sender recipient from to cc attn attention manager applicant tenant buyer seller signed vorname nachname kunde kundin patientin ansprechpartner
        mitarbeiter absender empfänger antragsteller nom prénom client cliente destinataire expéditeur nombre apellido apellidos paciente empleado remitente
        nome cognome sobrenome apelido paziente dipendente mittente destinatario utente naam voornaam achternaam klant medewerker afzender imię nazwisko klient
        pacjent pracownik nadawca odbiorca contato contacto kontakt""",
    "role": """ceo cto cfo coo director engineer developer doctor nurse lawyer attorney teacher consultant analyst secretary spokesman spokeswoman singer actor
        actress author writer coach player striker footballer politician geschäftsführer leiter ärztin arzt anwalt lehrer directeur médecin avocat professeur
        abogado médico profesor direttore avvocato medico professore diretor advogado directeur arts advocaat lekarz adwokat dyrektor prezes guitarist drummer
        bassist producer composer novelist poet governor mayor congressman""",
    "place": """in at from near to aus bei nach à en chez desde hasta en a da em w z do te uit naar city town village county province state region river lake mount
        mountain island islands valley beach bay stadt dorf bezirk kreis see fluss insel ville village région fleuve île ciudad pueblo provincia río isla città
        paese fiume isola cidade aldeia rio ilha dorp rivier eiland miasto wieś rzeka""",
}


def _by_word() -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, words in _CLASSES.items():
        for word in words.split():
            names = found.setdefault(word, [])
            if name not in names:
                names.append(name)
    return {word: "+".join(names) for word, names in found.items()}


CLASSES: Final = _by_word()
"""The class, or classes, of a word in lower case."""
