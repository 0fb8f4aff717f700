//! Words of the bench corpus in four languages, line by line the same meaning, so that a sentence
//! told in one language can be told in another. Invented for this purpose; nobody wrote them.

/// English, French, Russian, Kazakh.
pub(crate) type Four = [&'static str; 4];

/// Who does something.
pub(crate) const WHO: &[Four] = &[
    ["fishermen", "des pêcheurs", "рыбаки", "балықшылар"],
    ["teachers", "des instituteurs", "учителя", "мұғалімдер"],
    ["bus drivers", "des chauffeurs de bus", "водители автобусов", "автобус жүргізушілері"],
    ["students", "des étudiants", "студенты", "студенттер"],
    ["market traders", "des marchands", "торговцы с рынка", "базар сатушылары"],
    ["miners", "des mineurs", "шахтёры", "кеншілер"],
    ["nurses", "des infirmiers", "медсёстры", "мейірбикелер"],
    ["shepherds", "des bergers", "пастухи", "шопандар"],
    ["pensioners", "des retraités", "пенсионеры", "зейнеткерлер"],
    ["railway workers", "des cheminots", "железнодорожники", "теміржолшылар"],
    ["neighbours", "des voisins", "соседи", "көршілер"],
    ["bakers", "des boulangers", "пекари", "наубайшылар"],
    ["dockers", "des dockers", "докеры", "жүк тиеушілер"],
    ["beekeepers", "des apiculteurs", "пасечники", "омарташылар"],
    ["young lawyers", "de jeunes avocats", "молодые юристы", "жас заңгерлер"],
    ["shoemakers", "des cordonniers", "сапожники", "етікшілер"],
    ["ferrymen", "des passeurs", "паромщики", "паромшылар"],
    ["villagers", "des villageois", "сельчане", "ауыл тұрғындары"],
    ["local historians", "des historiens locaux", "краеведы", "өлкетанушылар"],
    ["electricians", "des électriciens", "электрики", "электриктер"],
    ["volunteers", "des bénévoles", "добровольцы", "еріктілер"],
    ["weavers", "des tisserands", "ткачи", "тоқымашылар"],
];

/// Did it, in the past.
pub(crate) const DID: &[Four] = &[
    ["carried", "ont porté", "несли", "тасыды"],
    ["repaired", "ont réparé", "чинили", "жөндеді"],
    ["guarded", "ont gardé", "стерегли", "күзетті"],
    ["photographed", "ont photographié", "фотографировали", "суретке түсірді"],
    ["sheltered", "ont abrité", "укрывали", "паналатты"],
    ["counted", "ont compté", "считали", "санап шықты"],
    ["found", "ont retrouvé", "нашли", "тауып алды"],
    ["blocked", "ont bloqué", "загородили", "бөгеп тастады"],
    ["painted", "ont repeint", "красили", "бояды"],
    ["sold", "ont vendu", "продавали", "сатты"],
    ["collected", "ont ramassé", "собирали", "жинады"],
    ["described", "ont décrit", "описали", "сипаттады"],
    ["buried", "ont enterré", "закопали", "көміп тастады"],
    ["cleaned", "ont nettoyé", "чистили", "тазалады"],
    ["borrowed", "ont emprunté", "одолжили", "қарызға алды"],
    ["lifted", "ont soulevé", "подняли", "көтерді"],
    ["brought", "ont apporté", "привезли", "әкелді"],
    ["hid", "ont caché", "прятали", "жасырды"],
];

/// What they did it to.
pub(crate) const WHAT: &[Four] = &[
    ["old boats", "de vieilles barques", "старые лодки", "ескі қайықтарды"],
    ["wet blankets", "des couvertures mouillées", "мокрые одеяла", "ылғал көрпелерді"],
    ["a broken bell", "une cloche fêlée", "треснувший колокол", "жарылған қоңырауды"],
    ["sacks of flour", "des sacs de farine", "мешки с мукой", "ұн салынған қаптарды"],
    ["bundles of letters", "des paquets de lettres", "пачки писем", "хаттардың бумаларын"],
    ["the school roof", "le toit de l'école", "школьную крышу", "мектептің шатырын"],
    ["fresh bread", "du pain frais", "свежий хлеб", "жаңа піскен нанды"],
    ["wooden benches", "des bancs de bois", "деревянные скамьи", "ағаш орындықтарды"],
    ["a green lorry", "un camion vert", "зелёный грузовик", "жасыл жүк көлігін"],
    ["the last candles", "les dernières bougies", "последние свечи", "соңғы шырақтарды"],
    [
        "diesel generators",
        "des générateurs diesel",
        "дизельные генераторы",
        "дизель генераторларын",
    ],
    ["garden tools", "des outils de jardin", "садовые инструменты", "бақша құралдарын"],
    ["a family album", "un album de famille", "семейный альбом", "отбасылық альбомды"],
    ["radio sets", "des postes de radio", "радиоприёмники", "радиоқабылдағыштарды"],
    ["the stone steps", "les marches de pierre", "каменные ступени", "тас баспалдақтарды"],
    ["empty crates", "des caisses vides", "пустые ящики", "бос жәшіктерді"],
    ["winter coats", "des manteaux d'hiver", "зимние пальто", "қысқы пальтоларды"],
    ["a lame horse", "un cheval boiteux", "хромую лошадь", "ақсақ атты"],
    ["the town clock", "l'horloge du bourg", "городские часы", "қала сағатын"],
    ["water pipes", "des conduites d'eau", "водопроводные трубы", "су құбырларын"],
    ["medical supplies", "du matériel médical", "медикаменты", "дәрі-дәрмекті"],
    ["court papers", "des actes de justice", "судебные бумаги", "сот қағаздарын"],
];

/// Where, before a place name (after it in Kazakh).
pub(crate) const WHERE: &[Four] = &[
    ["near the bridge of", "près du pont de", "у моста в городе", "көпірінің жанында"],
    ["on the way to", "sur la route de", "по дороге в город", "жолының бойында"],
    [
        "behind the mill in",
        "derrière le moulin de",
        "за мельницей в посёлке",
        "диірменінің артында",
    ],
    ["on the edge of", "à la sortie de", "на окраине города", "қаласының шетінде"],
    ["along the canal at", "le long du canal de", "вдоль канала в городе", "каналының бойымен"],
    ["above the harbour of", "au-dessus du port de", "над гаванью города", "айлағының үстінде"],
    ["between the houses of", "entre les maisons de", "между домами посёлка", "үйлерінің арасында"],
    ["in a courtyard in", "dans une cour de", "во дворе в городе", "қаласындағы аулада"],
    ["under the arches of", "sous les arcades de", "под арками города", "аркаларының астында"],
    ["at the station of", "à la gare de", "на станции", "бекетінде"],
];

/// When.
pub(crate) const WHEN: &[Four] = &[
    ["before dawn", "avant l'aube", "до рассвета", "таң атпай"],
    ["all night", "toute la nuit", "всю ночь", "түні бойы"],
    ["after the rain", "après la pluie", "после дождя", "жаңбырдан кейін"],
    ["later that evening", "plus tard ce soir-là", "позже в тот вечер", "сол күні кешке"],
    ["for hours", "pendant des heures", "несколько часов", "бірнеше сағат бойы"],
    ["around noon", "vers midi", "около полудня", "түске таман"],
    ["week after week", "semaine après semaine", "неделя за неделей", "апта сайын"],
    ["since spring", "depuis le printemps", "с весны", "көктемнен бері"],
    ["in the dark", "dans le noir", "в темноте", "қараңғыда"],
    ["until the bells rang", "jusqu'aux cloches", "до самого звона", "қоңырау соғылғанша"],
];

/// Why or how.
pub(crate) const WHY: &[Four] = &[
    [
        "because the road was closed",
        "parce que la route était coupée",
        "потому что дорогу закрыли",
        "жол жабық болғандықтан",
    ],
    [
        "while the wind grew",
        "tandis que le vent montait",
        "пока усиливался ветер",
        "жел күшейіп тұрғанда",
    ],
    [
        "as the power failed again",
        "quand le courant a lâché",
        "когда снова пропал свет",
        "жарық қайта сөнгенде",
    ],
    [
        "so that the children could sleep",
        "pour que les enfants dorment",
        "чтобы дети могли спать",
        "балалар ұйықтасын деп",
    ],
    [
        "since help was late",
        "car les secours tardaient",
        "ведь помощь опаздывала",
        "көмек кешіккендіктен",
    ],
    ["when the ice broke", "quand la glace a cédé", "когда треснул лёд", "мұз жарылғанда"],
    [
        "to everyone's surprise",
        "à la surprise générale",
        "ко всеобщему удивлению",
        "жұрттың бәрін таңғалдырып",
    ],
    ["as they had every year", "comme chaque année", "как и каждый год", "жыл сайынғыдай"],
];

/// Who announces figures.
pub(crate) const BODY: &[Four] = &[
    [
        "the Interior Ministry",
        "le ministère de l'Intérieur",
        "министерство внутренних дел",
        "ішкі істер министрлігі",
    ],
    ["the regional hospital", "l'hôpital régional", "областная больница", "облыстық аурухана"],
    ["the prosecutor's office", "le parquet", "прокуратура", "прокуратура"],
    ["the fire service", "le service d'incendie", "пожарная служба", "өрт сөндіру қызметі"],
    [
        "the governor's office",
        "le bureau du gouverneur",
        "администрация губернатора",
        "әкім аппараты",
    ],
    ["the rescue staff", "l'état-major des secours", "штаб спасателей", "құтқарушылар штабы"],
];

/// What happened to people: in English after "were", in French after "ont été", and as whole verbs.
pub(crate) const EVENT: &[Four] = &[
    ["killed", "tuées", "погибли", "қаза тапты"],
    ["wounded", "blessées", "ранены", "жараланды"],
    ["arrested", "arrêtées", "задержаны", "ұсталды"],
    ["evacuated", "évacuées", "эвакуированы", "көшірілді"],
];

/// Names of months, in the form a day takes.
pub(crate) const MONTH: &[Four] = &[
    ["January", "janvier", "января", "қаңтар"],
    ["February", "février", "февраля", "ақпан"],
    ["March", "mars", "марта", "наурыз"],
    ["April", "avril", "апреля", "сәуір"],
    ["May", "mai", "мая", "мамыр"],
    ["June", "juin", "июня", "маусым"],
    ["July", "juillet", "июля", "шілде"],
    ["August", "août", "августа", "тамыз"],
    ["September", "septembre", "сентября", "қыркүйек"],
    ["October", "octobre", "октября", "қазан"],
    ["November", "novembre", "ноября", "қараша"],
    ["December", "décembre", "декабря", "желтоқсан"],
];

/// Days of the week, in the form "on Monday" takes after its preposition.
pub(crate) const WEEKDAY: &[Four] = &[
    ["Monday", "lundi", "понедельник", "дүйсенбіде"],
    ["Tuesday", "mardi", "вторник", "сейсенбіде"],
    ["Wednesday", "mercredi", "среду", "сәрсенбіде"],
    ["Thursday", "jeudi", "четверг", "бейсенбіде"],
    ["Friday", "vendredi", "пятницу", "жұмада"],
    ["Saturday", "samedi", "субботу", "сенбіде"],
    ["Sunday", "dimanche", "воскресенье", "жексенбіде"],
];

/// Sentences that tell something. `{p}` person, `{q}` and `{r}` places, `{x}` a rare word, `{n}` a
/// number; the rest as named above.
pub(crate) const TOLD: &[Four] = &[
    [
        "From {q}, {who} led by {p} {did} {what} {where} {r} {when}.",
        "De {q}, {who} menés par {p} {did} {what} {where} {r} {when}.",
        "Из города {q} {who}, которых вёл {p}, {when} {did} {what} {where} {r}.",
        "{q} қаласынан келген, {p} бастаған {who} {when} {r} {where} {what} {did}.",
    ],
    [
        "{p}, who speaks for {x} families in {q}, said {who} {did} {what} in {r} {why}.",
        "{p}, qui parle au nom des familles {x} de {q}, dit que {who} {did} {what} à {r} {why}.",
        "{p}, который говорит от имени семей {x} из города {q}, сказал, что {who} {did} {what} в городе {r}, {why}.",
        "{q} қаласындағы {x} отбасыларының атынан сөйлейтін {p} айтуынша, {why} {r} қаласында {who} {what} {did}.",
    ],
    [
        "{where} {q}, {who} {did} the {x} store of {p} and {what} {when}.",
        "{where} {q}, {who} {did} le dépôt {x} de {p} et {what} {when}.",
        "{where} {q} {who} {did} склад {x}, где работает {p}, и {what} {when}.",
        "{q} {where} {when} {who} {p} басқаратын {x} қоймасын және {what} {did}.",
    ],
    [
        "In {q}, {p} recalled, {who} of the {x} quarter {did} {what} from {r} {why}.",
        "À {q}, se souvient {p}, {who} du quartier {x} {did} {what} de {r} {why}.",
        "В городе {q}, вспоминает {p}, {who} из квартала {x} {did} {what} из города {r}, {why}.",
        "{q} қаласында, деп еске алады {p}, {x} орамындағы {who} {why} {r} қаласынан {what} {did}.",
    ],
    [
        "{p} and {who} from {q} {did} {what} {when} and left for {r}.",
        "{p} et {who} de {q} {did} {what} {when} puis sont partis pour {r}.",
        "{p} и {who} из города {q} {did} {what} {when} и уехали в город {r}.",
        "{p} мен {q} қаласынан келген {who} {when} {what} {did} де, {r} қаласына аттанды.",
    ],
    [
        "The {x} society of {q} paid {n} crowns for {what} that {who} {did} {where} {r}.",
        "La société {x} de {q} a payé {n} couronnes pour {what} que {who} {did} {where} {r}.",
        "Общество {x} из города {q} заплатило {n} крон за {what}, что {who} {did} {where} {r}.",
        "{q} қаласындағы {x} қоғамы {who} {r} {where} {did} деген {what} үшін {n} крон төледі.",
    ],
    [
        "Only {p} stayed in {q} with {what}, while {who} {did} the {x} wall {when}.",
        "Seul {p} est resté à {q} avec {what}, alors que {who} {did} le mur {x} {when}.",
        "Только {p} осталась в городе {q} и берегла {what}, а {who} {did} стену {x} {when}.",
        "{q} қаласында {what} бағып жалғыз {p} қалды, ал {who} {when} {x} қабырғасын {did}.",
    ],
    [
        "Between {q} and {r}, {p} wrote, {who} {did} {what} beside the {x} mill {why}.",
        "Entre {q} et {r}, écrit {p}, {who} {did} {what} à côté du moulin {x} {why}.",
        "Между городами {q} и {r}, пишет {p}, {who} {did} {what} возле мельницы {x}, {why}.",
        "{q} мен {r} арасында, деп жазады {p}, {why} {x} диірменінің қасында {who} {what} {did}.",
    ],
];

/// Sentences that state a count. `{n}` and `{m}` numbers, `{d}` a day and month, `{w}` a weekday.
pub(crate) const TOLL: &[Four] = &[
    [
        "As of {d}, {n} people were {event} in {q} and {m} in {r}, {body} said.",
        "Au {d}, {n} personnes ont été {event} à {q} et {m} à {r}, a annoncé {body}.",
        "По состоянию на {d} в городе {q} {event} {n} человек, в городе {r} {m}, сообщает {body}.",
        "{d} жағдай бойынша {q} қаласында {n} адам, {r} қаласында {m} адам {event}, деп хабарлады {body}.",
    ],
    [
        "According to {body}, {n} people were {event} near {q} on {w}, {m} of them from {r}.",
        "Selon {body}, {n} personnes ont été {event} près de {q} {w}, dont {m} venues de {r}.",
        "По данным, которые приводит {body}, под городом {q} в {w} {event} {n} человек, из них {m} из города {r}.",
        "{body} мәліметінше, {w} {q} қаласының маңында {n} адам, оның ішінде {r} қаласынан {m} адам {event}.",
    ],
    [
        "{body} said in a statement that {n} people were {event} in the {q} district on {d} and {m} houses in {r} burned down.",
        "{body} a déclaré que {n} personnes ont été {event} dans le district de {q} le {d} et que {m} maisons de {r} ont brûlé.",
        "{body} заявляет, что в районе {q} {d} {event} {n} человек, а в городе {r} сгорели {m} домов.",
        "{body} мәлімдеуінше, {d} {q} ауданында {n} адам {event}, ал {r} қаласында {m} үй өртенді.",
    ],
];

/// Statements and their denials, with the words that deny.
pub(crate) const DENIED: &[(Four, Four, Four)] = &[
    (
        [
            "On {w} soldiers fired on the {x} crowd in front of the town hall of {q}, {body} said.",
            "Les soldats ont tiré {w} sur la foule {x} devant la mairie de {q}, a déclaré {body}.",
            "В {w} солдаты стреляли в толпу {x} перед ратушей города {q}, заявляет {body}.",
            "{body} мәлімдеуінше, {w} {q} қаласының әкімдігі алдында {x} сарбаздары жұртқа оқ атты.",
        ],
        [
            "On {w} soldiers never fired on the {x} crowd in front of the town hall of {q}, {body} said.",
            "Les soldats n'ont pas tiré {w} sur la foule {x} devant la mairie de {q}, a déclaré {body}.",
            "В {w} солдаты не стреляли в толпу {x} перед ратушей города {q}, заявляет {body}.",
            "{body} мәлімдеуінше, {w} {q} қаласының әкімдігі алдында {x} сарбаздары жұртқа оқ атқан жоқ.",
        ],
        ["never", "pas", "не", "жоқ"],
    ),
    (
        [
            "{body} announced on {w} that the {x} road between {q} and {r} is open to ambulances.",
            "Selon {body}, depuis {w} la route {x} entre {q} et {r} est ouverte aux ambulances.",
            "Как сообщает {body}, в {w} дорога {x} между городами {q} и {r} открыта для скорой помощи.",
            "{body} {w} хабарлағандай, {q} мен {r} арасындағы {x} жолы жедел жәрдем көліктеріне ашық.",
        ],
        [
            "{body} announced on {w} that the {x} road between {q} and {r} is not open to ambulances.",
            "Selon {body}, depuis {w} la route {x} entre {q} et {r} n'est pas ouverte aux ambulances.",
            "Как сообщает {body}, в {w} дорога {x} между городами {q} и {r} не открыта для скорой помощи.",
            "{body} {w} хабарлағандай, {q} мен {r} арасындағы {x} жолы жедел жәрдем көліктеріне ашық емес.",
        ],
        ["not", "pas", "не", "емес"],
    ),
];

/// Other tellings of one count, for hard negatives: the same facts, other words.
pub(crate) const RETOLD: &[Four] = &[
    [
        "In {q}, the number {event} stands at {n}; {r} has {m}.",
        "À {q} on dénombre {n} personnes {event} ; {r} en compte {m}.",
        "Число тех, кто {event} в городе {q}, дошло до {n}; в городе {r} их {m}.",
        "{q} қаласында {event} дегендердің саны {n} болды; {r} қаласында {m}.",
    ],
    [
        "{m} in {r}, {n} in {q}: so many were {event} by the count of {body}.",
        "{m} à {r}, {n} à {q} : tel est le nombre de personnes {event} selon le décompte que donne {body}.",
        "{m} в городе {r}, {n} в городе {q}: столько {event} по подсчётам, их вела {body}.",
        "{r} қаласында {m}, {q} қаласында {n}: {body} есебінше, сонша адам {event}.",
    ],
];

/// Lines that stand under many articles and tell nothing.
pub(crate) const FORMULA: &[Four] = &[
    [
        "Subscribe to our evening letter and you will receive the most important stories of the day in one message.",
        "Abonnez-vous à notre lettre du soir et vous recevrez les nouvelles les plus importantes du jour en un message.",
        "Подпишитесь на наше вечернее письмо, и вы получите самые важные новости дня одним сообщением.",
        "Кешкі хатымызға жазылыңыз, сонда күннің ең маңызды жаңалықтарын бір хабарламамен аласыз.",
    ],
    [
        "Our correspondents will go on following what happens in the region and will report as more becomes known.",
        "Nos correspondants continuent de suivre ce qui se passe dans la région et en rendront compte au fil des nouvelles.",
        "Наши корреспонденты продолжают следить за тем, что происходит в области, и сообщат, как только узнают больше.",
        "Тілшілеріміз облыста болып жатқан жағдайды бақылап отыр және жаңа мәлімет түскен бойда хабарлайды.",
    ],
    [
        "Readers who saw what happened can write to the editors; we will keep their names to ourselves if they wish.",
        "Les lecteurs qui ont vu ce qui s'est passé peuvent écrire à la rédaction ; nous tairons leur nom s'ils le souhaitent.",
        "Читатели, которые видели происшедшее, могут написать в редакцию; мы сохраним их имена в тайне, если они пожелают.",
        "Оқиғаны көзімен көрген оқырмандар редакцияға жаза алады; қаласа, аты-жөнін ешкімге айтпаймыз.",
    ],
];
