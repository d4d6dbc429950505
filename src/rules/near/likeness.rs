//! How alike two texts are that are not equal.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// How alike two texts are that are not equal, the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Likeness {
    /// Nothing differs but accents.
    Accents,
    /// One of them writes an umlaut or a ligature with two letters: `ae`, `oe`, `ue`.
    Spelling,
    /// So many letters are wrong, missing, too many or swapped.
    Letters(u8),
}

/// A text in the forms that likeness is judged by; made from its normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rules) struct Forms {
    /// Without accents.
    pub(super) bare: String,
    /// Umlauts as two letters, else without accents.
    pub(super) wide: String,
    /// Two letters that may stand for an umlaut as one.
    pub(super) narrow: String,
}

/// Texts whose forms are shorter are not taken for another spelling of each other.
pub(super) const SHORTEST: usize = 4;

/// The most letters that may differ.
pub(super) const MOST: usize = 2;

impl Forms {
    pub(in crate::rules) fn of(normal: &str) -> Self {
        let (mut bare, mut wide) = (String::new(), String::new());
        for letter in normal.chars() {
            match two_letters(letter) {
                Some((one, two)) => {
                    bare.push_str(one);
                    wide.push_str(two);
                }
                None => {
                    without_marks(letter, &mut bare);
                    without_marks(letter, &mut wide);
                }
            }
        }
        let narrow = wide
            .replace("ae", "a")
            .replace("oe", "o")
            .replace("ue", "u");
        Self { bare, wide, narrow }
    }
}

/// Letters that no normal form takes apart, and those that are also written with two letters: bare and wide.
fn two_letters(letter: char) -> Option<(&'static str, &'static str)> {
    Some(match letter {
        'ä' => ("a", "ae"),
        'ö' | 'ø' => ("o", "oe"),
        'ü' => ("u", "ue"),
        'å' => ("a", "aa"),
        'æ' => ("ae", "ae"),
        'œ' => ("oe", "oe"),
        'þ' => ("th", "th"),
        'ð' | 'đ' => ("d", "d"),
        'ł' => ("l", "l"),
        'ħ' => ("h", "h"),
        'ŧ' => ("t", "t"),
        'ı' => ("i", "i"),
        _ => return None,
    })
}

fn without_marks(letter: char, out: &mut String) {
    if letter.is_ascii() {
        out.push(letter);
        return;
    }
    let mut buffer = [0; 4];
    let apart = DecomposingNormalizerBorrowed::new_nfd();
    let apart = apart.normalize(letter.encode_utf8(&mut buffer));
    out.extend(
        apart
            .chars()
            .filter(|sign| !matches!(sign, '\u{300}'..='\u{36f}')),
    );
}

/// How alike the texts are; `None` when they are equal in every form's eyes or too different to be meant.
///
/// Figures, single letters and Roman numerals tell one thing from another ("Building 1", "Hall B"): texts that differ in
/// them are not alike. Words of three letters or fewer have to be the same, and of seven or fewer one letter may differ.
pub(in crate::rules) fn likeness(one: &Forms, other: &Forms) -> Option<Likeness> {
    if one.bare == other.bare {
        return Some(Likeness::Accents);
    }
    let long = one.narrow.chars().count() >= SHORTEST;
    if one.wide == other.wide || (long && one.narrow == other.narrow) {
        return Some(Likeness::Spelling);
    }
    let bare = letters(&one.bare, &other.bare);
    let wide = letters(&one.wide, &other.wide);
    let fewest = bare.into_iter().chain(wide).min()?;
    Some(Likeness::Letters(fewest))
}

/// The words of a text, without what stands between them.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// How many letters differ, word by word; a difference in nothing but what stands between the words counts as one.
fn letters(one: &str, other: &str) -> Option<u8> {
    let (left, right): (Vec<&str>, Vec<&str>) = (words(one).collect(), words(other).collect());
    if left.concat() == right.concat() {
        return (!left.is_empty()).then_some(1);
    }
    if left.len() != right.len() {
        return None;
    }
    let mut differing = 0;
    for (a, b) in left.iter().zip(&right) {
        differing += word(a, b)?;
    }
    u8::try_from(differing)
        .ok()
        .filter(|count| usize::from(*count) <= MOST)
}

fn word(a: &str, b: &str) -> Option<usize> {
    if a == b {
        return Some(0);
    }
    let figures = |word: &str| word.chars().any(char::is_numeric);
    if figures(a) || figures(b) || is_roman(a) || is_roman(b) {
        return None;
    }
    let shorter = a.chars().count().min(b.chars().count());
    let most = match shorter {
        0..SHORTEST => 0,
        SHORTEST..8 => 1,
        _ => MOST,
    };
    if a.chars().count().abs_diff(b.chars().count()) > most {
        return None;
    }
    Some(strsim::damerau_levenshtein(a, b)).filter(|distance| *distance <= most)
}

fn is_roman(word: &str) -> bool {
    word.chars().all(|sign| matches!(sign, 'i' | 'v' | 'x'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::normal_form;

    #[test]
    fn near_and_not_near() {
        let check = |one: &str, other: &str, expected: Option<Likeness>| {
            let [a, b] = [one, other].map(|text| Forms::of(&normal_form(text)));
            assert_eq!(likeness(&a, &b), expected, "{one:?} and {other:?}");
            assert_eq!(likeness(&b, &a), expected, "{other:?} and {one:?}");
        };
        let one = Some(Likeness::Letters(1));
        let two = Some(Likeness::Letters(2));
        check("Munchen", "München", Some(Likeness::Accents));
        check("Zug", "Züg", Some(Likeness::Accents));
        check("Lodz", "Łódź", Some(Likeness::Accents));
        check("Istanbul", "İstanbul", Some(Likeness::Accents));
        check("Muenchen", "München", Some(Likeness::Spelling));
        check("Duesseldorf", "DÜSSELDORF", Some(Likeness::Spelling));
        check("Koebenhavn", "København", Some(Likeness::Spelling));
        check("Muenchen", "Munchen", Some(Likeness::Spelling));
        check("Strase", "Straße", one);
        check("Münhcen", "München", one);
        check("Duesseldrof", "Düsseldorf", one);
        check("Bonnn", "Bonn", one);
        check("Berln", "Berlin", one);
        check("Brelni", "Berlin", None);
        check("Hambrug-Nrod", "Hamburg-Nord", two);
        check("Englsicher Gaten", "Englischer Garten", two);
        check("New Yrok", "New York", one);
        check("NewYork", "New York", one);
        check("St.Gallen", "St. Gallen", one);
        check("Ulm", "Elm", None);
        check("Au", "Aue", None);
        check("Building 1", "Building 2", None);
        check("Building A", "Building B", None);
        check("Hall II", "Hall III", None);
        check("Werk Ost", "Werk West", None);
        check("Floor 12", "Floor 21", None);
        check("Köln", "Bonn", None);
        check("—", "– –", None);
    }
}
