//! Ranges that were short of numbers when a sync last looked.

use super::engine::{execute, fetch_all};
use super::error::Fault;
use super::tenant::TenantStore;
use crate::apply::Fence;
use jiff::Timestamp;
use std::collections::BTreeSet;

impl TenantStore {
    pub(super) async fn short_ranges(&self) -> Result<BTreeSet<String>, Fault> {
        const READ: &str = "SELECT range_name FROM low_stock WHERE tenant = $1";
        let mut tx = self.pool.read().await?;
        let rows: Vec<(String,)> = fetch_all!(&mut tx, READ, self.tenant)?;
        Ok(rows.into_iter().map(|(range,)| range).collect())
    }

    pub(super) async fn put_short_ranges(
        &self,
        fence: Fence,
        ranges: &BTreeSet<String>,
        now: Timestamp,
    ) -> Result<(), Fault> {
        const FORGET: &str = "DELETE FROM low_stock WHERE tenant = $1 AND range_name = $2";
        const ADD: &str = "INSERT INTO low_stock (tenant, range_name, since) VALUES ($1, $2, $3)";
        let before = self.short_ranges().await?;
        let mut w = self.writing(Some(fence), now).await?;
        for range in before.difference(ranges) {
            execute!(&mut w.tx, FORGET, self.tenant, range.as_str())?;
        }
        for range in ranges.difference(&before) {
            execute!(
                &mut w.tx,
                ADD,
                self.tenant,
                range.as_str(),
                now.as_microsecond()
            )?;
        }
        w.commit().await?;
        Ok(())
    }
}
