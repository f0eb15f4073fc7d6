"""Words that look like a heading and are none: calls to action, dates, bylines, labels, sub-headings."""

from __future__ import annotations

import re

from bot.split.titles import normalise_title

# What links and buttons say, at their beginning. Matched against `normalise_title`.
_ACTION = re.compile(
    r"(?:"
    r"here|this|more|now|link|click|tap|read|learn|find|discover|register|book|apply|download|view|see|watch|visit"
    r"|explore|get|join|sign|go|continue|listen|open|check|take|start|try|buy|order|donate|share|follow"
    r"|subscribe|unsubscribe|contact|email|call|full (?:story|article|report|text|details)|details|further (?:information|details)"
    r"|back to|know more|submit|complete|access|browse|play|print|reply|log ?in|forward|rsvp|submit|website|web site"
    r"|yma|rhagor|mwy|darllen|darllenwch|cofrestr\w+|lawrlwyth\w+|gwyli\w+|ewch|dysgu|dysgwch|cliciwch|gwneud cais"
    r"|aqui|mas|leer|lea|ver|saber|descarg\w+|inscrib\w+|registr\w+|haga|pulse|pincha|accede\w*|consulta\w*"
    r"|qui|leggi|scopri|scarica|iscriviti|registrati|clicca|vai|guarda|continua|per saperne|maggiori|approfondisci"
    r"|tutaj|tu|czytaj|przeczytaj|dowiedz|wiecej|pobierz|zarejestruj|zapisz|zobacz|kliknij|sprawdz|obejrzyj"
    r"|har|las|mer|anmal|ladda|hamta|klicka|se|till|ta del|folj"
    r"|hier|mehr|lesen|weiter\w*|jetzt|zum|zur|anmelden|herunterladen|klicken|alle|details|erfahren"
    r"|ici|lire|en savoir|plus|suite|la suite|decouvr\w+|telecharg\w+|inscri\w+|cliquez|voir|consult\w+|s inscrire|je m inscris"
    r")\b"
)
_WHOLE_ACTION = re.compile(
    r"(?:(?:read|learn|find out|see|view|know|discover) more|more(?: information| info| details)?|here|click here|link"
    r"|read (?:on|here|it here)|yma|darllen mwy|rhagor|rhagor o wybodaeth|mwy|aqui|leer mas|mas informacion|qui"
    r"|leggi (?:di piu|tutto)|continua a leggere|tutaj|(?:czytaj )?wiecej|har|las mer|mer information|hier|mehr(?: erfahren| lesen)?"
    r"|weiterlesen|ici|en savoir plus|lire (?:la suite|plus)|continue reading)"
)
_SLOT = (
    r"jan\w*|feb\w*|mar\w*|apr\w*|may|jun\w*|jul\w*|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*"
    r"|ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr"
    r"|enero|febrero|abril|mayo|junio|julio|agosto|octubre|noviembre|diciembre"
    r"|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre"
    r"|stycz\w*|lut\w*|kwie\w*|maj\w*|czerw\w*|lip\w*|sierp\w*|wrze\w*|pazdz\w*|listopad\w*|grud\w*"
    r"|januar\w*|februar\w*|mars|marz|juni|juli|august\w*|okt\w*|dez\w*"
    r"|janvier|fevrier|avril|juin|juillet|aout|decembre"
    r"|mon\w*|tue\w*|wed\w*|thu\w*|fri\w*|sat\w*|sun\w*"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|miercoles|jueves|viernes|sabado|domingo|\d{1,4}(?:st|nd|rd|th)?"
    r"|de|del|di|of|the|to|at|and|am|pm|et|cet|cest|gmt|bst|utc|est|edt|uhr|kl|den|der|le|el|il"
    r"|no|nr|issue|volume|vol|number|nummer|numero|edition|ausgabe|rhifyn|spring|summer|autumn|winter|h"
)
_DATE = re.compile(rf"(?:{_SLOT})(?: (?:{_SLOT}))*")
_BYLINE = re.compile(
    r"(?:by|written by|posted by|author|photo|photos|image|picture|credit|source|published|posted|gan|por|di|autor|autore"
    r"|av|von|text|foto|par|przez|zdjecie|zrodlo|quelle|fuente|fonte|kalla) (?:[^\W\d]\S*(?: |$)){1,6}"
)
_LABEL = re.compile(
    r"(?:when|where|who|what|why|how|date|dates|time|times|venue|location|place|cost|costs|price|deadline|closing date|contact"
    r"|e ?mail|tel|telephone|phone|web|website|address|speakers?|organisers?|organizers?|audience|language|languages|register|note|nb|n b"
    r"|example|literal|meaning|important|source|high|low|sunrise|sunset|chance of rain|duration|format|budget|funding|tip|agenda|fee|details|read more|more information"
    r"|pryd|ble|pwy|dyddiad|amser|lleoliad|cost|cyswllt|nodyn|iaith"
    r"|cuando|donde|quien|fecha|hora|lugar|precio|plazo|contacto|nota|idioma"
    r"|quando|dove|chi|data|ora|luogo|costo|scadenza|contatto|contatti|lingua"
    r"|kiedy|gdzie|kto|termin|miejsce|godzina|koszt|uwaga|jezyk"
    r"|nar|var|vem|datum|tid|plats|pris|kostnad|sista (?:ansoknings)?dag|obs|sprak"
    r"|wann|wo|wer|uhrzeit|zeit|ort|kosten|frist|anmeldeschluss|kontakt|hinweis|sprache"
    r"|quand|ou|qui|heure|lieu|prix|cout|date limite|langue|remarque|teaser|tl dr|special announcement)"
)
_SUBHEADING = re.compile(
    r"(?:what|why|how|who|when|where|which|can|do|does|is|are|will|should|wie|was|wer|wann|wo|warum|welche\w*|que|como|cuando|donde|quien|por que"
    r"|che|come|quando|dove|perche|chi|cosa|co|jak|kto|kiedy|gdzie|dlaczego|vad|hur|vem|nar|var|varfor|quoi|comment|qui|quand|ou|pourquoi"
    r"|beth|sut|pwy|pryd|ble|pam)\b.{0,80}\?"
)
_PART = re.compile(
    r"(?:the )?(?:how (?:it|we|this|they) (?:all )?(?:began|started|works?|worked)|what (?:comes|came|happened|is) next|where (?:it|we) (?:began|started|stand|go from here)|looking (?:ahead|forward)|the year ahead"
    r"|background|context|summary|overview|introduction|scope|key (?:findings|points|messages|dates|facts|figures|features|benefits)|findings|results|main results"
    r"|recommendations?|conclusions?|next steps|what happens next|what s next|methodology|methods?|(?:aims|objectives)(?: and objectives)?|goals|benefits|features"
    r"|who (?:can apply|should attend|is it for|we are)|how much(?: .{1,30})?|how many(?: .{1,30})?|(?:your|the) (?:profile|role|task|tasks)|what (?:you will|we) (?:do|need|get|learn|offer|fund|look for)(?: .{1,20})?|what is (?:being )?(?:proposed|planned|new|changing)|why now|the (?:proposals?|details?)|fees?|how we (?:decide|choose|work)|how to (?:apply|register|respond|take part|book|get involved|enter|attend|join)|registration|agenda|programme|program|speakers|venue"
    r"|date(?:s)? and (?:time|venue|place)|when(?: and where)?|where|costs?|eligibility|deadlines?|(?:further|more|additional|related) (?:information|details|reading)"
    r"|notes(?: to| for)? editors?|notes|quotes?|comment|timeline|timetable|documents?|attachments?|details(?: of .{1,30})?|detail of outcome|why (?:it|this) matters|the (?:challenge|solution|problem|impact)|impact|your hosts.{0,40}|step \d+.{0,40}"
    r"|cefndir|crynodeb|canfyddiadau|argymhellion|camau nesaf|sut i (?:wneud cais|gofrestru|ymateb)|rhagor o wybodaeth|nodiadau i olygyddion|manylion"
    r"|antecedentes|contexto|resumen|conclusiones|recomendaciones|proximos pasos|como (?:participar|inscribirse|solicitarla?)|objetivos|mas informacion|inscripcion|programa|ponentes"
    r"|contesto|sintesi|conclusioni|raccomandazioni|prossimi passi|come (?:partecipare|iscriversi|candidarsi)|obiettivi|ulteriori informazioni|iscrizioni|relatori"
    r"|tlo|kontekst|streszczenie|wnioski|rekomendacje|(?:kolejne|nastepne) kroki|jak (?:sie zglosic|zlozyc wniosek|sie zarejestrowac)|cele|wiecej informacji|rejestracja|prelegenci"
    r"|bakgrund|sammanfattning|resultat|slutsatser|rekommendationer|nasta steg|sa (?:ansoker|anmaler) du( dig)?|syfte|mer information|anmalan|talare"
    r"|hintergrund|zusammenfassung|ergebnisse|empfehlungen|schlussfolgerungen|nachste schritte|(?:so|wie) (?:melden|bewerben) sie sich.{0,20}|ziele|weitere informationen|anmeldung|programm|referenten"
    r"|contexte|resume|resultats|recommandations|prochaines etapes|comment (?:participer|candidater|s inscrire)|objectifs|(?:plus d|informations complementaires) ?(?:informations)?|inscriptions?|programme|intervenants)"
)
_GREETING = re.compile(
    r"(?:dear|hello|hi|hey|good (?:morning|afternoon|evening)|greetings|welcome|annwyl|helo|bore da|p?rynhawn da|hola|estimad[oa]s?|querid[oa]s?|buenos dias|gentil[ei]|car[oiae]|ciao|buongiorno"
    r"|szanown[iy]|drodzy|dzien dobry|czesc|witam|hej|kara?|basta|liebe[rs]?|hallo|guten (?:tag|morgen)|sehr geehrte|chere?s?|bonjour|madame|subscriber)\b"
)
_FAREWELL = re.compile(
    r"(?:with )?(?:(?:kind|best|warm|warmest) (?:regards|wishes)|yours (?:sincerely|faithfully|truly)|sincerely( yours)?|best wishes|many thanks|cofion( gorau| cynnes)?|yn gywir|dymuniadau gorau"
    r"|(?:un )?(?:cordial saludo|saludos?( cordiales)?)|atentamente|cordiali saluti|distinti saluti|un caro saluto|pozdrawiam(?:y)?|z powazaniem|med vanliga? halsning(?:ar)?|vanliga halsningar|basta halsningar"
    r"|mit (?:freundlichen|besten|herzlichen) gru(?:ss|ß|s)en?|(?:herzliche|viele|beste) gru(?:ss|ß|s)e|cordialement|bien a vous|(?:veuillez|je vous prie) .{0,80}salutations.{0,40})( [^\W\d]+){0,4}"
)
_FOLLOWING = re.compile(
    r"\b(?:the following|as follows|below|isod|canlynol|siguientes?|a continuacion|seguenti?|di seguito|nastepujac\w+|ponizej|foljande|nedan|folgende\w*|unten|suivant\w*|ci dessous)\b"
)


