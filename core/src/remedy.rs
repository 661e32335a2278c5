//! What a registry of models can do about an error.

/// What of a registry of models may help whoever got an error.
///
/// A provider knows what its service means and knows no registry; whoever knows both adds the advice. A provider says so
/// with [`Error::with_remedy`](crate::Error::with_remedy).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Remedy {
    /// The model is there and not served under this id: another id of the same model would do, such as that of an inference
    /// profile.
    OtherId,
    /// The id is not known where it was asked for: it is misspelt, or the model is in another place.
    IdOrPlace,
}
