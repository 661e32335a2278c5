//! Chance, injected.

use std::fmt;
use std::sync::Arc;

/// Where chance comes from: the jitter of waits and of refreshes. Tests bring their own.
///
/// ```
/// use reqllm_core::Random;
///
/// assert_eq!(Random::fixed(0.25).unit(), 0.25);
/// assert_eq!(Random::fixed(7.0).unit(), 1.0, "it stays within its range");
/// ```
#[derive(Clone)]
pub struct Random(Arc<dyn Fn() -> f64 + Send + Sync>);

impl Random {
    /// Chance by `draw`, which gives a number from 0 to 1 each time.
    pub fn new(draw: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(draw))
    }

    /// Chance of this machine. It is none for secrets.
    pub fn system() -> Self {
        Self::new(fastrand::f64)
    }

    /// The same number each time.
    pub fn fixed(number: f64) -> Self {
        Self::new(move || number)
    }

    /// A number from 0 to 1.
    pub fn unit(&self) -> f64 {
        let number = (self.0)();
        if number.is_nan() {
            0.0
        } else {
            number.clamp(0.0, 1.0)
        }
    }
}

impl Default for Random {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random")
    }
}