def is_action(text: str) -> bool:
    """Say whether the words of a link call to do something ("Read the report") and name nothing."""
    plain = normalise_title(text)
    return (
        not plain or _WHOLE_ACTION.fullmatch(plain) is not None or _ACTION.match(plain) is not None
    )


def is_bare_action(text: str) -> bool:
    """Say whether `text` is nothing but "here", "read more" or the like."""
    plain = normalise_title(text)
    return not plain or _WHOLE_ACTION.fullmatch(plain) is not None


def is_date(text: str) -> bool:
    """Say whether `text` is a date, a time or the number of an issue, and nothing else."""
    plain = normalise_title(text[:90])
    return (
        len(text) <= 90
        and any(mark.isdigit() for mark in plain)
        and _DATE.fullmatch(plain) is not None
    )


def is_byline(text: str) -> bool:
    """Say whether `text` says only who wrote or drew something."""
    return len(text) <= 80 and _BYLINE.fullmatch(normalise_title(text)) is not None


def is_label(text: str) -> bool:
    """Say whether `text` labels a detail ("When", "Venue")."""
    return len(text) <= 40 and _LABEL.fullmatch(normalise_title(text)) is not None


def is_greeting(text: str) -> bool:
    """Say whether `text` greets the reader."""
    plain = normalise_title(text[:80])
    return len(text) <= 80 and text.rstrip()[-1:] in ",!:…" and _GREETING.match(plain) is not None


