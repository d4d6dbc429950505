//! What happens in an organisation from day to day: people come, move, go, lose a licence, come back.

use super::Simulator;
use super::generated_tables::{E5, GIVEN, SURNAMES};
use super::sample::newcomer;
use super::sample_tables::OFFICES;
use serde_json::{Value, json};

/// After so many happenings somebody who came leaves again.
const STAY: u64 = 12;

impl Simulator {
    /// Lets the n-th thing happen in the tenant of the demonstration, and tells it in a sentence. The same in every run.
    pub fn happening(&self, n: u64) -> String {
        let earlier = |before: u64| n.checked_sub(before).and_then(newcomer_of);
        match n % 4 {
            0 | 2 => self.comes(n),
            1 => match earlier(STAY + 1) {
                Some(who) => self.goes(who),
                None => self.comes(n),
            },
            _ => match (n % 8, earlier(3)) {
                (3, Some(who)) => self.moves(who, n),
                (_, Some(who)) => self.loses_licence(who),
                (_, None) => self.comes(n),
            },
        }
    }

    /// What cannot be done just now (somebody has left already) does not happen.
    fn order(&self, method: &str, target: &str, body: &Value) {
        let (http_status, _) = self.control(method, target, body);
        tracing::debug!(method, http_status, "something happens in the organisation");
    }

    fn comes(&self, n: u64) -> String {
        let user = newcomer(n);
        let (name, city) = (text(&user, "displayName"), text(&user, "city"));
        self.order("POST", "/_sim/users", &user);
        format!("{name} joins in {city}")
    }

    fn goes(&self, who: u64) -> String {
        let user = newcomer(who);
        self.order("DELETE", &of(&user, ""), &Value::Null);
        format!("{} leaves", text(&user, "displayName"))
    }

    fn moves(&self, who: u64, n: u64) -> String {
        let user = newcomer(who);
        let office = &OFFICES[usize::try_from(n % OFFICES.len() as u64).unwrap_or_default()];
        let place = json!({ "city": office.city[0], "officeLocation": office.office[0] });
        self.order("PATCH", &of(&user, ""), &place);
        let name = text(&user, "displayName");
        format!("{name} moves to {} and keeps the number", office.city[0])
    }

    fn loses_licence(&self, who: u64) -> String {
        let user = newcomer(who);
        self.order("POST", &of(&user, "/unlicense"), &json!({ "skuId": E5 }));
        format!("{} loses the licence", text(&user, "displayName"))
    }
}

/// Whether somebody came with the n-th happening.
fn newcomer_of(n: u64) -> Option<u64> {
    n.is_multiple_of(2).then_some(n)
}

fn of(user: &Value, what: &str) -> String {
    format!("/_sim/users/{}{what}", text(user, "id"))
}

fn text<'u>(user: &'u Value, key: &str) -> &'u str {
    user[key].as_str().unwrap_or_default()
}

/// Given name and surname of the n-th newcomer.
pub(super) fn name_of(
    n: u64,
) -> (
    &'static (&'static str, &'static str),
    &'static (&'static str, &'static str),
) {
    let at = |factor: u64, length: usize| {
        usize::try_from(n.wrapping_mul(factor) % length as u64).unwrap_or_default()
    };
    (
        &GIVEN[at(13, GIVEN.len())],
        &SURNAMES[at(17, SURNAMES.len())],
    )
}

#[cfg(test)]
mod tests {
    use crate::clock::SystemClock;
    use crate::simulator::{Options, Simulator, sample_office_tenant};
    use std::sync::Arc;

    #[tokio::test]
    async fn everything_that_can_happen_happens() {
        let clock = Arc::new(SystemClock::default());
        let simulator = Simulator::on_free_port(sample_office_tenant(), Options::default(), clock);
        let simulator = simulator.await.expect("a free port");
        let told: Vec<String> = (0..40).map(|n| simulator.happening(n)).collect();
        for what in ["joins in", "leaves", "moves to", "loses the licence"] {
            assert!(
                told.iter().any(|line| line.contains(what)),
                "{what}: {told:?}"
            );
        }
        let (_, state) = simulator.control("GET", "/_sim/state", &serde_json::Value::Null);
        assert!(state.is_object());
    }
}
