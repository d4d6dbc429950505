//! Names, places and licences of generated tenants: few values, often repeated, as in a real directory.

use uuid::{Uuid, uuid};

/// An office city of a generated tenant.
pub(super) struct Site {
    pub(super) city: &'static str,
    pub(super) offices: [&'static str; 3],
    pub(super) country: &'static str,
    pub(super) usage: &'static str,
    pub(super) number_type: &'static str,
    /// Its numbers are this and six digits.
    pub(super) prefix: &'static str,
}

const fn site(
    city: &'static str,
    offices: [&'static str; 3],
    country: [&'static str; 2],
    number_type: &'static str,
    prefix: &'static str,
) -> Site {
    Site {
        city,
        offices,
        country: country[0],
        usage: country[1],
        number_type,
        prefix,
    }
}

pub(super) const SITES: [Site; 12] = [
    site(
        "München",
        ["Englischer Garten", "Werksviertel", "Isartor"],
        ["Germany", "DE"],
        "directRouting",
        "+49895",
    ),
    site(
        "Köln",
        ["Rheinauhafen", "Mediapark", "Deutz"],
        ["Germany", "DE"],
        "directRouting",
        "+492215",
    ),
    site(
        "Berlin",
        ["Mitte", "Adlershof", "Moabit"],
        ["Germany", "DE"],
        "directRouting",
        "+49305",
    ),
    site(
        "Zürich",
        ["Europaallee", "Oerlikon", "Seefeld"],
        ["Switzerland", "CH"],
        "operatorConnect",
        "+41435",
    ),
    site(
        "Wien",
        ["Donaustadt", "Favoriten", "Neubau"],
        ["Austria", "AT"],
        "directRouting",
        "+4315",
    ),
    site(
        "Paris",
        ["La Défense", "Bercy", "Opéra"],
        ["France", "FR"],
        "directRouting",
        "+33155",
    ),
    site(
        "London",
        ["Finsbury Square", "Paddington", "Docklands"],
        ["United Kingdom", "GB"],
        "operatorConnect",
        "+44207",
    ),
    site(
        "Dublin",
        ["Grand Canal", "Sandyford", "Docklands"],
        ["Ireland", "IE"],
        "directRouting",
        "+35315",
    ),
    site(
        "Amsterdam",
        ["Zuidas", "Sloterdijk", "Houthavens"],
        ["Netherlands", "NL"],
        "directRouting",
        "+31205",
    ),
    site(
        "Warszawa",
        ["Wola", "Mokotów", "Śródmieście"],
        ["Poland", "PL"],
        "directRouting",
        "+48225",
    ),
    site(
        "Bengaluru",
        ["Whitefield", "Koramangala", "Hebbal"],
        ["India", "IN"],
        "directRouting",
        "+918055",
    ),
    site(
        "Seattle",
        ["Pioneer Square", "South Lake Union", "Fremont"],
        ["United States", "US"],
        "callingPlan",
        "+1206",
    ),
];

/// How many digits a site's numbers have behind the prefix.
pub(super) const fn digits(prefix: &str) -> usize {
    match prefix.as_bytes() {
        [b'+', b'1', ..] | [b'+', b'4', b'4', ..] => 7,
        _ => 6,
    }
}

pub(super) const GIVEN: [(&str, &str); 32] = [
    ("Anna", "anna"),
    ("Jürgen", "juergen"),
    ("Zoë", "zoe"),
    ("Lukas", "lukas"),
    ("Marie", "marie"),
    ("Paweł", "pawel"),
    ("Aoife", "aoife"),
    ("Rohan", "rohan"),
    ("Ines", "ines"),
    ("François", "francois"),
    ("Emma", "emma"),
    ("Noah", "noah"),
    ("Sofia", "sofia"),
    ("Liam", "liam"),
    ("Mia", "mia"),
    ("Elias", "elias"),
    ("Aarav", "aarav"),
    ("Ananya", "ananya"),
    ("Chloé", "chloe"),
    ("Hugo", "hugo"),
    ("Agnieszka", "agnieszka"),
    ("Tomasz", "tomasz"),
    ("Sanne", "sanne"),
    ("Daan", "daan"),
    ("Heike", "heike"),
    ("Klaus", "klaus"),
    ("Grace", "grace"),
    ("Oliver", "oliver"),
    ("Priya", "priya"),
    ("Vikram", "vikram"),
    ("Emily", "emily"),
    ("Jack", "jack"),
];

pub(super) const SURNAMES: [(&str, &str); 32] = [
    ("Müller", "mueller"),
    ("Schmidt", "schmidt"),
    ("Weiß", "weiss"),
    ("Fischer", "fischer"),
    ("Meyer", "meyer"),
    ("Wagner", "wagner"),
    ("Huber", "huber"),
    ("Frei", "frei"),
    ("Keller", "keller"),
    ("Gruber", "gruber"),
    ("Martin", "martin"),
    ("Lefèvre", "lefevre"),
    ("Dubois", "dubois"),
    ("Moreau", "moreau"),
    ("Smith", "smith"),
    ("Jones", "jones"),
    ("Taylor", "taylor"),
    ("Murphy", "murphy"),
    ("Byrne", "byrne"),
    ("Jansen", "jansen"),
    ("Bakker", "bakker"),
    ("Visser", "visser"),
    ("Nowak", "nowak"),
    ("Kowalska", "kowalska"),
    ("Wójcik", "wojcik"),
    ("Gupta", "gupta"),
    ("Iyer", "iyer"),
    ("Reddy", "reddy"),
    ("Sharma", "sharma"),
    ("Johnson", "johnson"),
    ("Garcia", "garcia"),
    ("Lee", "lee"),
];

pub(super) const DEPARTMENTS: [&str; 16] = [
    "Sales",
    "Sales Operations",
    "Support",
    "Engineering",
    "Research",
    "Finance",
    "Legal",
    "Human Resources",
    "Marketing",
    "Procurement",
    "Logistics",
    "Quality",
    "Facilities",
    "IT",
    "Consulting",
    "Management",
];

pub(super) const TITLES: [&str; 8] = [
    "Analyst",
    "Consultant",
    "Engineer",
    "Manager",
    "Specialist",
    "Assistant",
    "Director",
    "Team Lead",
];

/// SPE_E5.
pub(super) const E5: Uuid = uuid!("06ebc4ee-1bb5-47dd-8120-11324bc54e06");
/// SPE_E3.
pub(super) const E3: Uuid = uuid!("05e9a617-0261-4cee-bb44-138d3ef5d965");
/// The add-on MCOEV (a SKU, not the plan).
pub(super) const PHONE_ADD_ON: Uuid = uuid!("e43b5b99-8dfb-405f-9987-dc307f34bcbd");
/// The add-on MCOPSTN1.
pub(super) const CALLING_ADD_ON: Uuid = uuid!("0dab259f-bf13-4952-b7f8-7db8f131b28d");
/// Microsoft_Teams_Rooms_Pro.
pub(super) const ROOMS_PRO: Uuid = uuid!("4cde982a-ede4-4409-9ae6-b003453c8ea6");
/// PHONESYSTEM_VIRTUALUSER.
pub(super) const VIRTUAL_USER: Uuid = uuid!("440eaaa8-b3e0-484b-a8be-62870b9ba70a");
/// Microsoft_365_E5_(no_Teams).
pub(super) const E5_NO_TEAMS: Uuid = uuid!("18a4bd3f-0b5b-4887-b04f-61dd0ee15f5e");

/// The plan MCOEV.
pub(super) const PHONE_PLAN: Uuid = uuid!("4828c8ec-dc2e-4779-b502-87ac9ce28ab7");
/// The plan MCOPSTN1.
pub(super) const CALLING_PLAN: Uuid = uuid!("4ed3ff63-69d7-4fb7-b984-5aec7f605ca8");

const TEAMS: (&str, Uuid) = ("TEAMS1", uuid!("57ff2da0-773e-42df-b2af-ffb7a2317929"));
const STANDARD: (&str, Uuid) = ("MCOSTANDARD", uuid!("0feaeb32-d00e-4d66-bd5a-43b5b83db82c"));
const EXCHANGE: (&str, Uuid) = (
    "EXCHANGE_S_ENTERPRISE",
    uuid!("efb87545-963c-4e0d-99df-69c6916d9eb0"),
);
const SHAREPOINT: (&str, Uuid) = (
    "SHAREPOINTENTERPRISE",
    uuid!("5dbe027f-2339-4123-9542-606e4d348a72"),
);
const CONFERENCING: (&str, Uuid) = ("MCOMEETADV", uuid!("3e26ee1f-8a5f-4d52-aee2-b81ce45c8f40"));
const PHONE: (&str, Uuid) = ("MCOEV", PHONE_PLAN);

/// Names and ids of plans.
type Plans = &'static [(&'static str, Uuid)];

/// SKU id, part number, plans.
pub(super) const SKUS: [(Uuid, &str, Plans); 7] = [
    (
        E5,
        "SPE_E5",
        &[PHONE, TEAMS, STANDARD, EXCHANGE, SHAREPOINT, CONFERENCING],
    ),
    (E3, "SPE_E3", &[TEAMS, STANDARD, EXCHANGE, SHAREPOINT]),
    (PHONE_ADD_ON, "MCOEV", &[PHONE]),
    (CALLING_ADD_ON, "MCOPSTN1", &[("MCOPSTN1", CALLING_PLAN)]),
    (ROOMS_PRO, "Microsoft_Teams_Rooms_Pro", &[PHONE, TEAMS]),
    (
        VIRTUAL_USER,
        "PHONESYSTEM_VIRTUALUSER",
        &[(
            "MCOEV_VIRTUALUSER",
            uuid!("f47330e9-c134-43b3-9993-e7f004506889"),
        )],
    ),
    (
        E5_NO_TEAMS,
        "Microsoft_365_E5_(no_Teams)",
        &[PHONE, EXCHANGE, SHAREPOINT],
    ),
];
