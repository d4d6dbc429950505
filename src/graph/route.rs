//! What a request is for, as far as its refusal is concerned: each route has its least permission (docs/graph.md 0).

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// Users: by delta, and one by its id.
    Users,
    /// The tenant's products.
    Skus,
    /// Members of a group.
    Members,
    /// Numbers and operations, reading.
    Numbers,
    /// Assigning and unassigning numbers.
    AssignNumber,
    /// Teams configuration of a user.
    Voice,
    /// Policy ids, and assigning policies.
    Policies,
    /// `businessPhones` of a user.
    Phone,
}

impl Route {
    /// The least application permission that carries it.
    pub(super) const fn permission(self) -> &'static str {
        match self {
            Self::Users => "User.Read.All",
            Self::Skus => "LicenseAssignment.Read.All",
            Self::Members => "GroupMember.Read.All",
            Self::Numbers => "TeamsTelephoneNumber.Read.All",
            Self::AssignNumber => "TeamsTelephoneNumber.ReadWrite.All",
            Self::Voice => "TeamsUserConfiguration.Read.All",
            Self::Policies => "TeamsPolicyUserAssign.ReadWrite.All",
            Self::Phone => "User-Phone.ReadWrite.All",
        }
    }

    /// Its name in logs and figures.
    pub(super) const fn endpoint(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Skus => "skus",
            Self::Members => "group-members",
            Self::Numbers => "numbers",
            Self::AssignNumber => "number-assignment",
            Self::Voice => "user-configuration",
            Self::Policies => "policies",
            Self::Phone => "business-phone",
        }
    }

    /// What is asked for, to be read after "while reading" or "while writing".
    pub(super) const fn subject(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Skus => "subscribed products",
            Self::Members => "group members",
            Self::Numbers => "telephone numbers",
            Self::AssignNumber => "a number assignment",
            Self::Voice => "a Teams user configuration",
            Self::Policies => "Teams policies",
            Self::Phone => "a business phone",
        }
    }
}
