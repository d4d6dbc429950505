//! Whatever the bytes: reading them ends without a panic, and what can be read has one canonical form of the same
//! meaning.

#![no_main]

use libfuzzer_sys::fuzz_target;
use linekeeper::rules::{LoadOptions, SourceFile, format, load};

fn read(bytes: &[u8]) -> SourceFile {
    SourceFile {
        name: "fuzzed.rules".to_owned(),
        bytes: bytes.to_vec(),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let options = LoadOptions { groups: true };
    let before = load(&[read(bytes)], options);
    if let Err(found) = &before {
        for diagnostic in found.iter().take(20) {
            assert!(!diagnostic.render(false).is_empty());
        }
    }
    let Ok(once) = format(&read(bytes)) else {
        assert!(before.is_err(), "it loads and cannot be formatted");
        return;
    };
    let twice = format(&read(once.as_bytes()));
    assert_eq!(twice.ok().as_deref(), Some(&*once), "formatting twice");
    if let Ok(before) = before {
        let after = load(&[read(once.as_bytes())], options).expect("the canonical form loads");
        assert_eq!(after.rule_set.digest(), before.rule_set.digest(), "decides alike");
    }
});
