//! Rules of sampling, limits and effort.

use serde_json::Value;

use super::{Case, Verdict, model_error, unsupported_field};
use crate::converse::families::{Reasoning, Sampling};

pub(super) fn check(case: &Case<'_>) -> Verdict {
    sampling(case)?;
    limits(case)?;
    effort(case)?;
    conflicts(case)
}

/// What is set of the sampling parameters, in the words of a model.
fn set(case: &Case<'_>) -> Vec<&'static str> {
    let config = case.request.inference_config.as_ref();
    // `top_k` and its like reach Claude as additional fields.
    let extra = |name: &str| {
        matches!(case.family.reasoning, Reasoning::Claude(_)) && case.request.extra(name).is_some()
    };
    let mut names = Vec::new();
    if config.is_some_and(|config| config.temperature.is_some()) || extra("temperature") {
        names.push("temperature");
    }
    if config.is_some_and(|config| config.top_p.is_some()) || extra("top_p") {
        names.push("top_p");
    }
    if extra("top_k") {
        names.push("top_k");
    }
    names
}

fn sampling(case: &Case<'_>) -> Verdict {
    let set = set(case);
    match (case.family.sampling, set.as_slice()) {
        (Sampling::None, [name, ..]) => {
            model_error(format!("`{name}` is deprecated for this model."))
        }
        (Sampling::OneOfTwo, ["temperature", "top_p", ..]) => model_error(
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
        ),
        (Sampling::WithoutReasoning, [name, ..]) => {
            let effort = case.request.extra("reasoning");
            let effort = effort.and_then(|reasoning| reasoning.get("effort"));
            if effort.is_some_and(|effort| effort == "none") {
                return Ok(());
            }
            model_error(format!(
                "Unsupported parameter: '{name}' is not supported with this model."
            ))
        }
        _ => Ok(()),
    }
}

fn limits(case: &Case<'_>) -> Verdict {
    let Some(config) = &case.request.inference_config else {
        return Ok(());
    };
    let stops = config.stop_sequences.as_deref().unwrap_or_default();
    if !stops.is_empty() && !case.family.stop_sequences {
        return unsupported_field("stopSequences");
    }
    match config.max_tokens {
        Some(max) if max < case.family.least_max_tokens => model_error(format!(
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= {}, but got {max} \
             instead.",
            case.family.least_max_tokens
        )),
        _ => Ok(()),
    }
}

/// `outputConfig.effort`, or Claude's own spelling among the additional fields.
fn effort(case: &Case<'_>) -> Verdict {
    let levels = case.family.efforts;
    let config = case.request.output_config.as_ref();
    let converse = config.and_then(|config| config.effort.as_deref());
    if converse.is_some() && levels.is_empty() {
        return unsupported_field("outputConfig.effort");
    }
    let native = case.request.extra("output_config");
    let native = native
        .filter(|_| matches!(case.family.reasoning, Reasoning::Claude(_)))
        .and_then(|config| config.get("effort"));
    if native.is_some() && levels.is_empty() {
        return model_error("This model does not support the effort parameter.");
    }
    let known = |level: &str| levels.contains(&level);
    let fine =
        converse.is_none_or(known) && native.is_none_or(|level| level.as_str().is_some_and(known));
    if fine {
        return Ok(());
    }
    let quoted: Vec<String> = levels.iter().map(|level| format!("'{level}'")).collect();
    model_error(format!(
        "output_config.effort: Input should be one of {}",
        quoted.join(", ")
    ))
}

/// Additional fields that say again what the request has said already.
fn conflicts(case: &Case<'_>) -> Verdict {
    let config = case.request.tool_config.as_ref();
    let chosen = config.is_some_and(|config| config.tool_choice.is_some());
    let native = case.request.extra("tool_choice");
    // Alone, `disable_parallel_tool_use` passes beside a tool choice (litellm).
    let again = native.is_some_and(|choice| choice.get("type").is_some_and(Value::is_string));
    if chosen && again {
        return model_error("The additional field tool_choice conflicts with an existing field.");
    }
    Ok(())
}
