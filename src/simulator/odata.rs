//! The little of OData that the served routes understand: query options and `eq` filters.

use percent_encoding::percent_decode_str;

use super::exchange::GraphError;

/// Decoded query options in the order sent.
#[derive(Debug, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads what stands behind the `?`. A bare `+` means a blank, which is why numbers need `%2B`.
    pub(super) fn parse(text: &str) -> Self {
        let decode = |part: &str| {
            percent_decode_str(&part.replace('+', " "))
                .decode_utf8_lossy()
                .into_owned()
        };
        Self(
            text.split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    /// The value of an option, `None` when it was not sent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Refuses every option that the route does not know.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Box<GraphError>> {
        for (index, (name, _)) in self.0.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                return Err(unsupported(format!(
                    "The query option '{name}' is not supported here."
                )));
            }
            if self.0[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(GraphError::bad(
                    "BadRequest",
                    format!(
                        "Query option '{name}' was specified more than once, but it must be specified at most once."
                    ),
                ));
            }
        }
        Ok(())
    }

    /// A whole number between two bounds.
    pub(super) fn number(
        &self,
        name: &str,
        default: usize,
        from: usize,
        to: usize,
    ) -> Result<usize, Box<GraphError>> {
        let Some(text) = self.get(name) else {
            return Ok(default);
        };
        text.parse().ok().filter(|value| (from..=to).contains(value)).ok_or_else(|| {
            GraphError::bad(
                "Request_BadRequest",
                format!("Invalid page size specified: '{text}'. Must be between {from} and {to} inclusive."),
            )
        })
    }
}

/// 400 for a query that the directory does not do.
pub(super) fn unsupported(message: impl Into<String>) -> Box<GraphError> {
    GraphError::bad("Request_UnsupportedQuery", message)
}

/// One `field eq value` of a filter; for `field/any(c:c eq 'value')` the value must be among several.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clause {
    pub(super) field: String,
    pub(super) any: bool,
    /// The literal without quotes; `None` is the literal `null`.
    pub(super) value: Option<String>,
}

/// Reads clauses joined by one connective (`and` or `or`).
pub(super) fn clauses(filter: &str, connective: &str) -> Result<Vec<Clause>, Box<GraphError>> {
    split_outside_quotes(filter, &format!(" {connective} "))
        .into_iter()
        .map(clause)
        .collect()
}

fn clause(text: &str) -> Result<Clause, Box<GraphError>> {
    let text = text.trim();
    let wrong = || {
        GraphError::bad(
            "BadRequest",
            format!("Invalid filter clause: '{text}' is not understood."),
        )
    };
    let (field, any, comparison) = match text.split_once("/any(") {
        Some((field, rest)) => {
            let inner = rest.strip_suffix(')').ok_or_else(wrong)?;
            let (_, comparison) = inner.split_once(':').ok_or_else(wrong)?;
            (field, true, comparison.trim())
        }
        None => (text.split(' ').next().unwrap_or_default(), false, text),
    };
    let (_, literal) = comparison.split_once(" eq ").ok_or_else(wrong)?;
    Ok(Clause {
        field: field.trim().to_owned(),
        any,
        value: self::literal(literal.trim()).ok_or_else(wrong)?,
    })
}

/// `'text'` with doubled quotes inside, `null`, or a bare word such as `true`.
fn literal(text: &str) -> Option<Option<String>> {
    if text == "null" {
        return Some(None);
    }
    if let Some(inner) = text.strip_prefix('\'') {
        return Some(Some(inner.strip_suffix('\'')?.replace("''", "'")));
    }
    (!text.is_empty() && !text.contains([' ', '\'', '('])).then(|| Some(text.to_owned()))
}

fn split_outside_quotes<'t>(text: &'t str, separator: &str) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(separator) {
        let inside_quotes = text[start..at].matches('\'').count() % 2 == 1;
        if !inside_quotes {
            parts.push(&text[start..at]);
            start = at + separator.len();
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_sign_must_be_encoded() {
        let query = Query::parse("$filter=telephoneNumber%20eq%20%27%2B491%27&$top=5");
        assert_eq!(query.get("$filter"), Some("telephoneNumber eq '+491'"));
        assert_eq!(Query::parse("$filter=a+b").get("$filter"), Some("a b"));
    }

    #[test]
    fn filters_are_read_clause_by_clause() {
        let read = clauses(
            "assignmentStatus eq 'unassigned' and capabilities/any(c:c eq 'userAssignment')",
            "and",
        )
        .expect("a documented filter");
        assert_eq!(read.len(), 2);
        assert!(read[1].any && read[1].value.as_deref() == Some("userAssignment"));
        let quoted = clauses("city eq 'a and b' and x eq null", "and").expect("quotes protect");
        assert_eq!(quoted[0].value.as_deref(), Some("a and b"));
        assert_eq!(quoted[1].value, None);
        assert!(clauses("city gt 'a'", "and").is_err());
    }
}
