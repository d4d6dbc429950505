//! A user as Graph sends it (docs/graph.md 1.2, 1.3), borrowed from the answer, and the list of what is asked for.

use super::decode::Text;
use serde::Deserialize;

/// Everything that [`crate::directory::User`] needs. What is not selected is neither returned nor tracked (docs/graph.md 1.1).
pub(super) const PROPERTIES: &str = "id,userPrincipalName,mail,displayName,givenName,surname,city,state,country,\
postalCode,streetAddress,officeLocation,usageLocation,department,companyName,jobTitle,employeeId,employeeType,\
employeeOrgData,onPremisesExtensionAttributes,preferredLanguage,accountEnabled,userType,onPremisesSyncEnabled,\
createdDateTime,businessPhones,assignedLicenses,assignedPlans";

/// What is asked for besides, where hire dates are wanted.
pub(super) const HIRE_DATE: &str = ",employeeHireDate";

/// One page of a delta round.
#[derive(Debug, Deserialize)]
pub(super) struct WirePage<'a> {
    #[serde(rename = "@odata.nextLink", borrow)]
    pub(super) next: Option<Text<'a>>,
    #[serde(rename = "@odata.deltaLink", borrow)]
    pub(super) delta: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) value: Option<Vec<WireUser<'a>>>,
}

/// One user, or the notice that it was removed. Absent is: never set.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireUser<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(rename = "@removed", borrow)]
    pub(super) removed: Option<WireRemoved<'a>>,
    #[serde(borrow)]
    pub(super) user_principal_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) mail: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) display_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) given_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) surname: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) city: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) state: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) country: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) postal_code: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) street_address: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) office_location: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) usage_location: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) department: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) company_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) job_title: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) employee_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) employee_type: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) employee_org_data: Option<WireOrgData<'a>>,
    #[serde(borrow)]
    pub(super) on_premises_extension_attributes: Option<WireExtensions<'a>>,
    #[serde(borrow)]
    pub(super) preferred_language: Option<Text<'a>>,
    pub(super) account_enabled: Option<bool>,
    #[serde(borrow)]
    pub(super) user_type: Option<Text<'a>>,
    pub(super) on_premises_sync_enabled: Option<bool>,
    #[serde(borrow)]
    pub(super) created_date_time: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) employee_hire_date: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) business_phones: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    pub(super) assigned_licenses: Option<Vec<WireLicence<'a>>>,
    #[serde(borrow)]
    pub(super) assigned_plans: Option<Vec<WirePlan<'a>>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct WireRemoved<'a> {
    #[serde(borrow)]
    pub(super) reason: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireOrgData<'a> {
    #[serde(borrow)]
    pub(super) division: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) cost_center: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireLicence<'a> {
    #[serde(borrow)]
    pub(super) sku_id: Text<'a>,
    #[serde(borrow)]
    pub(super) disabled_plans: Option<Vec<Text<'a>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WirePlan<'a> {
    #[serde(borrow)]
    pub(super) service_plan_id: Text<'a>,
    #[serde(borrow)]
    pub(super) capability_status: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) assigned_date_time: Option<Text<'a>>,
}

/// The fifteen extension attributes.
#[derive(Debug, Deserialize)]
pub(super) struct WireExtensions<'a> {
    #[serde(rename = "extensionAttribute1", borrow)]
    pub(super) e1: Option<Text<'a>>,
    #[serde(rename = "extensionAttribute2", borrow)]
    pub(super) e2: Option<Text<'a>>,
    #[serde(rename = "extensionAttribute3", borrow)]
    pub(super) e3: Option<Text<'a>>,
    #[serde(rename = "extensionAttribute4", borrow)]
    pub(super) e4: Option<Text<'a>>,
    #[serde(rename = "extensionAttribute5", borrow)]
    pub(super) e5: Option<Text<'a>>,
    #[serde(rename = "extensionAttribute6", borrow)]
    pub(super) e6: Option<Text<'a>>,
    #[serde(rename = "extensionAttribute7", borrow)]
    pub(super) e7: Option<Text<'a>>,
    #[serde(rename = "extensionAttribute8", borrow)]
    pub(super) e8: Option<Text<'a>>,
    #[serde(rename = "extensionAttribute9", borrow)]
    pub(super) e9: Option<Text<'a>>,
    #[serde(rename = "extensionAttribute10", borrow)]
    pub(super) e10: Option<Text<'a>>,
    #[serde(rename = "extensionAttribute11", borrow)]
    pub(super) e11: Option<Text<'a>>,
    #[serde(rename = "extensionAttribute12", borrow)]
    pub(super) e12: Option<Text<'a>>,
    #[serde(rename = "extensionAttribute13", borrow)]
    pub(super) e13: Option<Text<'a>>,
    #[serde(rename = "extensionAttribute14", borrow)]
    pub(super) e14: Option<Text<'a>>,
    #[serde(rename = "extensionAttribute15", borrow)]
    pub(super) e15: Option<Text<'a>>,
}
