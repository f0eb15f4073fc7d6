"""What on a bulletin is page furniture and no news, by its words, in the languages we read.

Titles are matched as `titles.normalise_title` gives them: lower case, no accents, no punctuation.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from bot.split.titles import normalise_title


class Furniture(NamedTuple):
    """A kind of furniture: the phrase people read, and whether items below its heading are furniture too."""

    phrase: str
    strong: bool = True


ABOUT = Furniture("the page's About block")
CONTACT = Furniture("contact details")
FOLLOW = Furniture("links to social media")
LOOK_BACK = Furniture("a look back")
LEGAL = Furniture("legal notices")
CONTENTS = Furniture("a list of contents")
SUBSCRIPTION = Furniture("subscription details")
SPONSOR = Furniture("advertising")
CALENDAR = Furniture("a calendar", strong=False)
LINKS = Furniture("a list of links", strong=False)
APPEAL = Furniture("an appeal for support or contributions")
FEEDBACK = Furniture("a request for feedback")
COLUMN = Furniture("a standing column")
CORRECTION = Furniture("a correction to an earlier text")
CLOSING = Furniture("a closing word")
WELCOME = Furniture("a word of welcome", strong=False)
PEOPLE = Furniture("a list of people", strong=False)
REMINDER = Furniture("a standing reminder")
INTRODUCTION = Furniture("the introduction", strong=False)
PREHEADER = Furniture("the page's header")
FOOTER = Furniture("the page's footer")
SECTION = Furniture("the introduction to a section", strong=False)
TWICE = Furniture("shown twice on the page")
TWIN = Furniture("the same in another language")
LOOSE = Furniture("text without a heading")
LIST = Furniture("a list of names or dates", strong=False)

# One alternative a line: English, Welsh, Spanish, Italian, Polish, Swedish, German, French.
_TITLES: tuple[tuple[Furniture, str], ...] = (
    (ABOUT, r"""about( (us|this|the|our|ourselves)( \D\w*){0,5})?|about(?! (\d|(to|half|one|two|time|turn)\b))( [^\W\d]\w*){1,4}
        |who we are|what we do|administrivia|masthead|colophon|credits|imprint|publication details
        |amdano(m|n) ni|amdanon ni|ynglyn a.{0,40}|am y (prosiect|rhaglen|cylchlythyr)|pwy ydym ni|ynghylch.{0,40}
        |(sobre|acerca de) (nosotros|el (proyecto|programa|boletin)|este boletin|la? \w+)|sobre (?!(el|la|los|las|un|una|como|que)\b)[^\W\d]\w*( [^\W\d]\w*){0,2}|quienes somos
        |chi siamo|(informazioni )?(sul|sulla) (progetto|programma|newsletter)|il progetto|cos e \w+
        |o (nas|projekcie|programie|newsletterze|biuletynie)
        |om (oss|projektet|programmet|nyhetsbrevet|det har nyhetsbrevet)
        |uber (uns|das projekt|das programm|diesen newsletter|den newsletter)|wer wir sind|infos? zum (newsletter|projekt)
        |a propos( .{0,50})?|qui sommes nous|le projet"""),
    (CONTACT, r"""contacts?( (us|details|information|info|point|points|person))?|get in touch.{0,30}|(any )?(questions|enquiries|queries)( or comments)?|media (contacts?|enquiries)|press contacts?|our (office|address)|opening (hours|times)|(head |main )?office( hours)?|how to (reach|contact|find) us.{0,20}|where to find us
        |cysylltu( a ni)?|cysylltwch.{0,20}|manylion cyswllt|cyswllt
        |contact(o|os|anos|enos|e con nosotros)|datos de contacto|ponte en contacto.{0,20}
        |contatt(i|aci|o)|per (informazioni|contatti|maggiori informazioni)
        |kontakty?( z nami| dla mediow)?|skontaktuj sie.{0,20}|dane kontaktowe
        |kontakta( oss)?|kontaktuppgifter|kontaktinformation
        |kontaktdaten|ihr kontakt|ansprechpartner(in|innen)?|pressekontakt|so erreichen sie uns
        |contactez nous|nous contacter|vos contacts|coordonnees"""),
    (FOLLOW, r"""(follow|find|like) us\b.{0,60}|(join|visit|watch) us on .{0,40}|follow (the project|our (work|project|channels)).{0,40}|(connect|keep up|stay in touch|keep in touch|stay connected)( with us)?.{0,20}|stay (connected|in touch|up to date|informed).{0,30}|(our )?social media( channels| links)?|find out more on the web|join the conversation|social|spread the word
        |dilyn(wch)? (ni|ein).{0,40}|cadwch mewn cysylltiad|(y )?cyfryngau cymdeithasol|ymunwch a r sgwrs
        |sig(ue|a)nos.{0,40}|redes sociales|encuentranos.{0,30}|mantente (conectado|informado)
        |seguici.{0,40}|i nostri social|social media|resta in contatto|restiamo in contatto|rimani aggiornato
        |(sledz|obserwuj|znajdz|odwiedz|polub) nas.{0,40}|media spolecznosciowe|badz na biezaco.{0,20}
        |folj oss.{0,40}|sociala medier|hall kontakten
        |folgen? sie uns.{0,40}|folg(e|t)? uns.{0,40}|soziale (medien|netzwerke)|bleiben sie (in verbindung|informiert)|besuchen sie uns.{0,30}
        |suivez (nous|notre).{0,40}|(les )?reseaux sociaux|rest(ez|ons) (connectes|en contact|informes)|retrouvez nous.{0,30}"""),
    (LOOK_BACK, r"""((did|have) you |if you )?miss(ed)? (the|our|last|an?)\b.{0,40}|last (week|month|year|time) s [^\W\d]{3,20}|(still online|you may have missed).{0,30}|(a )?look(ing)? back\b.{0,80}|(previous|past|earlier|back) (issues|editions|bulletins|newsletters|news)|in case you missed( it)?.{0,30}|icymi.{0,30}|(newsletter )?archives?|last (month|week|time|issue)|(the )?(year|month) in review|from (our|the) archives?|flashback|throwback.{0,20}|most read.{0,30}|recap
        |edrych yn ol.{0,60}|golwg yn ol.{0,60}|bwrw golwg yn ol.{0,40}|(rhifynnau|cylchlythyrau) blaenorol|rhag ofn i chi golli.{0,30}|archif
        |mirando (hacia )?atras.{0,60}|(echando )?(la|una) (vista|mirada) atras.{0,60}|(numeros|boletines) anteriores|por si te lo perdiste|retrospectiva.{0,40}|archivo
        |(uno )?sguardo al passato.{0,60}|guardando (indietro|al passato).{0,60}|(numeri|edizioni) precedenti|retrospettiva.{0,40}|archivio|ripercorr\w+.{0,60}
        |(spojrzenie|rzut oka) wstecz.{0,60}|patrzac wstecz.{0,60}|(poprzednie|archiwalne) (wydania|numery)|z archiwum|archiwum|spogladajac wstecz.{0,60}
        |(en )?tillbakablick.{0,60}|(vi )?(ser|blickar) tillbaka.{0,60}|tidigare (nummer|utgavor|nyhetsbrev)|aterblick.{0,60}|arkiv
        |ruckblick.{0,60}|(ein )?blick zuruck.{0,60}|ruckschau.{0,60}|(fruhere|vergangene) (ausgaben|newsletter)|(newsletter ?)?archiv
        |regards? en arriere.{0,60}|retours? en (arriere|images).{0,60}|retour sur (les|nos|quelques) .{0,60}|retrospective.{0,40}|numeros precedents"""),
    (LEGAL, r"""legal( notices?| information)?|confidential(ity)?( notice| statement)?|equal opportunit\w+.{0,30}|non ?discrimination.{0,30}|disclaimer|terms( and| of| use| conditions)*|copyright.{0,60}|privacy( policy| notice| statement)?|data protection.{0,20}|accessibility( statement)?|cookies?( policy)?|imprint
        |hysbysiad(au)? (cyfreithiol|preifatrwydd)|ymwadiad|preifatrwydd|hygyrchedd|telerau ac amodau|polisi preifatrwydd
        |aviso legal|descargo de responsabilidad|(politica de )?privacidad|proteccion de datos|accesibilidad
        |note legali|avvertenze( legali)?|(informativa sulla )?privacy|protezione dei dati|accessibilita
        |nota prawna|zastrzezenia?( prawne)?|polityka prywatnosci|ochrona danych( osobowych)?|klauzula.{0,40}|rodo|dostepnosc
        |rattslig information|ansvarsfriskrivning|integritetspolicy|personuppgifter|tillganglighet
        |impressum|rechtliche hinweise|haftungsausschluss|datenschutz.{0,20}|barrierefreiheit
        |mentions legales|avertissement( juridique)?|(politique de )?confidentialite|protection des donnees|accessibilite"""),
    (CONTENTS, r"""(in|inside) (this|today s|this month s|this week s) (issue|edition|bulletin|newsletter|update|e ?zine|email|month|week|digest)|(table of )?contents|what s (inside|in this issue)|inside|jump to|at a glance|quick navigation|(some )?key headlines
        |cynnwys|yn y (rhifyn|cylchlythyr|bwletin) hwn
        |en (este|esta) (numero|boletin|edicion)|contenidos?|indice|sumario|tabla de contenidos
        |in questo numero|in questa (edizione|newsletter)|sommario|indice dei contenuti
        |w (tym|biezacym) (numerze|wydaniu|biuletynie)|spis tresci|w numerze
        |i (detta|det har) (nummer|numret|nyhetsbrev|nyhetsbrevet)|innehall(sforteckning)?
        |inhalt(sverzeichnis|subersicht)?|in (dieser|dieser) (ausgabe|nummer)|(unsere )?themen( dieser ausgabe| im uberblick)?|auf einen blick
        |(dans|au sommaire de) (ce|cette) (numero|edition|lettre|bulletin)|(au )?sommaire|table des matieres"""),
    (SUBSCRIPTION, r"""why (am i|are you|did i|you are|you re) (get|receiv)\w+.{0,40}|(un)?subscribe\b.{0,60}|subscriptions?.{0,40}|manage (your )?(subscriptions?|preferences|email).{0,40}|sign up( (to|for) (our|this|the|these|more|e ?mail) ?.{0,20}(newsletters?|bulletins?|updates|alerts|mailing list|e ?mails?))?|update (your )?(preferences|profile).{0,30}|email preferences|next (issue|bulletin|newsletter|edition)|view (this|in|online).{0,40}|print this (issue|newsletter)|opt out
        |(dad |ail ?)?danysgrifi\w*.{0,40}|tanysgrif\w+.{0,40}|rheoli (eich )?(tanysgrifiad\w*|dewisiadau)
        |dar(se|te) de baja|cancelar (la |tu )?suscripcion|suscrib\w+.{0,40}|suscripcion(es)?
        |(annulla|cancella)\w* (l )?iscrizione|disiscri\w+.{0,20}|iscriv\w+( (alla|al) (nostra )?(newsletter|bollettino).{0,20})?|cancellati|gestisci (la tua )?iscrizione
        |wypisz sie.{0,30}|zrezygnuj.{0,30}|(anuluj )?subskrypcj\w+.{0,20}|zapisz sie( (na|do) (nasz\w* )?(newsletter\w*|biuletyn\w*|list\w*))?|rezygnacja z .{0,30}
        |avsluta prenumeration(en)?|avregistrera.{0,20}|prenumer\w+.{0,30}|avprenumerera
        |abmeld(en|ung).{0,30}|(newsletter )?(abbestellen|abonnieren|abmelden|anmeldung)|abo verwalten
        |(se )?desabonner|desinscription|se desinscrire|abonnez vous.{0,30}|s abonner|gerer (votre|mes) abonnements?|inscription a la lettre.{0,20}"""),
    (SPONSOR, r"""(from )?(our |the |this (week|month|issue) s )?sponsors?|(sponsored|brought to you|presented|powered)( content| message| post)?( in part)?( by .{0,60})?|(this|today s) (newsletter|issue|bulletin|edition|email) (is )?(sponsored|supported|brought to you|presented)\b.{0,80}|advertis(ement|ing|ements|e with us|er)|adverts?|promot(ed|ion)( content| post)?|paid (partner|content|post|partnership).{0,40}|partner (content|message)|in partnership with .{0,60}|a (word|message) from our (sponsors?|partners?)|(please )?support our (sponsors?|advertisers)|classifieds?|special offers?
        |hysbysebion?|hysbyseb|noddwyr|noddir gan.{0,60}|mewn partneriaeth a.{0,60}
        |publicidad|patrocinad\w+.{0,60}|(nuestros )?patrocinadores|en colaboracion con.{0,60}
        |pubblicita|sponsorizzat\w+.{0,60}|(i nostri )?sponsor|in collaborazione con.{0,60}|messaggio promozionale
        |reklam(a|y)|(material|artykul|tresc) sponsorowan\w+.{0,40}|sponsor(zy)?|we wspolpracy z.{0,60}
        |annons(er|orer)?|sponsrat.{0,60}|(vara )?sponsorer|i samarbete med.{0,60}|reklam
        |anzeigen?|werbung|gesponsert.{0,60}|(unsere )?sponsoren|in (kooperation|zusammenarbeit) mit.{0,60}
        |publicites?|sponsorise.{0,60}|(nos )?sponsors|contenu (sponsorise|partenaire)|en partenariat avec.{0,60}|publireportage"""),
    (CALENDAR, r"""((upcoming|forthcoming|future|next|other|our|more|\w{2,6}) )?(events|meetings|webinars|conferences)( (calendar|diary|listings?))?|(events? )?calendar\b.{0,40}|diary( dates?)?|dates for (the|your) diary|key dates|important dates|what s on|coming up|(upcoming|forthcoming) \D{0,30}(events|meetings|dates|webinars|workshops|trainings?|conferences)|save the dates?|dates
        |digwyddiadau.{0,20}|calendr.{0,20}|dyddiadur|dyddiadau.{0,30}
        |(proximos )?eventos|agenda|calendario.{0,20}|proximas (citas|fechas)
        |(i )?(prossimi )?(eventi|appuntamenti).{0,20}|in agenda
        |(nadchodzace )?wydarzenia|kalendarz.{0,20}|kalendarium|najblizsze (wydarzenia|terminy)
        |(kommande )?(evenemang|moten|handelser)|kalend(er|arium)|pa gang
        |((kommende|nachste|aktuelle|weitere) )?(termine|veranstaltungen)|(veranstaltungs ?)?kalender|terminkalender|terminvorschau
        |(prochains )?(evenements|rendez vous)( a venir)?|calendrier.{0,20}|dates a retenir|a vos agendas"""),
    (LINKS, r"""(interesting |useful |quick |related |other |more )?(links|reading|resources|downloads)|(further|recommended) (reading|resources)|(hot|popular|latest|top) (downloads|links)|grab bag|(link |news )?round ?up|odds and ends|bits and (pieces|bobs)|see also|elsewhere( (on|in|from) .{0,40})?|also (from|on|in) .{0,40}|more (from|on) .{0,40}|most (popular|viewed|shared)( \w+){0,2}|around the web|what we re reading
        |dolenni( defnyddiol)?|adnoddau|darllen pellach
        |enlaces( de interes| utiles)?|recursos
        |(link|collegamenti) utili|risorse|link
        |(przydatne |ciekawe )?(linki|zasoby)
        |(anvandbara )?lankar|resurser
        |(nutzliche |weitere |interessante )?links|weiterfuhrende (links|informationen)
        |liens( utiles)?|ressources( utiles)?|pour aller plus loin"""),
    (APPEAL, r"""(please )?(donate|support us|give)( now| today)?|(please )?support (our|the) (work|charity|appeal|cause|mission)( today)?|((can|could|will|would) you )?(please )?(give|donate|spare) (a (little|gift|few|pound)|what you can|something|money|today|us)\b.{0,40}|make a gift|(your )?(gift|donation|support) (counts|matters|makes a difference).{0,20}|make a donation|volunteer(ing|s| with us| opportunities| roles)?|(get|be|getting) involved( with us| in the project)?|join us|become an? (member|supporter|volunteer).{0,20}|(your|send (us )?your) (content|stories|news|contributions|ideas)\b.{0,40}|(call for )?contributions( wanted)?|write for us|submit (your|a) (news|story|stories|item)|share your (news|story|stories)|we need (your help|you)|membership
        |cyfrann(wch|u)|gwirfoddoli?|cymryd rhan|ymunwch a ni|rhannwch eich (newyddion|straeon)
        |dona( ahora)?|colabora( con nosotros)?|voluntariado|unete( a nosotros)?|participa
        |dona( ora)?|sostienici|volontariato|partecipa|unisciti a noi
        |wesprzyj( nas)?|wolontariat|dolacz do nas|przekaz 1.{0,20}
        |stod oss|volontar(er)?|engagera dig|bli medlem
        |spenden|mitmachen|ehrenamt|machen sie mit|unterstutzen sie uns|mitglied werden
        |faire un don|soutenez nous|benevolat|participez|rejoignez nous"""),
    (FEEDBACK, r"""(your |reader )?feedback|how did you like.{0,40}|what did you think.{0,30}|rate (this|us).{0,30}|(share|tell us|give us) (your|what you) (views?|opinions?|thoughts?|feedback|think).{0,30}|was this (useful|helpful)|reader survey|let us know.{0,40}|comments|have your say on this (newsletter|bulletin)|dataset suggestions.{0,30}
        |(eich )?adborth|rhowch (eich barn|wybod).{0,30}|(tu|su) opinion( cuenta)?|danos tu opinion|(il )?(tuo|vostro) (parere|feedback)|dicci cosa ne pensi|(twoja )?opinia|co sadzisz.{0,30}|ankieta|vad tycker du.{0,30}|(din )?aterkoppling|(ihre|deine) meinung.{0,20}|(ihr )?feedback|(votre|donnez votre) avis.{0,20}|(forward|share|send) (this|to).{0,40}|(tell|refer|invite) a friend.{0,20}|rhannwch hyn|weiterempfehlen|compart\w+ (este )?boletin|condividi"""),
    (COLUMN, r"""(the )?(word|words|quote|quotation|tip|photo|picture|image|joke|recipe|fact|question|song|book|thought|meme|poll) of (the|this) (day|week|month|issue)\b.{0,60}|(our |the )?(quiz|crossword|puzzle|horoscope|weather|poll)( of the (week|month)| corner)?|did you know|what \D{0,30}are talking about|(gair|dyfyniad) y (dydd|mis|wythnos).{0,40}|(palabra|frase|cita|foto) (del|de la) (dia|semana|mes).{0,40}|(parola|frase|foto|citazione) del (giorno|mese|settimana).{0,40}|(slowo|cytat|zdjecie) (dnia|tygodnia|miesiaca).{0,40}|(dagens|veckans|manadens) (ord|citat|bild).{0,40}|(wort|zitat|bild|spruch) (des|der) (tages|monats|woche).{0,40}|(mot|citation|photo) (du|de la) (jour|mois|semaine).{0,40}"""),
    (CORRECTION, r"""corrections?( and clarifications)?( \d.{0,30})?|errat(a|um)|updates? \d[\d ]{3,20}|clarification|cywiriad(au)?|fe de erratas|correccion(es)?|errata corrige|rettifica|sprostowani[ea]|rattelser?|korrektur(en)?|berichtigung(en)?|rectificatifs?|erratum"""),
    (CLOSING, r"""(and )?that s (a wrap|all|it)\b.{0,40}|(thank you|thanks)( so much| very much)?( for (reading|subscribing|your (support|interest|time)).{0,30})?|until next (time|month|week).{0,20}|see you (next|soon|in).{0,30}|end of (newsletter|bulletin|issue)|happy reading|(best|kind|warm) (wishes|regards)|sincerely|yours( \w+)?|diolch( yn fawr)?( am ddarllen)?|gracias( por leer(nos)?)?|grazie( per (aver letto|la lettura|l attenzione))?|dziekujemy( za (uwage|lekture))?|tack( for att du laser.{0,20})?|danke( furs lesen)?|vielen dank( fur.{0,40})?|mit freundlichen grussen|merci( de (nous lire|votre (lecture|attention)))?"""),
    (WELCOME, r"""welcome( back)?( to (the|our|this)\b.{0,60}(newsletter|bulletin|issue|edition|update|digest|e ?zine))?|introduction|intro|editorial|(editor s (note|letter)|from the editor)|foreword|preface|dear (readers?|all|colleagues|members|friends|subscribers?)
        |croeso( i.{0,30}(cylchlythyr|bwletin|rhifyn).{0,20})?|cyflwyniad|rhagair|bienvenid[oa]s?( a.{0,30}(boletin|numero).{0,20})?|introduccion|presentacion|benvenut[oiae](.{0,30}(newsletter|numero))?|introduzione|editoriale|witamy( w.{0,30})?|wstep|wprowadzenie|od redakcji|valkommen( till.{0,30}nyhetsbrev\w*)?|inledning|ledare|(herzlich )?willkommen( zu.{0,30}(newsletter|ausgabe))?|vorwort|einleitung|liebe (leser|kolleg|mitglieder).{0,40}|bienvenue( (dans|a).{0,40})?|edito(rial)?"""),
    (PEOPLE, r"""(with )?thanks to (our|all our) .{0,40}|our (funders|supporters|sponsors and funders)|((our|the|meet the|meet our) )?(leaders|leadership|committee|board|team|staff|officers|trustees|partners)( members)?|(project )?partners(hip)?|(ein )?(tim|partneriaid)|(el|nuestro) equipo|socios|(il nostro )?team|partner|(nasz )?zespol|partnerzy|(vart )?team|(unser )?(team|vorstand)|(notre )?equipe|(nos )?partenaires"""),
    (REMINDER, r"""(please )?(don t forget|remember|reminders?|nota bene|please note)|peidiwch ag anghofio|no (te )?olvides|non dimenticare|nie zapomnij|glom inte|nicht vergessen|n oubliez pas"""),
)  # fmt: skip

_COMPILED = tuple((kind, re.compile(re.sub(r"\s*\n\s*", "", pattern))) for kind, pattern in _TITLES)

# Paragraphs no news is made of, wherever they stand.
_BOILERPLATE = re.compile(
    r"""
    \bunsubscribe\b|\bopt[ -]out\b|\b1-click\b
    |\b(update|manage|change)\b.{0,30}\b(preferences|subscriptions?|profile|e-?mail settings)\b
    |\b(you(\ are|'re|’re|\ have)\ receiv(ing|ed)\ this|this\ (e-?mail|message|newsletter|bulletin)\ (was|has\ been|is|and)\ (sent|transmitted|broadcast|intended|brought|contents))\b
    |\b(this\ (message|service)\ (was\ written|is\ (paid|provided))|provided\ by\ gov\.uk)\b
    |\bif\ you\ (are\ receiving\ this|no\ longer\ wish|do\ not\ want\ to\ receive|would\ rather\ not|were\ forwarded)\b
    |\b(view|read|open|see)\ (this\ |the\ )?((e-?mail|message|newsletter|bulletin|it)\ )?(in|online\ in|on)\ (your\ |a\ |the\ )?(web\ ?)?browser\b
    |\b(pictures|images)\ (do|does|are)\ ?(n't|n’t|not)\ (show|display|visible|load)|\b(having\ )?(trouble|problems?|difficult\w*)\ (viewing|reading|seeing)\b
    |\bdid\ someone\ forward\b|\bforwarded\ (this|to)\ (e-?mail\ )?(to\ )?(you|a\ friend)\b|\bbeen\ forwarded\ this\b
    |\ball\ rights\ reserved\b|^(copyright|©|\(c\))|©\s*(copyright\s*)?(19|20)\d\d
    |\bprivacy\ (policy|notice|statement)\b.{0,60}$|\bterms\ (of\ use|and\ conditions)\b|\bterms\ &\ conditions\ apply\b
    |^(\W*)(back\ to\ (the\ )?top|return\ to\ top|\^?top|zur(ü|ue)ck\ nach\ oben|nach\ oben|retour\ en\ haut|haut\ de\ page|volver\ arriba|torna\ su|powr(ó|o)t\ na\ g(ó|o)r(ę|e)|till\ toppen|yn\ (ô|o)l\ i'r\ brig)\W*$
    |\bplease\ support\ our\ sponsors\b|\bsent\ (to\ .{0,80}\ )?(by|using|on\ behalf\ of)\ .{0,60}(govdelivery|mailchimp|campaign\ monitor|dotdigital)
    |\bpowered\ by\ (mailchimp|govdelivery|granicus|campaign\ monitor)\b|\*\|[A-Z_:]+\|\*
    |^(enquiries|comments\?|questions|feedback)\b.{0,100}@
    |\b(is|are)\ an?\ (free\ )?(daily|weekly|fortnightly|bi-?weekly|monthly|quarterly|regular)\ (e-?mail\ )?(newsletter|bulletin|update|e-?zine|digest)\b
    |\b(dataset\ suggestions|just\ reply\ to\ this\ e-?mail|got\ (feedback|a\ tip|news)\b.{0,60}(@|reply))
    |\b(know\ someone\ who\ (would|might|['’]d)|know\ someone\ who['’]d|enjoying\ (the|this)\ (read|newsletter)|share\ (this\ )?(via|with\ a\ friend|on\ (twitter|facebook|linkedin)))\b
    |\bfollow\ us\ (on|at|@)|\bfind\ us\ on\ (twitter|facebook|linkedin|instagram|x)\b
    |\b(dad-?danysgrifio|tanysgrifio\ i|rheoli\ eich\ (tanysgrifiad|dewisiadau)|cedwir\ pob\ hawl|gweld\ yn\ eich\ porwr|rydych\ (chi\ )?(yn|wedi)\ (derbyn|cael)\ (yr\ )?(e-?bost|neges))\b
    |\b(darse\ de\ baja|cancelar\ (la\ |su\ |tu\ )?suscripci(ó|o)n|ha\ recibido\ este|recibe\ este\ (correo|mensaje|bolet)|todos\ los\ derechos\ reservados|ver\ (este\ (correo|mensaje)\ )?en\ (el|su|tu)\ navegador)
    |\b(annulla(re)?\ l[’']iscrizione|cancell(a|are|arti)\b.{0,30}(iscrizione|newsletter)|disiscriv|ricevi\ questa|hai\ ricevuto\ quest|tutti\ i\ diritti\ riservati|visualizza\ (.{0,20})nel\ (tuo\ )?browser)
    |\b(wypisa(ć|c)\ si(ę|e)|wypisz\ si(ę|e)|zrezygnowa(ć|c)\ z|otrzymuje(sz|cie|\ pan).{0,20}(wiadomo|e-?mail|newsletter)|wszelkie\ prawa\ zastrze|wy(ś|s)wietl\ .{0,30}przegl(ą|a)darce)
    |\b(avsluta\ (din\ )?prenumeration|avregistrera|avprenumerera|du\ f(å|a)r\ (det\ h(ä|a)r|detta)|alla\ r(ä|a)ttigheter|visa\ (.{0,20})i\ (din\ )?webbl(ä|a)sare)
    |\b(newsletter\ (abbestellen|abmelden)|abbestellen|vom\ newsletter\ abmelden|diese[rn]?\ (newsletter|e-?mail|nachricht)\ (wurde|wird|erhalten)|sie\ erhalten\ diese|alle\ rechte\ vorbehalten|im\ browser\ (ansehen|anzeigen|(ö|oe)ffnen)|online-?version)\b
    |\b(se\ d(é|e)sabonner|d(é|e)sinscri(re|ption)|vous\ recevez\ ce|ce(t\ e-?mail|\ message|tte\ lettre)\ (vous\ )?(a\ (été|ete)|est)\ (envoy|adress)|tous\ droits\ r(é|e)serv|voir\ .{0,30}dans\ (votre|le|un)\ navigateur|version\ en\ ligne)
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Every alternative above holds one of these: looking for them first is ten times faster.
_HINTS = (
    "subscri", "opt out", "opt-out", "1-click", "prefer", "profile", "mail settings", "receiv", "this e", "this message",
    "this newsletter", "this bulletin", "this service", "provided by gov", "if you ", "browser", "viewing", "reading",
    "seeing", "pictures", "images", "forward", "rights", "copyright", "©", "(c)", "privacy", "terms", "top", "oben", "haut", "arriba", "torna su",
    "powr", "i'r brig", "sponsor", "govdelivery", "mailchimp", "campaign monitor", "dotdigital", "*|", "@", "newsletter",
    "bulletin", "update", "zine", "digest", "dataset sugg", "reply", "know someone", "enjoying", "share", "follow us",
    "find us", "danysgrif", "tanysgrif", "cedwir", "porwr", "derbyn", "cael", "baja", "suscrip", "recib", "derechos",
    "navegador", "iscri", "cancell", "ricev", "diritti", "wypis", "zrezygn", "otrzymuj", "wszelkie", "przegl", "prenumer",
    "avregistr", "du f", "ttigheter", "webbl", "abbestell", "abmeld", "diese", "rechte", "sabonner", "sinscri", "recevez",
    "ce message", "cet e", "cette lettre", "droits", "navigateur", "en ligne", "version",
)  # fmt: skip
# From here on a page only says who sent it and how to be rid of it.
_FOOTER = re.compile(
    r"\bunsubscribe\b|all rights reserved|you(?:'re|’re| are) receiving this|have received this"
    r"|was sent (?:to|using|by)|dad-?danysgrifio|darse de baja|disiscriv|annulla l.iscrizione"
    r"|wypisz si|avsluta prenumeration|abbestellen|alle rechte|d(?:é|e)sabonner|d(?:é|e)sinscri"
    r"|-----begin pgp|©",
    re.IGNORECASE,
)
_GIFT = re.compile(
    r"\b(?:donat\w+|gifts?|give what you can|rais\w+ (?:money|funds)|fundrais\w+|give today|charit\w+"
    r"|rhodd\w*|cyfrannu|donativos?|donacion\w*|donazion\w+|darowizn\w+|g\u00e5v[ao]r?|spende\w*|dons?)\b",
    re.IGNORECASE,
)
_PLEA = re.compile(
    r"\b(?:give what you can|please (?:give|donate)|donate (?:now|today|here)|make a (?:gift|donation)|every (?:pound|gift|penny|dollar|euro) (?:counts|helps))\b",
    re.IGNORECASE,
)
_GIVE = re.compile(
    r"(?:please )?(?:donate|give|make (?:a|your) (?:gift|donation)|support us|help us|rhowch|rhoi|dona(?:r|te)?|sostieni|wesprzyj|przekaz|ge en gava|skank|(?:jetzt )?spenden|faire un don|je donne)\b"
)
_SPONSOR_LINE = re.compile(
    r"\bsponsors?\b|\bsponsored\b|\badvert|\banzeige\b|\bwerbung\b|\bpublicit|\bpublicidad\b|\bpubblicit"
    r"|\breklam|\bannons\b|\bin partnership with\b|\bpatrocinad|\bsponsorowan",
    re.IGNORECASE,
)
# "Sponsor: …", "Advertisement | …", "[Ad] …" before the name of what is sold.
_SPONSOR_MARK = re.compile(
    r"\W*(?:sponsors?|sponsored(?: by| link| content| post)?|advert(?:isement|orial)?|ad|anzeige|werbung|publicit[éeà]"
    r"|publicidad|pubblicit[àa]|patrocinado|sponsorizzato|reklama?|annons|hysbyseb|sponsorowan[ey])\s*(?:[:|\])]|-{2,}|[-–—] )",
    re.IGNORECASE,
)
# Words an item's own paragraphs may hold: longer than this, only the strictest footers count.
_LONGEST_BOILERPLATE = 900


@lru_cache(maxsize=4096)
def of_title(title: str) -> Furniture | None:
    """Say what furniture a heading announces, or None for a heading that may be news."""
    if len(title) > 120:
        return None
    if _SPONSOR_MARK.match(title) is not None:
        return SPONSOR
    plain = normalise_title(title)
    for kind, pattern in _COMPILED:
        if pattern.fullmatch(plain):
            return kind
    return None


@lru_cache(maxsize=4096)
def is_boilerplate(paragraph: str) -> bool:
    """Say whether a paragraph is about the mailing or the page and tells no news."""
    if len(paragraph) > _LONGEST_BOILERPLATE:
        return False
    lowered = paragraph.lower()
    return any(hint in lowered for hint in _HINTS) and _BOILERPLATE.search(paragraph) is not None


def asks_for_gifts(text: str, action: str) -> bool:
    """Say whether a text ends in asking its reader for money; `action` is what its last link says."""
    return _GIFT.search(text) is not None and (
        _GIVE.match(normalise_title(action)) is not None or _PLEA.search(text) is not None
    )


def begins_footer(paragraph: str) -> bool:
    """Say whether after this paragraph nothing but the page's footer can come."""
    return _FOOTER.search(paragraph[:2000]) is not None


def is_sponsor_line(text: str) -> bool:
    """Say whether a short line on its own marks what stands around it as advertising."""
    if len(text) > 90 or len(text.split()) > 12 or _SPONSOR_LINE.search(text) is None:
        return False
    return of_title(text) is SPONSOR
