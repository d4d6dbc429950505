//! JSON into borrowed types, and shapes that Graph's own samples get wrong (docs/graph.md 4.3, trap 23).

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

/// Why an answer is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    /// It ends in the middle: another try may bring it whole.
    Cut(String),
    /// It is something else.
    Wrong(String),
}

/// Reads a whole answer. Errors name the place, never the value: a directory's values are nobody's business in a log.
pub(super) fn decode<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Malformed> {
    // Checked once for the whole answer, so that each text in it need not be.
    let text = std::str::from_utf8(body)
        .map_err(|_| Malformed::Wrong("the answer is not UTF-8 text".into()))?;
    serde_json::from_str(text).map_err(|error| {
        if error.is_eof() {
            return Malformed::Cut(format!("the answer ends after {} bytes", body.len()));
        }
        if error.is_syntax() {
            return Malformed::Wrong(format!(
                "the answer is no JSON at line {}, column {}",
                error.line(),
                error.column()
            ));
        }
        Malformed::Wrong(format!("`{}` is not what it should be", path_of::<T>(text)))
    })
}

/// Reads once more, slowly, to tell where it fails.
fn path_of<'a, T: Deserialize<'a>>(text: &'a str) -> String {
    let mut json = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Ok(_) => ".".into(),
        Err(error) => error.path().to_string(),
    }
}

/// A text that is borrowed from the answer unless it had to be unescaped. `Option<Cow<str>>` would copy always.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text<'a>(Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// A collection: `{"value": […]}`; where Graph's samples put an object, or repeat `value`, each object is one item.
#[derive(Debug)]
pub(super) struct Listing<'a, T> {
    /// The items; `None` when there is no `value` at all, which is no empty list.
    pub(super) value: Option<Vec<T>>,
    /// `@odata.nextLink`.
    pub(super) next: Option<Text<'a>>,
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Listing<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListingVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ListingVisitor<T> {
            type Value = Listing<'de, T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with `value`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let (mut value, mut next) = (None, None);
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    match &*key {
                        "value" => {
                            let OneOrMany(items) = map.next_value()?;
                            value.get_or_insert_with(Vec::new).extend(items);
                        }
                        "@odata.nextLink" => next = map.next_value()?,
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(Listing { value, next })
            }
        }
        deserializer.deserialize_map(ListingVisitor(PhantomData))
    }
}

struct OneOrMany<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemsVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ItemsVisitor<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list, or one object")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(OneOrMany(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|item| OneOrMany(vec![item]))
            }
        }
        deserializer.deserialize_any(ItemsVisitor(PhantomData))
    }
}

/// A collection that must have a `value`: a list that decodes to nothing is an error, not an empty list (trap 23).
pub(super) fn decode_list<'a, T: Deserialize<'a>>(
    body: &'a [u8],
) -> Result<(Vec<T>, Option<Text<'a>>), Malformed> {
    let listing = decode::<Listing<'a, T>>(body)?;
    match listing.value {
        Some(items) => Ok((items, listing.next)),
        None => Err(Malformed::Wrong("the answer has no `value`".into())),
    }
}

/// One entity, bare or wrapped in `value`; `None` for an empty list.
pub(super) fn decode_one<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<Option<T>, Malformed> {
    match decode::<Listing<'a, T>>(body)?.value {
        Some(items) => Ok(items.into_iter().next()),
        None => decode(body).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(json: &str) -> Result<Vec<String>, Malformed> {
        #[derive(serde::Deserialize)]
        struct Item {
            id: String,
        }
        let (items, _) = decode_list::<Item>(json.as_bytes())?;
        Ok(items.into_iter().map(|item| item.id).collect())
    }

    #[test]
    fn takes_the_shapes_of_the_samples() {
        assert_eq!(
            list(r#"{"value":[{"id":"a"},{"id":"b"}]}"#),
            Ok(vec!["a".into(), "b".into()])
        );
        assert_eq!(
            list(r#"{"@odata.context":"x","value":{"id":"a"}}"#),
            Ok(vec!["a".into()])
        );
        assert_eq!(
            list(r#"{"value":{"id":"a"},"value":{"id":"b"}}"#),
            Ok(vec!["a".into(), "b".into()])
        );
        assert_eq!(list(r#"{"value":[]}"#), Ok(vec![]));
    }

    #[test]
    fn refuses_what_is_no_list() {
        let wrong = |json| matches!(list(json), Err(Malformed::Wrong(_)));
        assert!(wrong(r#"{}"#));
        assert!(wrong(r#"{"value":null}"#));
        assert!(wrong(r#"{"value":"x"}"#));
        assert!(wrong(r#"[]"#));
        assert!(wrong("<html></html>"));
        assert!(matches!(
            list(r#"{"value":[{"id":"a"},{"i"#),
            Err(Malformed::Cut(_))
        ));
        assert_eq!(
            list(r#"{"value":[{"id":"a"},{"id":7}]}"#),
            Err(Malformed::Wrong(
                "`value[1].id` is not what it should be".into()
            ))
        );
    }

    #[test]
    fn texts_are_borrowed_unless_escaped() {
        let plain: Text<'_> = decode(br#""plain""#).expect("a text");
        assert!(matches!(plain.0, Cow::Borrowed("plain")));
        let escaped: Option<Text<'_>> = decode(br#""a\nb""#).expect("a text");
        assert_eq!(escaped.as_deref(), Some("a\nb"));
        assert_eq!(decode::<Option<Text<'_>>>(b"null").expect("nothing"), None);
    }
}
