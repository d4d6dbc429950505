//! What administrators see: whole systems, told as stories. Each runs on both engines, and each ends with a further
//! sync that has nothing to do.

mod audit;
mod brakes;
mod by_hand;
mod choosing;
mod contoso;
mod csv_files;
mod diagnosing;
mod examining_numbers;
mod expected;
mod explaining;
mod figures;
mod files;
mod files_at_work;
mod files_of_people;
mod hands;
mod leaving;
mod locations;
mod logs;
mod migrating;
mod migrating_back;
mod migrating_many;
mod modes;
mod one_number;
mod operators;
mod orders;
mod outside;
mod overrides;
mod people;
mod plans;
mod policies;
mod processes;
mod profile;
mod readiness;
mod reading;
mod refused;
mod renumbering;
mod reviewing;
mod rule_tools;
mod signing_in;
mod stock;
mod tenants;
mod trouble;
mod undo;

/// One office, ten numbers.
const MUNICH: &str = r#"
range "muc" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1009
  quarantine 30 days
  when       city = "München"
}
"#;

/// The same office with a single number.
const ONE_NUMBER: &str = r#"
range "muc" {
  type       direct-routing
  numbers    +49 89 5550 1000
  quarantine 30 days
  when       city = "München"
}
"#;

/// Teams leaves numbers with people who lost their licence.
fn keep() -> serde_json::Value {
    serde_json::json!({"on_licence_loss": {"directRouting": {"mode": "keep"}}})
}
