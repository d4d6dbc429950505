//! What a scenario asks for by hand. People are called by their short names.

use super::run::Run;
use super::scenario::Scenario;
use super::tenant::upn;

impl Scenario {
    /// `assign NAME …`, which must end with this code.
    pub(crate) async fn assign(&self, name: &str, more: &[&str], code: i32) -> Run {
        self.order(&["assign", &upn(name)], more, code).await
    }

    /// `release NAME …`, which must end with this code.
    pub(crate) async fn release(&self, name: &str, more: &[&str], code: i32) -> Run {
        self.order(&["release", &upn(name)], more, code).await
    }

    /// `assign NAME …` is refused with all of this on standard error.
    pub(crate) async fn refuses(&self, name: &str, more: &[&str], said: &[&str]) {
        self.assign(name, more, 1).await.says(said);
    }

    /// `users VERB NAME …`, which must end with this code.
    pub(crate) async fn users(&self, verb: &str, name: &str, more: &[&str], code: i32) -> Run {
        self.order(&["users", verb, &upn(name)], more, code).await
    }

    /// `numbers VERB NUMBER …`, which must end with this code.
    pub(crate) async fn numbers(&self, verb: &str, number: &str, more: &[&str], code: i32) -> Run {
        self.order(&["numbers", verb, number], more, code).await
    }

    async fn order(&self, command: &[&str], more: &[&str], code: i32) -> Run {
        let run = self.run(&[command, more].concat()).await;
        run.exits(code);
        run
    }
}
