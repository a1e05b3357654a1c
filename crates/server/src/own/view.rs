//! Series of a tenant together with our own: a selector that names one of our metrics (`tacho_…`), or
//! the alerts that rules keep (`ALERTS`, `ALERTS_FOR_STATE`), or a series that a shipped rule records
//! (`tacho:…`), finds both. Lists of names and values stay those of the tenant.

use std::sync::Arc;
use tacho_model::labels::{Labels, METRIC_NAME};
use tacho_model::metric::{Exemplar, Metadata};
use tacho_storage::error::Result;
use tacho_storage::read::ReadContext;
use tacho_storage::samples::matcher::{LabelMatcher, MatchOp};
use tacho_storage::samples::read::{
    Cardinality, CardinalityRequest, NamesRequest, SelectRequest, SelectedSeries, SeriesView,
};

/// Two views as one.
pub struct WithOwn {
    theirs: Arc<dyn SeriesView>,
    own: Arc<dyn SeriesView>,
}

impl WithOwn {
    /// The series of a tenant, and ours.
    pub fn new(theirs: Arc<dyn SeriesView>, own: Arc<dyn SeriesView>) -> Self {
        Self { theirs, own }
    }
}

/// Whether a selector may mean series of ours.
fn names_ours(matchers: &[LabelMatcher]) -> bool {
    matchers.iter().any(|matcher| {
        matcher.name == METRIC_NAME && matcher.op == MatchOp::Equal && is_ours(&matcher.value)
    })
}

fn is_ours(name: &str) -> bool {
    name.starts_with("tacho_")
        || name.starts_with("tacho:")
        || matches!(name, "ALERTS" | "ALERTS_FOR_STATE")
}

impl SeriesView for WithOwn {
    fn select(
        &self,
        request: &SelectRequest,
        context: &ReadContext,
    ) -> Result<Vec<SelectedSeries>> {
        let theirs = self.theirs.select(request, context)?;
        if !names_ours(&request.matchers) {
            return Ok(theirs);
        }
        let own = self.own.select(request, context)?;
        Ok(merge(theirs, own))
    }

    fn label_sets(&self, request: &NamesRequest, context: &ReadContext) -> Result<Vec<Labels>> {
        self.theirs.label_sets(request, context)
    }

    fn label_names(&self, request: &NamesRequest, context: &ReadContext) -> Result<Vec<String>> {
        self.theirs.label_names(request, context)
    }

    fn label_values(
        &self,
        name: &str,
        request: &NamesRequest,
        context: &ReadContext,
    ) -> Result<Vec<String>> {
        self.theirs.label_values(name, request, context)
    }

    fn exemplars(
        &self,
        request: &NamesRequest,
        context: &ReadContext,
    ) -> Result<Vec<(Labels, Vec<Exemplar>)>> {
        self.theirs.exemplars(request, context)
    }

    fn metadata(&self, context: &ReadContext) -> Result<Vec<(String, Metadata)>> {
        self.theirs.metadata(context)
    }

    fn family_of_alias(&self, alias: &str) -> Option<String> {
        self.theirs.family_of_alias(alias)
    }

    fn cardinality(
        &self,
        request: &CardinalityRequest,
        context: &ReadContext,
    ) -> Result<Cardinality> {
        self.theirs.cardinality(request, context)
    }
}

/// Both lists, sorted by labels; where a label set is in both, theirs is taken.
fn merge(theirs: Vec<SelectedSeries>, own: Vec<SelectedSeries>) -> Vec<SelectedSeries> {
    let mut merged = theirs;
    merged.extend(own);
    merged.sort_by(|a, b| a.labels.cmp(&b.labels));
    merged.dedup_by(|later, first| later.labels == first.labels);
    merged
}
