//! Values as they are written, each with exactly one accepted type. The layering library would turn `true`, `5.7` and
//! `"60"` into integers without a word; these do not.

use super::address;
use jiff::SignedDuration;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::fmt;

/// A text that is parsed on reading: name, what it holds, what is expected, how it is parsed.
macro_rules! text_scalar {
    ($(#[$meta:meta])* $name:ident($inner:ty), $expected:literal, $parse:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default)]
        pub(super) struct $name(pub(super) $inner);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl Visitor<'_> for Text {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_str<E: Error>(self, text: &str) -> Result<$name, E> {
                        $parse(text).map($name).map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }
    };
}

/// A whole number within bounds: name, least, most, what is expected.
macro_rules! whole_number {
    ($(#[$meta:meta])* $name:ident, $least:literal ..= $most:literal, $expected:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default)]
        pub(super) struct $name(pub(super) u64);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Whole;
                impl Visitor<'_> for Whole {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_u64<E: Error>(self, value: u64) -> Result<$name, E> {
                        if ($least..=$most).contains(&value) {
                            Ok($name(value))
                        } else {
                            Err(E::invalid_value(serde::de::Unexpected::Unsigned(value), &self))
                        }
                    }
                }
                deserializer.deserialize_u64(Whole)
            }
        }
    };
}

whole_number!(
    /// A number of things.
    Count, 0..=1_000_000_000, "a whole number of 0 or more"
);
whole_number!(
    /// A limit that has to let something through.
    Limit, 1..=10_000, "a whole number from 1 to 10000"
);
whole_number!(
    /// How often something is tried again.
    Retries, 0..=20, "a whole number from 0 to 20"
);
whole_number!(
    /// A share.
    Percent, 0..=100, "a whole number from 0 to 100"
);

text_scalar!(
    /// A length of time, zero included.
    Lapse(SignedDuration), "a duration such as \"30s\" (ms, s, m, h, d)", duration
);
text_scalar!(
    /// A length of time of at least a millisecond.
    Pause(SignedDuration), "a duration such as \"30s\" (ms, s, m, h, d)", |text: &str| match duration(text)? {
        SignedDuration::ZERO => Err("expected a duration longer than nothing".to_owned()),
        pause => Ok(pause),
    }
);
text_scalar!(
    /// A cron expression with seconds.
    Cron(Option<cron::Schedule>), "a cron expression with seconds, such as \"0 0 * * * *\"", cron_schedule
);
text_scalar!(
    /// Base URL of Graph or of the sign-in service.
    BaseUrl(String), "a URL such as \"https://graph.microsoft.com/v1.0\"", address::base_url
);
text_scalar!(
    /// Where messages are sent to.
    WebhookUrl(String), "a URL such as \"https://hooks.example.com/linekeeper\"", address::webhook
);
text_scalar!(
    /// A file or folder.
    Location(String), "a path", not_empty
);
text_scalar!(
    /// Name of a tenant, fit for file names, variables and addresses.
    TenantName(String), "a name of letters, digits, `-`, `_` and `.`", tenant_name
);
text_scalar!(
    /// Tenant or client id: a GUID, or a verified domain.
    Identifier(String), "an id such as \"00000000-0000-0000-0000-000000000000\"", identifier
);
text_scalar!(
    /// Where the HTTP server listens.
    Listen(Option<std::net::SocketAddr>), "an address such as \"127.0.0.1:8080\"", listen
);
text_scalar!(
    /// A service plan id.
    PlanId(uuid::Uuid), "a service plan id (a GUID)", |text: &str| uuid::Uuid::try_parse(text)
        .map_err(|_| format!("expected a service plan id (a GUID), found {text:?}"))
);

