//! The six offices of the demonstration's tenant, with every way people have typed them.

/// An office.
pub(super) struct Office {
    /// The first is right; the others are what a real directory holds.
    pub(super) city: &'static [&'static str],
    pub(super) office: &'static [&'static str],
    pub(super) country: &'static str,
    pub(super) usage: &'static str,
    /// First number of the office, without the index.
    pub(super) block: u64,
    pub(super) number_type: &'static str,
    /// How many numbers the carrier or the tenant lists; 0 for unlisted direct routing.
    pub(super) listed: u64,
}

pub(super) const OFFICES: [Office; 6] = [
    Office {
        // Right, decomposed, blank behind, no-break space behind, capitals, alias, zero-width space inside.
        city: &[
            "München",
            "Mu\u{308}nchen",
            "München ",
            "München\u{a0}",
            "MÜNCHEN",
            "Munich",
            "Mün\u{200b}chen",
            "münchen",
        ],
        office: &[
            "Englischer Garten",
            "Englischer\u{a0}Garten",
            "ENGLISCHER GARTEN",
            "Englischer  Garten ",
        ],
        country: "Germany",
        usage: "DE",
        block: 498_955_501_000,
        number_type: "directRouting",
        listed: 0,
    },
    Office {
        city: &["Berlin", "BERLIN", " Berlin", "berlin", "Berlin\t"],
        office: &["Spreebogen", "Spreebogen ", "SPREEBOGEN"],
        country: "Germany",
        usage: "DE",
        block: 493_055_502_000,
        number_type: "directRouting",
        listed: 0,
    },
    Office {
        city: &[
            "Zürich",
            "Zu\u{308}rich",
            "ZÜRICH",
            "Zurich",
            "Zürich ",
            "Zuerich",
        ],
        office: &["Europaallee", "EUROPAALLEE", "Europaallee\u{a0}"],
        country: "Switzerland",
        usage: "CH",
        block: 41_435_550_100,
        number_type: "operatorConnect",
        listed: 120,
    },
    Office {
        city: &["Paris", "PARIS", "Paris ", "paris", "P\u{ad}aris"],
        office: &[
            "La Défense",
            "La De\u{301}fense",
            "LA DÉFENSE",
            "La\u{a0}Défense",
        ],
        country: "France",
        usage: "FR",
        block: 33_155_501_000,
        number_type: "directRouting",
        listed: 0,
    },
    Office {
        city: &["London", "LONDON", "London ", "london"],
        office: &["Finsbury Square", "Finsbury  Square", "FINSBURY SQUARE"],
        country: "United Kingdom",
        usage: "GB",
        block: 442_079_460_100,
        number_type: "operatorConnect",
        listed: 100,
    },
    Office {
        city: &["Seattle", "SEATTLE", "Seattle ", "seattle"],
        office: &["Pioneer Square", "Pioneer Square ", "PIONEER SQUARE"],
        country: "United States",
        usage: "US",
        block: 12_065_550_100,
        number_type: "callingPlan",
        listed: 90,
    },
];

/// Type and name of the tenant's policies.
pub(super) const POLICIES: [(&str, &str); 7] = [
    ("OnlineVoiceRoutingPolicy", "DE-Munich"),
    ("OnlineVoiceRoutingPolicy", "DE-Berlin"),
    ("OnlineVoiceRoutingPolicy", "DE-National"),
    ("OnlineVoiceRoutingPolicy", "FR-Paris"),
    ("TenantDialPlan", "DE"),
    ("TenantDialPlan", "FR"),
    ("TeamsCallingPolicy", "AllowCalling"),
];
