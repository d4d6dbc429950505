//! The service over the real binary: it runs by itself, answers over HTTP, and stops in good order.

mod by_itself;
mod demo;
mod ending;
mod in_force;
mod many;
mod months;
mod over_http;
mod refusals;
mod repository;
mod webhooks;

/// One range for Munich.
const MUNICH: &str = "
range \"muc\" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1099
  when       city = \"München\"
  quarantine 0 days
}";

/// No sync but those that are asked for.
const ASKED_ONLY: &str = "mode = \"apply\"\n[schedule]\non_start = false\ncron = \"0 0 0 1 1 *\"\nfull_cron = \"0 0 0 1 1 *\"";