text_scalar!(
    /// A day of the calendar.
    Day(jiff::civil::Date), "a day such as \"2027-01-31\"", |text: &str| text.parse::<jiff::civil::Date>()
        .map_err(|_| format!("expected a day such as \"2027-01-31\", found {text:?}"))
);
text_scalar!(
    /// A git repository.
    Repository(String), "a git repository such as \"https://git.example.com/rules.git\"", address::repository
);
text_scalar!(
    /// A branch of a repository.
    Branch(String), "a branch such as \"main\"", branch
);
text_scalar!(
    /// A folder of a repository.
    RepositoryFolder(String), "a folder of the repository such as \"rules\"; \".\" is its top", repository_folder
);

/// A name that git accepts for a branch, and that means no more than that.
fn branch(text: &str) -> Result<String, String> {
    let forbidden = |sign: char| sign.is_control() || " ~^:?*[\\".contains(sign);
    let part = |part: &str| part.is_empty() || part.starts_with('.') || part.ends_with(".lock");
    if text.starts_with('-')
        || text.ends_with('.')
        || text.contains("..")
        || text.contains("@{")
        || text.contains(forbidden)
        || text.split('/').any(part)
    {
        return Err(format!(
            "expected the name of a branch such as \"main\", found {text:?}"
        ));
    }
    Ok(text.to_owned())
}

/// A way from the top of a repository, without `.` and `..` in it.
fn repository_folder(text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    let wrong = |part: &str| matches!(part, "" | "." | "..");
    match text {
        "." => Ok(String::new()),
        _ if text.contains(char::is_control) || text.split('/').any(wrong) => Err(format!(
            "expected a folder from the top of the repository, such as \"rules\", found {text:?}"
        )),
        _ => Ok(text.to_owned()),
    }
}

/// Parses a length of time as the contract writes it: a whole number and its unit, `500ms`, `30s`, `10m`, `6h`, `7d`.
///
/// # Errors
/// A sentence that says what is expected and what was found.
pub fn duration(text: &str) -> Result<SignedDuration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let wrong = || format!("expected a duration such as \"30s\" (ms, s, m, h, d), found {text:?}");
    let (amount, unit) = text.split_at(digits);
    let amount: i64 = amount.parse().map_err(|_| wrong())?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wrong()),
    };
    // A hundred years are beyond every use, and keep sums with an instant in range.
    amount
        .checked_mul(milliseconds)
        .filter(|total| *total <= 36_500 * 86_400_000)
        .map(SignedDuration::from_millis)
        .ok_or_else(|| format!("a duration of at most \"36500d\" is expected, found {text:?}"))
}

fn cron_schedule(text: &str) -> Result<Option<cron::Schedule>, String> {
    text.parse().map(Some).map_err(|_| {
        format!("expected a cron expression with seconds, such as \"0 0 * * * *\", found {text:?}")
    })
}

fn not_empty(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("expected a path, found an empty text".to_owned());
    }
    Ok(text.to_owned())
}

fn tenant_name(text: &str) -> Result<String, String> {
    let fits = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.');
    // A name of dots only would be another folder where the name becomes part of a path.
    if !text.chars().all(fits) || text.trim_matches('.').is_empty() || text.len() > 64 {
        return Err(format!(
            "a tenant's name is made of letters, digits, `-`, `_` and `.`, at most 64, found {text:?}"
        ));
    }
    Ok(text.to_owned())
}

fn identifier(text: &str) -> Result<String, String> {
    let fits = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '.');
    if text.is_empty() || !text.chars().all(fits) {
        return Err(format!("expected an id (a GUID), found {text:?}"));
    }
    Ok(text.to_owned())
}

fn listen(text: &str) -> Result<Option<std::net::SocketAddr>, String> {
    let numeric = text
        .strip_prefix("localhost:")
        .map(|port| format!("127.0.0.1:{port}"));
    numeric
        .as_deref()
        .unwrap_or(text)
        .parse()
        .map(Some)
        .map_err(|_| format!("expected an address such as \"127.0.0.1:8080\", found {text:?}"))
}
