//! Sends bodies that are no JSON, again and again while the server is busy or away for a moment. For
//! requests only that may arrive twice without harm.

use super::problem::{Asked, from_status, unreachable};
use super::{Answer, Client, Query};
use crate::failure::Failure;
use crate::output::screen::remark;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use std::time::Duration;

/// Tries in all; with the waits between them about a minute.
const TRIES: u32 = 7;
/// Longest wait between two tries.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// A body and what it is.
#[derive(Debug)]
pub(crate) struct Upload<'a> {
    /// Names under the API.
    pub path: &'a [&'a str],
    /// Parameters.
    pub query: Query,
    /// Content type of the body.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

/// What came of a try.
enum Outcome {
    Answer(Answer),
    Again(Failure, Option<Duration>),
}

impl Client {
    /// Sends a body that changes something.
    pub(crate) async fn upload(&self, upload: &Upload<'_>) -> Result<Answer, Failure> {
        for attempt in 1.. {
            let (failure, asked) = match self.try_upload(upload).await? {
                Outcome::Answer(answer) => return Ok(answer),
                Outcome::Again(failure, asked) => (failure, asked),
            };
            if attempt == TRIES {
                return Err(failure);
            }
            let wait = wait(attempt, asked);
            remark(&format!("{failure}; again in {} s", wait.as_secs()));
            tokio::time::sleep(wait).await;
        }
        Err(Failure::failed("no answer"))
    }

    async fn try_upload(&self, upload: &Upload<'_>) -> Result<Outcome, Failure> {
        let url = self.url(upload.path, &upload.query)?;
        let mut refused = None;
        for token in self.tokens.candidates(true) {
            let mut request = self
                .http
                .post(url.clone())
                .header(CONTENT_TYPE, upload.content_type)
                .header(ACCEPT, "application/json")
                .body(upload.body.clone());
            if let Some(token) = token {
                let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
                    .map_err(|_| Failure::usage("the token has characters that no token has"))?;
                value.set_sensitive(true);
                request = request.header(AUTHORIZATION, value);
            }
            let response = match request.send().await {
                Ok(response) => response,
                Err(error) => return Ok(Outcome::Again(unreachable(self.address(), &error), None)),
            };
            let status = response.status();
            let asked = retry_after(&response);
            let body = match self.body(response).await {
                Ok(body) => body,
                Err(failure) => return Ok(Outcome::Again(failure, None)),
            };
            if status.is_success() {
                return Ok(Outcome::Answer(Answer {
                    body,
                    next_cursor: None,
                }));
            }
            let failure = from_status(
                status,
                &body,
                Asked {
                    address: self.address(),
                    query: None,
                },
            );
            match status {
                StatusCode::UNAUTHORIZED => {
                    refused.get_or_insert(failure);
                }
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                    return Ok(Outcome::Again(failure, asked));
                }
                _ => return Err(failure),
            }
        }
        Err(refused.unwrap_or_else(|| Failure::failed("no token is known")))
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

/// As long as the server asks for, else 1, 2, 4, … seconds.
fn wait(attempt: u32, asked: Option<Duration>) -> Duration {
    let doubled = Duration::from_secs(1 << attempt.saturating_sub(1).min(6));
    asked
        .unwrap_or(doubled)
        .clamp(Duration::from_secs(1), WAIT_MAX)
}

#[cfg(test)]
mod tests {
    use super::wait;
    use std::time::Duration;

    #[test]
    fn waits_grow_and_are_those_that_are_asked_for() {
        let seconds: Vec<u64> = (1..9)
            .map(|attempt| wait(attempt, None).as_secs())
            .collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(wait(1, Some(Duration::from_secs(7))).as_secs(), 7);
        assert_eq!(wait(1, Some(Duration::from_secs(700))).as_secs(), 60);
        assert_eq!(wait(1, Some(Duration::ZERO)).as_secs(), 1);
    }
}
