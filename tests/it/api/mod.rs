//! The service over HTTP: the real binary, asked over real connections.

mod by_hand;
mod described;
mod looking;

/// One office, ten numbers.
const MUNICH: &str = r#"
range "muc" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1009
  quarantine 30 days
  when       city = "München"
}
"#;
