//! Words people write for attributes, properties, statements and countries, and what those are called here.

/// The attribute a word stands for, or a sentence on what to do instead.
pub(super) fn attribute(word: &str) -> Option<String> {
    let folded = word.to_lowercase().replace(['_', '-'], "");
    let (_, meant) = ATTRIBUTES
        .iter()
        .find(|(words, _)| words.split(' ').any(|known| known == folded))?;
    Some(offer(meant))
}

/// The property a word stands for.
pub(super) fn property(word: &str) -> Option<String> {
    let folded = word
        .trim_matches(['"', '\''])
        .to_lowercase()
        .replace('_', "-");
    let (_, meant) = PROPERTIES
        .iter()
        .find(|(words, _)| words.split(' ').any(|known| known == folded))?;
    Some(offer(meant))
}

/// The statement a word or sign stands for.
pub(super) fn statement(word: &str) -> Option<String> {
    let folded = word.trim_matches(['"', '\'']).to_lowercase();
    let (_, meant) = STATEMENTS
        .iter()
        .find(|(words, _)| words.split(' ').any(|known| known == folded))?;
    Some(offer(meant))
}

/// The country code a word stands for.
pub(super) fn country(word: &str) -> Option<&'static str> {
    let folded = word.trim().to_lowercase();
    COUNTRIES
        .iter()
        .find(|(words, _)| words.split(',').any(|known| known == folded))
        .map(|(_, code)| *code)
}

/// The service plan a word stands for.
pub(super) fn plan(word: &str) -> Option<&'static str> {
    let folded = word.trim().to_lowercase().replace(['_', '-'], " ");
    PLANS
        .iter()
        .find(|(words, _)| words.split(',').any(|known| known == folded))
        .map(|(_, plan)| *plan)
}

/// A name is offered to be written, a sentence is said.
fn offer(meant: &str) -> String {
    match meant.contains(' ') {
        true => meant.to_owned(),
        false => format!("write `{meant}`"),
    }
}

const ATTRIBUTES: &[(&str, &str)] = &[
    (
        "stadt ort ville ciudad citta città stad town municipality locality l cityname",
        "city",
    ),
    (
        "location site",
        "write `city`, `office` or `usage_location`, whichever is meant",
    ),
    (
        "büro buero bureau building gebäude standort oficina kantoor officename room deliveryoffice",
        "office",
    ),
    (
        "usagecountry usageloc countrycode landescode",
        "usage_location",
    ),
    ("land pays pais país countryorregion co c nation", "country"),
    ("bundesland region province provinz st département", "state"),
    (
        "plz zip zipcode postcode postalzip codepostal",
        "postal_code",
    ),
    ("straße strasse rue adresse address streetname", "street"),
    (
        "abteilung dept service bereich team afdeling departement departamento",
        "department",
    ),
    (
        "firma unternehmen organisation organization société societe entreprise employer",
        "company",
    ),
    (
        "title titel position role jobrole function funktion fonction",
        "job_title",
    ),
    (
        "personalnummer employeenumber matricule empid staffid",
        "employee_id",
    ),
    (
        "employmenttype mitarbeitertyp contracttype workertype",
        "employee_type",
    ),
    ("kostenstelle costcentre centredecoût", "cost_center"),
    (
        "username login userid principalname samaccountname benutzername signinname account",
        "upn",
    ),
    (
        "email emailaddress smtp primarysmtpaddress e-mail courriel mailaddress",
        "mail",
    ),
    ("name fullname cn anzeigename", "display_name"),
    (
        "vorname firstname prénom prenom forename givenname1",
        "given_name",
    ),
    ("nachname lastname familyname nom sn", "surname"),
    ("language sprache langue lang locale", "preferred_language"),
    (
        "usertype type recipienttype resourcetype accounttype",
        "kind",
    ),
    (
        "synced dirsync hybrid issynced onpremises onpremisessyncenable",
        "on_premises_synced",
    ),
    (
        "licence license licences licenses lizenz lizenzen sku skus plan assignedplans assignedlicenses serviceplan serviceplans product products licence",
        "write plans has \"MCOEV\", or the plan that is meant",
    ),
    (
        "group gruppe gruppen groupe memberof member membership team_name securitygroup",
        "write groups has \"<group id>\"",
    ),
    (
        "accountenabled enabled disabled blocked signinenabled",
        "take it out: whoever is blocked from signing in gets no number anyway",
    ),
    (
        "customattribute1 customattribute extensionattribute extattr ext1 attribute1",
        "write extension_attribute_1, or the number that is meant, up to 15",
    ),
    (
        "phone telephonenumber businessphones mobile mobilephone telephone telefon number lineuri",
        "numbers are what rules give: no rule reads them; to keep somebody out write `exempt`",
    ),
    (
        "id objectid userobjectid guid oid",
        "rules read no ids: write upn = \"…\", or pin the person by hand",
    ),
    (
        "manager managername vorgesetzter",
        "rules do not read managers: write department, or a group with `groups has`",
    ),
];

