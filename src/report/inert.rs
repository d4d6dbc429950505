//! Text of other people's making, made harmless for a terminal.

/// Longer texts are cut: a display name may have a thousand characters, and a line has to stay a line.
const LONGEST: usize = 200;

/// Shows what could move the cursor, colour the screen, turn the direction of writing or hide as its code point, so
/// that a name from the directory can neither forge a line of a report nor hide one. Cuts what is longer than a line.
#[must_use]
pub fn inert(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (place, sign) in text.chars().enumerate() {
        if place == LONGEST {
            shown.push('…');
            break;
        }
        if is_active(sign) {
            shown.extend(sign.escape_unicode());
        } else {
            shown.push(sign);
        }
    }
    shown
}

/// Control characters, line separators, direction marks, and what is invisible. The joiners U+200C and U+200D are
/// letters of some scripts and stay.
fn is_active(sign: char) -> bool {
    sign.is_control()
        || matches!(
            sign,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn active_signs_are_shown_and_others_left() {
        for (text, shown) in [
            ("anna@contoso.com", "anna@contoso.com"),
            ("Zoë Łukasz 李", "Zoë Łukasz 李"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\r\nb\tc", "a\\u{d}\\u{a}b\\u{9}c"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("moc.\u{202e}evil", "moc.\\u{202e}evil"),
            ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
        ] {
            assert_eq!(inert(text), shown);
        }
        assert_eq!(inert(&"x".repeat(1024)).chars().count(), 201);
    }
}
