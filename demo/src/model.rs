//! The stand-in for a language model, the only thing here that is played: latencies, token counts,
//! rate limits and mishaps drawn from a seed. What it decides to do next is in `script.rs`.

use std::time::Duration;

use crate::options::Mishaps;
use crate::random::Random;

/// The kinds of agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    Architect,
    Analyzer,
    Coder,
    Reviewer,
    DevOps,
}

/// A model as its provider names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Profile {
    pub(crate) provider: &'static str,
    pub(crate) model: &'static str,
    pub(crate) server: &'static str,
    /// Median time for an answer of usual length.
    latency_median_s: f64,
}

const OPUS: Profile = Profile {
    provider: "anthropic",
    model: "claude-opus-4-1",
    server: "api.anthropic.com",
    latency_median_s: 1.9,
};
const SONNET: Profile = Profile {
    provider: "anthropic",
    model: "claude-sonnet-4-5",
    server: "api.anthropic.com",
    latency_median_s: 1.3,
};
const HAIKU: Profile = Profile {
    provider: "anthropic",
    model: "claude-haiku-4-5",
    server: "api.anthropic.com",
    latency_median_s: 0.6,
};
const GPT_MINI: Profile = Profile {
    provider: "openai",
    model: "gpt-5-mini",
    server: "api.openai.com",
    latency_median_s: 0.9,
};

impl Role {
    pub(crate) const ALL: [Self; 5] = [
        Self::Architect,
        Self::Analyzer,
        Self::Coder,
        Self::Reviewer,
        Self::DevOps,
    ];

    /// `agent.type`, `worker_type`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Architect => "Architect",
            Self::Analyzer => "Analyzer",
            Self::Coder => "Coder",
            Self::Reviewer => "Reviewer",
            Self::DevOps => "DevOps",
        }
    }

    pub(crate) fn profile(self) -> Profile {
        match self {
            Self::Architect | Self::Reviewer => OPUS,
            Self::Coder => SONNET,
            Self::Analyzer => GPT_MINI,
            Self::DevOps => HAIKU,
        }
    }

    /// The part of the system prompt that differs between agents.
    pub(crate) fn instructions(self) -> &'static str {
        match self {
            Self::Architect => {
                "You are the architect. You look at a project as a whole: which parts it has, how large they are, \
                 which of them depend on which, and where a change would spread. You do not edit."
            }
            Self::Analyzer => {
                "You are the analyzer. You search a project for one kind of problem, read the files with most hits, \
                 and tell real problems from false ones. You do not edit."
            }
            Self::Coder => {
                "You are the coder. You repair one kind of problem in one file, run the check that proves it, and \
                 go on until the check passes."
            }
            Self::Reviewer => {
                "You are the reviewer. You read the files that matter for the request and judge whether they are in \
                 order: errors handled, names fitting, nothing left half done. You do not edit."
            }
            Self::DevOps => {
                "You are responsible for checks and reports. You run commands, read their output carefully, write \
                 reports that a person on call understands at three in the morning, and notify the right channel."
            }
        }
    }
}

/// Token counts; `input` includes what was read from or written to the prompt cache, `output`
/// includes reasoning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) input: i64,
    pub(crate) cache_read: i64,
    pub(crate) cache_creation: i64,
    pub(crate) output: i64,
    pub(crate) reasoning: i64,
}

impl Usage {
    pub(crate) fn add(&mut self, other: Self) {
        self.input += other.input;
        self.cache_read += other.cache_read;
        self.cache_creation += other.cache_creation;
        self.output += other.output;
        self.reasoning += other.reasoning;
    }
}

/// How a call to the model ends.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reply {
    Answer {
        id: String,
        usage: Usage,
        latency: Duration,
    },
    RateLimited {
        latency: Duration,
        retry_after: Duration,
    },
}

/// One model as one agent sees it.
#[derive(Debug)]
pub(crate) struct StandIn {
    pub(crate) profile: Profile,
    pub(crate) mishaps: Mishaps,
    random: Random,
}

const LATENCY_MIN_S: f64 = 0.3;
const LATENCY_MAX_S: f64 = 5.0;
const BYTES_PER_TOKEN: usize = 4;
/// Prompt caches of OpenAI work in steps of this many tokens.
const CACHE_STEP: usize = 128;

