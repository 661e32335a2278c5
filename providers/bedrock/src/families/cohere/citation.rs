//! Where Command R took a piece of its answer from.

use reqllm_core::{Citation, Fold};
use serde_json::Value;

/// The most bytes of text that a citation is looked for in, because each is looked for from the beginning. Command R writes
/// at most 4,096 tokens.
const MAX_SEARCHED: usize = 256 * 1024;

/// Tells of a citation of `text`, once for each document that it names. Its whole wire shape is kept as the location;
/// the documents themselves are in the metadata of the answer, by these ids.
pub(super) fn tell(wire: Value, text: &str, fold: &mut Fold) {
    if fold.check_bounds().is_err() {
        return;
    }
    let number = |key: &str| {
        wire.get(key)?
            .as_u64()
            .and_then(|n| usize::try_from(n).ok())
    };
    let place = match (number("start"), number("end")) {
        (Some(start), Some(end)) => {
            let words = wire.get("text").and_then(Value::as_str);
            Some(scalars(text, (start, end), words))
        }
        _ => None,
    };
    let ids: Vec<Option<String>> = match wire.get("document_ids").and_then(Value::as_array) {
        Some(ids) if !ids.is_empty() => ids
            .iter()
            .map(|id| id.as_str().map(str::to_owned))
            .collect(),
        _ => vec![None],
    };
    for source in ids {
        // A citation of many documents has the names of all of them each time.
        if fold.check_bounds().is_err() {
            return;
        }
        let mut citation = Citation::default();
        citation.source = source;
        citation.location = Some(wire.clone());
        match place {
            Some((start, end)) => fold.citation_at(0, citation, start, end),
            None => fold.citation(0, citation),
        }
    }
}

/// A place in Unicode scalar values. Cohere's reference calls offsets an index into the text and does not say of what;
/// the cited words, which it repeats, tell. Where nothing fits they are taken as scalar values.
fn scalars(text: &str, given: (usize, usize), words: Option<&str>) -> (usize, usize) {
    if text.len() > MAX_SEARCHED {
        return given;
    }
    let units: [fn(char) -> usize; 3] = [|_| 1, char::len_utf16, char::len_utf8];
    units
        .into_iter()
        .find_map(|unit| {
            let start = position(text, given.0, unit)?;
            let end = position(text, given.1, unit)?;
            let cited = text.get(start.byte..end.byte)?;
            (Some(cited) == words).then_some((start.scalar, end.scalar))
        })
        .unwrap_or(given)
}

struct Position {
    byte: usize,
    scalar: usize,
}

/// The position that is `wanted` units from the beginning.
fn position(text: &str, wanted: usize, unit: fn(char) -> usize) -> Option<Position> {
    let mut units = 0;
    for (scalar, (byte, c)) in text.char_indices().enumerate() {
        if units >= wanted {
            return (units == wanted).then_some(Position { byte, scalar });
        }
        units += unit(c);
    }
    (units == wanted).then(|| Position {
        byte: text.len(),
        scalar: text.chars().count(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citation_of_many_documents_does_not_fill_the_memory() {
        let ids = vec![""; 20_000];
        let wire = serde_json::json!({"start": 0, "end": 1, "text": "x", "document_ids": ids});
        let mut fold = Fold::new(reqllm_core::Identity::default());
        fold.text(0, "x");
        tell(wire, "x", &mut fold);
        let error = fold.check_bounds().unwrap_err();
        assert!(error.message().contains("citations"), "{error}");
        let reqllm_core::Part::Text(text) = &fold.abandon().message.content[0] else {
            panic!("text")
        };
        assert!((1..100).contains(&text.citations.len()));
    }

    #[test]
    fn the_cited_words_tell_the_unit() {
        let text = "🙂 Größe: 3 m";
        for given in [(2, 7), (3, 8), (5, 12)] {
            assert_eq!(scalars(text, given, Some("Größe")), (2, 7), "{given:?}");
        }
        // Up to the very end, and nothing that fits.
        assert_eq!(scalars(text, (9, 12), Some("3 m")), (9, 12));
        assert_eq!(scalars(text, (4, 99), Some("Größe")), (4, 99));
        assert_eq!(scalars(text, (2, 7), None), (2, 7));
    }
}
