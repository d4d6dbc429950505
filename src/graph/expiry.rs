//! When a certificate ends, read from its DER without checking anything else of it.

use super::assertion::first_certificate;
use jiff::Timestamp;
use jiff::civil::DateTime;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The end of validity of the first certificate of a PEM text; `None` when it cannot be told.
#[must_use]
pub fn certificate_ends(pem: &str) -> Option<Timestamp> {
    let der = first_certificate(pem).ok()?;
    let (certificate, _) = within(&der, SEQUENCE)?;
    let (mut rest, _) = within(certificate, SEQUENCE)?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    // Serial number, signature algorithm and issuer stand before the validity.
    for _ in 0..3 {
        rest = element(rest)?.2;
    }
    let (validity, _) = within(rest, SEQUENCE)?;
    let (_, _, end) = element(validity)?;
    let (tag, text, _) = element(end)?;
    time(tag, std::str::from_utf8(text).ok()?)
}

fn within(der: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = element(der)?;
    (tag == wanted).then_some((content, rest))
}

/// Tag, content and what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..0x80 => (usize::from(*first), rest),
        _ => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = bytes.iter().try_fold(0_usize, |sum, byte| {
                sum.checked_mul(256)?.checked_add(usize::from(*byte))
            });
            (length?, rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// `YYMMDDHHMMSSZ`, whose years before 50 are of this century, or the same with four digits of year.
fn time(tag: u8, text: &str) -> Option<Timestamp> {
    let text = text.strip_suffix('Z')?;
    let whole = match tag {
        UTC_TIME if text.get(..2)? < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let read = DateTime::strptime("%Y%m%d%H%M%S", whole).ok()?;
    Some(read.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::certificate_ends;

    #[test]
    fn the_end_of_a_certificate_is_read() {
        let made = rcgen::generate_simple_self_signed(vec!["linekeeper".to_owned()])
            .expect("a certificate");
        let ends = certificate_ends(&made.cert.pem()).expect("an end");
        assert_eq!(ends.to_string(), "4096-01-01T00:00:00Z");
        assert_eq!(certificate_ends("no certificate"), None);
        assert_eq!(
            certificate_ends("-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----"),
            None
        );
    }
}
