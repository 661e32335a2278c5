//! What the flags say that all operations share.

/// Puts what they say into a builder of whatever operation; the builders have no trait in common.
macro_rules! settle {
    ($call:ident, $common:expr) => {{
        let common: &$crate::args::Common = $common;
        for option in &common.options {
            let (name, value) = $crate::input::option(option)?;
            $call = $call.option(name, value);
        }
        if let Some(retries) = common.max_retries {
            $call = $call.max_retries(retries);
        }
        if let Some(seconds) = common.timeout {
            $call = $call.timeout($crate::reach::timeout(seconds)?);
        }
    }};
}

pub(crate) use settle;