impl StandIn {
    pub(crate) fn new(profile: Profile, mishaps: Mishaps, random: Random) -> Self {
        Self {
            profile,
            mishaps,
            random,
        }
    }

    /// Draws what the call costs. All sizes in bytes: the prompt, the part of it that was sent
    /// before, the answer.
    pub(crate) fn reply(&mut self, prompt: usize, sent: usize, answer: usize) -> Reply {
        if self.random.chance(self.mishaps.rate_limit) {
            return Reply::RateLimited {
                latency: Duration::from_millis(80 + self.random.below(120) as u64),
                retry_after: Duration::from_millis(1_000 + self.random.below(3_000) as u64),
            };
        }
        let usage = self.usage(prompt, sent, answer);
        // Long answers take longer, and so does a prompt that no cache has seen.
        let fresh = usage.input - usage.cache_read;
        let load = 1.0 + usage.output as f64 / 1_500.0 + fresh as f64 / 60_000.0;
        let seconds = self.random.lognormal(self.profile.latency_median_s, 0.45) * load;
        Reply::Answer {
            id: format!("msg_{:016x}", self.random.next()),
            usage,
            latency: Duration::from_secs_f64(seconds.clamp(LATENCY_MIN_S, LATENCY_MAX_S)),
        }
    }

    fn usage(&mut self, prompt: usize, sent: usize, answer: usize) -> Usage {
        let input = prompt / BYTES_PER_TOKEN;
        let cacheable = sent.min(prompt) / BYTES_PER_TOKEN;
        let (cache_read, cache_creation) = if self.profile.provider == "anthropic" {
            (cacheable, input - cacheable)
        } else {
            (cacheable / CACHE_STEP * CACHE_STEP, 0)
        };
        let reasoning = 20 + self.random.below(300);
        let tokens = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
        Usage {
            input: tokens(input),
            cache_read: tokens(cache_read),
            cache_creation: tokens(cache_creation),
            output: tokens(answer / BYTES_PER_TOKEN + reasoning + 8),
            reasoning: tokens(reasoning),
        }
    }

    /// Whether the agent starts to repeat itself now.
    pub(crate) fn falls_into_loop(&mut self) -> bool {
        self.random.chance(self.mishaps.repeat)
    }

    /// Whether the agent crashes now.
    pub(crate) fn crashes(&mut self) -> bool {
        self.random.chance(self.mishaps.crash)
    }

    /// An id for a tool call.
    pub(crate) fn call_id(&mut self) -> String {
        format!("call_{:016x}", self.random.next())
    }
}

#[cfg(test)]
mod tests {
    use super::{Reply, Role, StandIn};
    use crate::options::Mishaps;
    use crate::random::Random;

    fn usage(role: Role, prompt: usize, sent: usize) -> super::Usage {
        let mut stand_in = StandIn::new(role.profile(), Mishaps::NONE, Random::new(3));
        match stand_in.reply(prompt, sent, 400) {
            Reply::Answer { usage, latency, .. } => {
                assert!((0.3..=5.0).contains(&latency.as_secs_f64()));
                usage
            }
            Reply::RateLimited { .. } => panic!("no rate limit was asked for"),
        }
    }

    #[test]
    fn input_tokens_include_cached_ones() {
        let anthropic = usage(Role::Coder, 40_000, 30_000);
        assert_eq!((anthropic.input, anthropic.cache_read), (10_000, 7_500));
        assert_eq!(anthropic.cache_creation, 2_500);
        let openai = usage(Role::Analyzer, 40_000, 30_000);
        assert_eq!(
            (openai.input, openai.cache_read, openai.cache_creation),
            (10_000, 7_424, 0)
        );
        assert!(openai.output > openai.reasoning);
    }

    #[test]
    fn rate_limits_say_when_to_come_back() {
        let mishaps = Mishaps {
            rate_limit: 1.0,
            ..Mishaps::NONE
        };
        let mut stand_in = StandIn::new(Role::Coder.profile(), mishaps, Random::new(3));
        let Reply::RateLimited { retry_after, .. } = stand_in.reply(1, 0, 1) else {
            panic!("a rate limit was asked for");
        };
        assert!(retry_after.as_millis() >= 1_000);
    }
}
