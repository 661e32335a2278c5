//! The nearest name to one that is not known.

/// The candidate that `given` was most likely meant to be, if one is near enough to be worth saying.
///
/// Near means: at most a third of the longer name's characters differ (Levenshtein distance), case aside.
///
/// ```
/// use reqllm_core::nearest;
///
/// assert_eq!(nearest("regoin", ["region", "api_key"]), Some("region"));
/// assert_eq!(nearest("colour", ["region", "api_key"]), None);
/// ```
pub fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase();
    let length = given.chars().count();
    candidates
        .into_iter()
        // Lengths that differ so much say enough: what somebody gives may be as long as he likes.
        .filter(|candidate| {
            let other = candidate.chars().count();
            length.abs_diff(other) * 3 <= length.max(other)
        })
        .map(|candidate| (distance(&given, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| distance * 3 <= candidate.chars().count().max(length))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let substitute = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}
