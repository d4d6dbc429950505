//! When two texts are equal: the normal form that both sides of a comparison are brought into.

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;
use std::borrow::Cow;

/// The form in which texts are compared: marks without width dropped, NFC, white space collapsed and trimmed, full
/// Unicode case folding without a locale, NFC again. Accents count.
#[must_use]
pub fn normal_form(text: &str) -> String {
    let mut form = String::with_capacity(text.len());
    normal_form_into(text, &mut form);
    form
}

/// As [`normal_form`], into a buffer that is emptied first.
pub(super) fn normal_form_into(text: &str, form: &mut String) {
    form.clear();
    if text.is_ascii() {
        push_collapsed(text, form);
        form.make_ascii_lowercase();
        return;
    }
    let tidy = before_folding(text);
    let folded = CaseMapper::new().fold_string(&tidy);
    form.push_str(&ComposingNormalizerBorrowed::new_nfc().normalize(&folded));
}

/// The normal form up to folding: what patterns see.
pub(super) fn before_folding(text: &str) -> Cow<'_, str> {
    let kept: Cow<'_, str> = if text.is_ascii() {
        Cow::Borrowed(text)
    } else if text.contains(is_dropped) {
        Cow::Owned(text.replace(is_dropped, ""))
    } else {
        Cow::Borrowed(text)
    };
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(&kept);
    if is_collapsed(&composed) {
        return Cow::Owned(composed.into_owned());
    }
    let mut collapsed = String::with_capacity(composed.len());
    push_collapsed(&composed, &mut collapsed);
    Cow::Owned(collapsed)
}

/// Zero-width, soft-hyphen and direction marks. The joiners U+200C and U+200D carry meaning in several scripts.
fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2060}' | '\u{FEFF}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}'
    )
}

fn is_collapsed(text: &str) -> bool {
    let mut after_space = true;
    for c in text.chars() {
        let space = c.is_whitespace();
        if space && (after_space || c != ' ') {
            return false;
        }
        after_space = space;
    }
    !after_space || text.is_empty()
}

fn push_collapsed(text: &str, out: &mut String) {
    for word in text
        .split(char::is_whitespace)
        .filter(|word| !word.is_empty())
    {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_and_unequal_texts() {
        let check = |a: &str, b: &str, equal: bool| {
            assert_eq!(normal_form(a) == normal_form(b), equal, "{a:?} and {b:?}");
        };
        check("MÜNCHEN", " München ", true);
        check("mu\u{308}nchen", "München", true);
        check("STRASSE", "Straße", true);
        check("New\u{A0}\u{A0}York", "new york", true);
        check("Bo\u{AD}nn\u{200E}", "bonn", true);
        check("a\tb", "A B", true);
        check("Munchen", "München", false);
        check("Muenchen", "München", false);
        check("a\u{200C}b", "ab", false);
        check("İ", "i", false);
        check("\u{200B} ", "", true);
    }

    #[test]
    fn patterns_see_case() {
        assert_eq!(before_folding(" Ext-\u{200B}A  B "), "Ext-A B");
    }

    proptest! {
        #[test]
        fn case_and_outer_space_never_matter(text in "[ a-zA-ZäöüÄÖÜß0-9]{0,12}") {
            prop_assert_eq!(normal_form(&text), normal_form(&format!("  {} ", text.to_lowercase())));
            prop_assert_eq!(normal_form(&normal_form(&text)), normal_form(&text));
        }
    }
}
