//! What tokens cost. The model is played, and so are these prices: list prices as they once were,
//! in US dollars for a million tokens.

use crate::model::Usage;

/// Prices of one model for a million tokens.
#[derive(Debug, Clone, Copy)]
struct Price {
    model: &'static str,
    input: f64,
    cache_read: f64,
    cache_creation: f64,
    output: f64,
}

const fn price(
    model: &'static str,
    input: f64,
    cache_read: f64,
    cache_creation: f64,
    output: f64,
) -> Price {
    Price {
        model,
        input,
        cache_read,
        cache_creation,
        output,
    }
}

const PRICES: [Price; 4] = [
    price("claude-opus-4-1", 15.0, 1.5, 18.75, 75.0),
    price("claude-sonnet-4-5", 3.0, 0.3, 3.75, 15.0),
    price("claude-haiku-4-5", 1.0, 0.1, 1.25, 5.0),
    price("gpt-5-mini", 0.25, 0.025, 0.25, 2.0),
];

/// What the tokens cost in US dollars; none for a model without a price. Cached tokens are part of
/// the input and are paid once, by their own price; reasoning is part of the output.
pub(crate) fn cost_usd(model: &str, usage: Usage) -> Option<f64> {
    let price = PRICES.iter().find(|price| price.model == model)?;
    let fresh = usage.input - usage.cache_read - usage.cache_creation;
    let sum = fresh.max(0) as f64 * price.input
        + usage.cache_read as f64 * price.cache_read
        + usage.cache_creation as f64 * price.cache_creation
        + usage.output as f64 * price.output;
    Some(sum / 1e6)
}

#[cfg(test)]
mod tests {
    use super::cost_usd;
    use crate::model::{Role, Usage};

    #[test]
    fn cached_tokens_are_paid_once() {
        let usage = Usage {
            input: 1_000_000,
            cache_read: 500_000,
            cache_creation: 100_000,
            output: 10_000,
            reasoning: 5_000,
        };
        let cost = cost_usd("claude-sonnet-4-5", usage).unwrap();
        assert!((cost - (1.2 + 0.15 + 0.375 + 0.15)).abs() < 1e-9, "{cost}");
    }

    #[test]
    fn every_model_has_a_price() {
        for role in Role::ALL {
            assert!(cost_usd(role.profile().model, Usage::default()).is_some());
        }
        assert_eq!(cost_usd("unknown", Usage::default()), None);
    }
}
