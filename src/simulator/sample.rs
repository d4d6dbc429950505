//! The office tenant of the demonstration.
use super::tenant_file::TenantFile;
/// rules
pub const SAMPLE_RULES: &str = "";
/// tenant
#[must_use]
pub fn sample_office_tenant() -> TenantFile {
    super::generate::generate(10, 1)
}
