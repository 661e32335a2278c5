//! Amazon Nova 1 and 2, through Converse.

use crate::family::{Family, Profile};

/// Nova User Guide, "Complete request schema": topK stands inside inferenceConfig of the native body.
const PROFILE: Profile = Profile::CAUTIOUS.with_top_k(&["inferenceConfig", "topK"]);

#[derive(Debug)]
pub(super) struct Nova;

impl Family for Nova {
    fn name(&self) -> &'static str {
        "nova"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["amazon.nova"]
    }

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }
}
