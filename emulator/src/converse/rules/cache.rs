//! Rules of cache points.

use http::StatusCode;

use super::{Case, Turn, Verdict, extraneous_key, messages, refuse, unsupported_field};
use crate::converse::families::Cache;
use crate::converse::request::{CachePoint, ContentBlock, SystemBlock, Tool};
use crate::error::ApiError;

const MAX_CACHE_POINTS: usize = 4;

/// A cache point, and the pointer and the section of its place.
struct Point<'a> {
    point: &'a CachePoint,
    at: String,
    section: Section,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Tools,
    System,
    Message(usize),
}

pub(super) fn check(case: &Case<'_>, turns: &[Turn<'_>]) -> Verdict {
    let points = points(case);
    if points.is_empty() {
        return Ok(());
    }
    neighbours(case)?;
    match case.family.cache {
        Cache::No => {
            return Err(ApiError::new(
                StatusCode::FORBIDDEN,
                "AccessDeniedException",
                "You invoked an unsupported model or your request did not allow prompt caching. See the \
                 documentation for more information.",
            ));
        }
        Cache::Nova => nova(&points, turns)?,
        Cache::Short if points.iter().any(Point::is_long) => {
            return unsupported_field("cachePoint.ttl");
        }
        Cache::Short | Cache::Long => {}
    }
    if points.len() > MAX_CACHE_POINTS {
        return refuse(format!(
            "The number of cache points in the request ({}) exceeds the maximum of {MAX_CACHE_POINTS}.",
            points.len()
        ));
    }
    let first_short = points.iter().position(|point| !point.is_long());
    match (first_short, points.iter().rposition(Point::is_long)) {
        (Some(short), Some(long)) if long > short => refuse(
            "The model returned the following errors: a ttl='1h' cache_control block must not come \
             after a ttl='5m' cache_control block.",
        ),
        _ => Ok(()),
    }
}

impl Point<'_> {
    fn is_long(&self) -> bool {
        self.point.ttl.as_deref() == Some("1h")
    }
}

/// All points in the order of the cache prefix.
fn points<'a>(case: &Case<'a>) -> Vec<Point<'a>> {
    let mut points = Vec::new();
    let config = case.request.tool_config.iter();
    for (index, tool) in config.flat_map(|config| &config.tools).enumerate() {
        if let Tool::CachePoint(point) = tool {
            points.push(Point {
                point,
                at: format!("#/toolConfig/tools/{index}"),
                section: Section::Tools,
            });
        }
    }
    for (index, block) in case.request.system.iter().flatten().enumerate() {
        if let SystemBlock::CachePoint(point) = block {
            points.push(Point {
                point,
                at: format!("#/system/{index}"),
                section: Section::System,
            });
        }
    }
    for (index, message) in messages(case.request).iter().enumerate() {
        for (position, block) in message.content.iter().enumerate() {
            if let ContentBlock::CachePoint(point) = block {
                points.push(Point {
                    point,
                    at: format!("#/messages/{index}/content/{position}"),
                    section: Section::Message(index),
                });
            }
        }
    }
    points
}

/// What a cache point must not stand behind.
fn neighbours(case: &Case<'_>) -> Verdict {
    for message in messages(case.request) {
        let pairs = message.content.iter().zip(message.content.iter().skip(1));
        for (before, block) in pairs {
            match (before, block) {
                (ContentBlock::ReasoningContent(_), ContentBlock::CachePoint(_)) => {
                    return refuse("Cache point cannot be inserted after reasoning block.");
                }
                (ContentBlock::CachePoint(_), ContentBlock::CachePoint(_)) => {
                    return refuse("Cache point cannot be inserted after another cache point.");
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Nova knows the key in some places and not in others.
fn nova(points: &[Point<'_>], turns: &[Turn<'_>]) -> Verdict {
    let beside_tools = |message: usize| {
        let turn = turns
            .iter()
            .find(|turn| turn.blocks.iter().any(|place| place.message == message));
        turn.is_some_and(|turn| {
            turn.blocks.iter().any(|place| {
                matches!(
                    place.block,
                    ContentBlock::ToolUse(_) | ContentBlock::ToolResult(_)
                )
            })
        })
    };
    for Point { point, at, section } in points {
        let unknown = match section {
            Section::Tools => true,
            Section::System => false,
            Section::Message(index) => beside_tools(*index),
        };
        if unknown {
            return extraneous_key(at, "cachePoint");
        }
        if point.ttl.is_some() {
            return extraneous_key(&format!("{at}/cachePoint"), "ttl");
        }
    }
    Ok(())
}
