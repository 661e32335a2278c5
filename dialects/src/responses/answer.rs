//! A whole answer.

use reqllm_core::{Error, Fold, Result};
use serde_json::Value;

use super::Quirks;
use super::teller::Teller;
use super::wire::Response;
use crate::json;

/// Reads a whole answer.
///
/// # Errors
///
/// [`ErrorKind::Decode`](reqllm_core::ErrorKind::Decode) if it is none; what it reports, if it failed.
pub fn read(quirks: &Quirks, body: &[u8], fold: &mut Fold) -> Result<()> {
    let what = format!("{}'s answer", quirks.name);
    let response: Response<'_> = json::read(body, &what)?;
    if response.output.is_none() && response.error.as_ref().is_none_or(Value::is_null) {
        return Err(Error::decode(format!("{what} has no `output`")));
    }
    let mut teller = Teller::new(quirks);
    response.begin(fold);
    teller.finish(response, fold)
}
