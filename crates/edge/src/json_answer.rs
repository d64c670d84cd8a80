//! Reads the JSON that a model was asked for.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// The answer is prose, or broken off.
#[derive(Debug, thiserror::Error)]
#[error("the model's answer is not JSON")]
pub(crate) struct NotJson;

/// `None` where the answer is JSON but not a `T`.
pub(crate) fn read<T: DeserializeOwned>(answer: &str) -> Result<Option<T>, NotJson> {
    let json: Value = serde_json::from_str(without_fence(answer)).map_err(|_| NotJson)?;
    Ok(T::deserialize(json).ok())
}

/// Models like to put their JSON into a Markdown fence, also when they were asked not to.
fn without_fence(answer: &str) -> &str {
    let answer = answer.trim();
    let fenced = answer.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    fenced.map_or(answer, |inside| inside.strip_prefix("json").unwrap_or(inside).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_with_and_without_a_fence() {
        for answer in ["[1]", " [1]\n", "```json\n[1]\n```", "```\n[1]```"] {
            assert_eq!(read::<Vec<u8>>(answer).unwrap(), Some(vec![1]), "{answer}");
        }
        assert_eq!(read::<Vec<u8>>("{}").unwrap(), None);
        for answer in ["", "Sure! [1]", "[1", "```"] {
            assert!(read::<Vec<u8>>(answer).is_err(), "{answer}");
        }
    }
}