def is_farewell(text: str) -> bool:
    """Say whether `text` closes a letter: "With kind regards"."""
    return len(text) <= 100 and _FAREWELL.fullmatch(normalise_title(text[:100])) is not None


def is_subheading(title: str) -> bool:
    """Say whether a heading names a part of one text (a question, "Background") and no news."""
    plain = normalise_title(title[:120])
    if _PART.fullmatch(plain) is not None:
        return True
    return title.rstrip().endswith("?") and _SUBHEADING.fullmatch(f"{plain}?") is not None


def points_ahead(text: str) -> bool:
    """Say whether a sentence only leads to what comes below it."""
    return _FOLLOWING.search(normalise_title(text[-200:])) is not None or text.rstrip().endswith(
        ":"
    )


_SECTION = re.compile(
    r"(?:(?:latest|top|our|more|other|recent|local|project|partner|regional|national|european|industry|key|general|in brief|member|community|company|market|\w{2,8}) )?"
    r"(?:news|headlines|stories|updates?|announcements?|publications?|reports|projects?|policy|policies|research|funding(?: opportunities)?|opportunities|consultations?|calls|articles|features?|releases|press releases|statistics|guidance|publications and reports|plans|good practices?|case studies|spotlight|on the web|tech tips|events)"
    r"|(?:news )?in brief|quick hits|short(?:s| news)|briefs?|featured articles|around the (?:regions|network|partners)|(?:the )?latest|what s new|new(?:s)? (?:from|in) .{2,40}|highlights?(?: of the month)?|this (?:week|month)"
    r"|newyddion(?: .{0,30})?|cyhoeddiadau|y diweddaraf|ymgynghoriadau|prosiectau|cyllid"
    r"|noticias(?: .{0,30})?|actualidad|publicaciones|novedades|proyectos|convocatorias|en breve|breves"
    r"|notizie(?: .{0,30})?|novita|attualita|pubblicazioni|progetti|bandi|in breve|dai territori"
    r"|aktualnosci(?: .{0,30})?|wiadomosci(?: .{0,30})?|publikacje|projekty|nabory|w skrocie|z regionow"
    r"|nyheter(?: .{0,30})?|aktuellt|publikationer|projekt|utlysningar|i korthet|kort sagt"
    r"|aktuelles(?: .{0,30})?|nachrichten(?: .{0,30})?|neuigkeiten(?: .{0,30})?|neues aus .{0,30}|publikationen|veroffentlichungen|projekte|forderung|kurz (?:gemeldet|notiert)|meldungen|aus den regionen"
    r"|actualites(?: .{0,30})?|nouvelles(?: .{0,30})?|publications|projets|appels a projets|en bref|breves"
)


def is_section(title: str) -> bool:
    """Say whether a heading names a rubric ("News", "Publications") under which items stand."""
    return len(title) <= 60 and _SECTION.fullmatch(normalise_title(title)) is not None


_ISSUE = re.compile(
    r"\b(?:news|newsletter|e ?news|bulletin|e ?bulletin|digest|gazette|circular|round ?up|issue|edition|update|weekly|monthly|daily"
    r"|newyddion|cylchlythyr|bwletin|rhifyn|boletin|noticias|notizie|bollettino|biuletyn|wiadomosci|nyhetsbrev|nyheter"
    r"|rundbrief|nachrichten|infobrief|lettre d information|actualites|infolettre)\b"
)


def names_issue(title: str) -> bool:
    """Say whether a heading names a newsletter and no piece of news."""
    return _ISSUE.search(normalise_title(title[:120])) is not None