const PROPERTIES: &[(&str, &str)] = &[
    ("typ art kind number-type numbertype", "type"),
    (
        "number nummern nummer numéros numeros phones phone range ranges span spans block numéro phone-numbers",
        "numbers",
    ),
    (
        "beschreibung desc comment note notes remark title bemerkung label info",
        "description",
    ),
    (
        "wenn if where condition filter si for match who users criteria rule falls users-where bedingung cuando",
        "when",
    ),
    (
        "priorität prioritaet prio order rank weight priorité precedence",
        "priority",
    ),
    ("land pays country-code countrycode iso", "country"),
    (
        "überlauf ueberlauf fallback next else spill backup overflow-to then débordement",
        "overflow",
    ),
    (
        "richtlinie policies politique grant assign-policy",
        "policy",
    ),
    (
        "onlinevoiceroutingpolicy voice-routing-policy tenantdialplan dialplan dial-plan teamscallingpolicy callingpolicy",
        "write policy before its type: policy OnlineVoiceRoutingPolicy \"name\"",
    ),
    (
        "except excluded blocked nie never-assign block-list forbidden gesperrt jamais",
        "never",
    ),
    (
        "exclude",
        "write `never` for numbers; people are excluded outside of ranges: exclude \"name\" when …",
    ),
    (
        "reserved reserviert set-aside vip hold-back réserve",
        "reserve",
    ),
    (
        "sperrfrist cooldown cool-down rest aging karenz cool-off quarantäne quarantaine",
        "quarantine",
    ),
    ("delay wait frist graceperiod grace-period", "grace"),
    (
        "min-free minimum-free buffer keepfree spare free",
        "keep-free",
    ),
    (
        "alert alarm threshold warn warning low lowstock min-stock",
        "low-stock",
    ),
    ("strategy auswahl pick order-by choose selection", "select"),
    (
        "address emergency-address emergency-location lis-location location-id locationid standort adresse e911",
        "location",
    ),
    ("carrier provider anbieter trunk opérateur", "operator"),
    (
        "name id range-name",
        "the name stands behind `range`, in quotes: range \"name\" { … }",
    ),
    (
        "licence license lizenz plan",
        "write it into the condition: when plans has \"MCOEV\"",
    ),
    (
        "city office department usage-location company upn",
        "write it into the condition: when city = \"Bonn\"",
    ),
];

