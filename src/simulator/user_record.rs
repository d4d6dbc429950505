//! One user's properties, each kept as the JSON text it is sent as.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Properties by name. Values are compact JSON, so that a page is built by joining texts.
#[derive(Clone, Debug, Default)]
pub(super) struct Record(BTreeMap<Box<str>, Box<str>>);

impl Record {
    /// Keeps every property but the OData annotations; the id is kept by the store.
    pub(super) fn from_fields(fields: Map<String, Value>) -> Self {
        Self(
            fields
                .into_iter()
                .filter(|(name, _)| !name.starts_with('@') && name != "id")
                .map(|(name, value)| (name.into_boxed_str(), value.to_string().into_boxed_str()))
                .collect(),
        )
    }

    /// The JSON text of a property.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(AsRef::as_ref)
    }

    /// Sets a property; answers whether that changed anything.
    pub(super) fn set(&mut self, name: &str, value: &Value) -> bool {
        let text = value.to_string();
        let old = self.text(name).unwrap_or("null");
        let differs = old != text;
        if differs {
            self.0.insert(name.into(), text.into_boxed_str());
        }
        differs
    }

    /// Names of all properties.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(AsRef::as_ref)
    }
}

/// What a user is shown with when nothing is selected (docs/graph.md 2.1), the id aside.
pub(super) const DEFAULT_PROPERTIES: [&str; 10] = [
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
];

/// Properties that live outside the directory's main store: never listed, never tracked (docs/graph.md 1.3).
pub(super) const OUTSIDE_STORE: [&str; 15] = [
    "signInActivity",
    "cloudLicensing",
    "mailboxSettings",
    "deviceEnrollmentLimit",
    "print",
    "aboutMe",
    "birthday",
    "hireDate",
    "interests",
    "mySite",
    "pastProjects",
    "preferredName",
    "responsibilities",
    "schools",
    "skills",
];

/// Every property of the user type that may be selected.
pub(super) const KNOWN_PROPERTIES: [&str; 59] = [
    "id",
    "accountEnabled",
    "ageGroup",
    "assignedLicenses",
    "assignedPlans",
    "authorizationInfo",
    "businessPhones",
    "city",
    "companyName",
    "consentProvidedForMinor",
    "country",
    "createdDateTime",
    "creationType",
    "customSecurityAttributes",
    "deletedDateTime",
    "department",
    "displayName",
    "employeeHireDate",
    "employeeId",
    "employeeLeaveDateTime",
    "employeeOrgData",
    "employeeType",
    "externalUserState",
    "externalUserStateChangeDateTime",
    "faxNumber",
    "givenName",
    "identities",
    "imAddresses",
    "isManagementRestricted",
    "isResourceAccount",
    "jobTitle",
    "lastPasswordChangeDateTime",
    "legalAgeGroupClassification",
    "licenseAssignmentStates",
    "mail",
    "mailNickname",
    "mobilePhone",
    "officeLocation",
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesExtensionAttributes",
    "onPremisesImmutableId",
    "onPremisesLastSyncDateTime",
    "onPremisesProvisioningErrors",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "onPremisesUserPrincipalName",
    "otherMails",
    "postalCode",
    "preferredLanguage",
    "provisionedPlans",
    "proxyAddresses",
    "state",
    "streetAddress",
    "surname",
    "usageLocation",
    "userPrincipalName",
    "userType",
];
