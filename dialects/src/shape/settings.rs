//! Sampling, stop sequences, limits.

use reqllm_core::{Capability, Result};

use super::Shaping;

impl Shaping<'_, '_> {
    /// Betas are Claude's.
    pub(super) fn betas(&mut self) -> Result<()> {
        match !self.wishes.betas || self.profile.anthropic_beta {
            true => Ok(()),
            false => self.unsupported("anthropic_beta"),
        }
    }

    pub(super) fn settings(&mut self, thinks: bool) -> Result<()> {
        let settings = &self.call.settings;
        let least = self.profile.min_max_tokens;
        if let Some(tokens) = settings.max_tokens.filter(|tokens| *tokens < least) {
            let conflict = format!(
                "`max_tokens` is {tokens}, and {} takes {least} or more",
                self.model.id
            );
            self.settle(&conflict, &format!("it is {least}"))?;
            self.call.to_mut().settings.max_tokens = Some(least);
        }
        if !self.profile.stop_sequences && !self.call.settings.stop.is_empty() {
            self.unsupported("stop sequences")?;
            self.call.to_mut().settings.stop.clear();
        }
        self.sampling()?;
        if thinks {
            self.sampling_of_a_thinker()?;
        }
        let both = self.call.settings.temperature.is_some() && self.call.settings.top_p.is_some();
        if both && !self.profile.temperature_with_top_p {
            let conflict = format!("{} takes `temperature` or `top_p`, not both", self.model.id);
            self.settle(&conflict, "`top_p` was left out")?;
            self.call.to_mut().settings.top_p = None;
        }
        Ok(())
    }

    /// Some models do not let anybody sample. A temperature of 1 is what they have anyway, so it need not be said.
    fn sampling(&mut self) -> Result<()> {
        if self.model.capabilities.get(Capability::Temperature) != Some(false) {
            return Ok(());
        }
        if self.call.settings.temperature == Some(1.0) {
            self.call.to_mut().settings.temperature = None;
        }
        let settings = &self.call.settings;
        let given = [
            ("temperature", settings.temperature.is_some()),
            ("top_p", settings.top_p.is_some()),
            ("top_k", settings.top_k.is_some()),
        ];
        for (name, _) in given.into_iter().filter(|(_, given)| *given) {
            self.unsupported(name)?;
            let settings = &mut self.call.to_mut().settings;
            match name {
                "temperature" => settings.temperature = None,
                "top_p" => settings.top_p = None,
                _ => settings.top_k = None,
            }
        }
        Ok(())
    }

    /// Anthropic's documentation, "Extended thinking": temperature must be 1, top_p 0.95 or more, top_k is not taken.
    fn sampling_of_a_thinker(&mut self) -> Result<()> {
        let settings = &self.call.settings;
        let given = [
            (
                "temperature",
                settings.temperature.is_some_and(|it| it != 1.0),
            ),
            ("top_p", settings.top_p.is_some_and(|it| it < 0.95)),
            ("top_k", settings.top_k.is_some()),
        ];
        for (name, _) in given.into_iter().filter(|(_, given)| *given) {
            let conflict = format!("{} does not take `{name}` while it thinks", self.model.id);
            self.settle(&conflict, &format!("`{name}` was left out"))?;
            let settings = &mut self.call.to_mut().settings;
            match name {
                "temperature" => settings.temperature = None,
                "top_p" => settings.top_p = None,
                _ => settings.top_k = None,
            }
        }
        Ok(())
    }
}