const STATEMENTS: &[(&str, &str)] = &[
    (
        "bereich nummernbereich plage pool block rule regel group ranges rules numbers rang rango",
        "range",
    ),
    (
        "liste list set const var define def dim variable local",
        "let",
    ),
    (
        "standard default vorgabe common global vorgaben defaut settings standards",
        "defaults",
    ),
    (
        "ausschluss ausschließen ignore skip deny exclusion exclure except",
        "exclude",
    ),
    ("ausnahme exception protect keep", "exempt"),
    ("synonym synonyms aliases map replace spelling", "alias"),
    ("carrier provider anbieter trunk", "operator"),
    ("filter where if wenn when only", "scope"),
    (
        "include import require source use",
        "take it out: all files of the folder are read together",
    ),
    ("/ -- rem % ! * <", "a comment begins with #"),
    ("[ ]", "a block stands in braces: range \"name\" { … }"),
    ("}", "this } closes nothing: take it out"),
    (
        "{ ( ) -",
        "a statement begins with its word, such as range \"name\" { … }",
    ),
    (";", "take it out: no semicolons are needed"),
    (",", "take it out: no comma stands between statements"),
    (
        "type description policy priority overflow quarantine low-stock location never reserve country",
        "a property stands in a block: defaults { … } or range \"name\" { … }",
    ),
];

const COUNTRIES: &[(&str, &str)] = &[
    (
        "uk,gbr,en,england,scotland,wales,great britain,united kingdom,britain,großbritannien",
        "GB",
    ),
    (
        "ger,deu,d,germany,deutschland,allemagne,alemania,bundesrepublik deutschland",
        "DE",
    ),
    (
        "usa,u.s.,u.s.a.,united states,united states of america,america,vereinigte staaten,am",
        "US",
    ),
    ("aut,a,austria,österreich,oesterreich,autriche", "AT"),
    ("che,sui,switzerland,schweiz,suisse,svizzera,swi,sw", "CH"),
    ("fra,f,france,frankreich", "FR"),
    ("ita,i,italy,italien,italia,italie", "IT"),
    ("esp,spa,sp,spain,spanien,españa,espagne", "ES"),
    (
        "nld,ned,holland,netherlands,niederlande,the netherlands,pays-bas",
        "NL",
    ),
    ("bel,belgium,belgien,belgique", "BE"),
    ("lux,luxembourg,luxemburg", "LU"),
    ("pol,poland,polen,pologne", "PL"),
    ("cze,czech republic,czechia,tschechien,cs", "CZ"),
    ("dnk,den,denmark,dänemark,da", "DK"),
    ("swe,sweden,schweden,suède", "SE"),
    ("nor,norway,norwegen", "NO"),
    ("fin,finland,finnland", "FI"),
    ("irl,ireland,irland,eire", "IE"),
    ("prt,por,portugal", "PT"),
    ("grc,gre,greece,griechenland,el", "GR"),
    ("ind,india,indien", "IN"),
    ("can,canada,kanada", "CA"),
    ("aus,australia,australien", "AU"),
    ("jpn,jap,japan,jp.", "JP"),
    ("chn,china", "CN"),
    ("bra,brazil,brasil,brasilien", "BR"),
    ("mex,mexico,mexiko", "MX"),
    ("tur,turkey,türkei,türkiye", "TR"),
];

const PLANS: &[(&str, &str)] = &[
    (
        "phone system,teams phone,teams phone standard,microsoft teams phone standard,microsoft 365 phone system,enterprisevoice,enterprise voice,phonesystem,cloud pbx,mcoev 365,e5,spe e5,enterprisepremium,microsoft 365 e5,office 365 e5",
        "MCOEV",
    ),
    (
        "calling plan,domestic calling plan,mcopstn,domestic,microsoft domestic calling plan",
        "MCOPSTN1",
    ),
    (
        "international calling plan,domestic and international calling plan,international",
        "MCOPSTN2",
    ),
    (
        "audio conferencing,conferencing,audioconferencing",
        "MCOMEETADV",
    ),
    ("teams,microsoft teams,msteams", "TEAMS1"),
    ("communications credits,communication credits", "MCOPSTNC"),
    (
        "resource account,virtual user,phone system virtual user,mcoev virtual user,phonesystem virtualuser",
        "MCOEV_VIRTUALUSER",
    ),
];
