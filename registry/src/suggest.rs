//! What somebody may have meant.

use reqllm_core::nearest;

use crate::Registry;

/// At most so many suggestions go into an error.
const MAX: usize = 3;

/// Capitals, and the marks between the parts of an id, do not matter.
pub(crate) fn fold(id: &str) -> String {
    id.chars()
        .map(|c| match c {
            '.' | '_' | ':' | '/' | '@' => '-',
            c => c.to_ascii_lowercase(),
        })
        .collect()
}

impl Registry {
    /// Models of a provider that somebody who wrote `id` may have meant: those that hold all of its words, the shortest
    /// first, else the one that differs least.
    pub(crate) fn similar(&self, provider: &str, id: &str) -> Vec<String> {
        self.similar_of(provider, id, |_| true)
    }

    /// The same of those ids alone that do.
    pub(crate) fn similar_of(
        &self,
        provider: &str,
        id: &str,
        does: impl Fn(&str) -> bool,
    ) -> Vec<String> {
        let wanted = fold(id);
        let words: Vec<&str> = wanted.split('-').filter(|word| !word.is_empty()).collect();
        let ids = self.ids(provider).filter(|id| does(id));
        let ids: Vec<(&str, String)> = ids.map(|id| (id, fold(id))).collect();
        let mut hits: Vec<&str> = ids
            .iter()
            .filter(|(_, folded)| {
                !words.is_empty() && words.iter().all(|word| folded.contains(word))
            })
            .map(|(id, _)| *id)
            .collect();
        hits.sort_by_key(|id| id.len());
        if hits.is_empty() {
            let near = nearest(&wanted, ids.iter().map(|(_, folded)| folded.as_str()));
            hits.extend(
                ids.iter()
                    .filter(|(_, folded)| Some(folded.as_str()) == near)
                    .map(|(id, _)| *id),
            );
        }
        hits.into_iter()
            .take(MAX)
            .map(|id| format!("{provider}:{id}"))
            .collect()
    }

    /// Providers that have a model of exactly this id.
    pub(crate) fn elsewhere(&self, id: &str) -> Vec<String> {
        let records = self.catalogue.records().filter(|record| record.id() == id);
        let mut specs: Vec<String> = records.map(|record| record.spec()).collect();
        let given = self.explicit.values().filter(|model| model.id == id);
        specs.extend(given.map(|model| model.spec()));
        specs.sort();
        specs.dedup();
        specs
    }

    /// The ids of a provider's models.
    pub(crate) fn ids<'a>(&'a self, provider: &'a str) -> impl Iterator<Item = &'a str> {
        let given = self
            .explicit
            .keys()
            .filter(move |(of, _)| of == provider)
            .map(|(_, id)| id.as_str());
        self.provider_record(provider)
            .into_iter()
            .flat_map(|provider| provider.models().map(|record| record.id()))
            .chain(given)
    }
}
