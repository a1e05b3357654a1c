//! A series as one line of block characters.

/// Heights, lowest first.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Points `(time, value)` between two times as so many characters: each shows the mean of its share of
/// the time, blanks stand for gaps. The scale runs from the least to the greatest value.
pub(crate) fn sparkline(points: &[(f64, f64)], first: f64, last: f64, width: usize) -> String {
    let mut sums = vec![(0.0f64, 0u32); width.max(1)];
    let span = (last - first).max(f64::MIN_POSITIVE);
    for (time, value) in points.iter().filter(|(_, value)| value.is_finite()) {
        let share = ((time - first) / span).clamp(0.0, 1.0);
        let slot = ((share * sums.len() as f64) as usize).min(sums.len() - 1);
        if let Some((sum, count)) = sums.get_mut(slot) {
            *sum += value;
            *count += 1;
        }
    }
    let means: Vec<Option<f64>> = sums
        .iter()
        .map(|(sum, count)| (*count > 0).then(|| sum / f64::from(*count)))
        .collect();
    let known = || means.iter().flatten().copied();
    let least = known().fold(f64::INFINITY, f64::min);
    let greatest = known().fold(f64::NEG_INFINITY, f64::max);
    let height = |value: f64| {
        if greatest > least {
            ((value - least) / (greatest - least) * (BLOCKS.len() - 1) as f64).round() as usize
        } else {
            // A constant: a line in the middle, at the bottom if it is zero.
            if greatest == 0.0 { 0 } else { BLOCKS.len() / 2 }
        }
    };
    // Few points leave slots between them empty: they are drawn wide, not as dots.
    let wide = points.len() < width;
    let mut line = String::with_capacity(width * 3);
    let mut before = None;
    for mean in &means {
        let shown = mean.or(if wide { before } else { None });
        line.push(shown.map_or(' ', |value| {
            BLOCKS.get(height(value)).copied().unwrap_or(' ')
        }));
        before = shown;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::sparkline;

    #[test]
    fn heights_follow_values() {
        let points: Vec<(f64, f64)> = (0..8).map(|i| (f64::from(i), f64::from(i))).collect();
        assert_eq!(sparkline(&points, 0.0, 7.0, 8), "▁▂▃▄▅▆▇█");
        let flat = [(0.0, 5.0), (1.0, 5.0)];
        assert_eq!(sparkline(&flat, 0.0, 1.0, 2), "▅▅");
        assert_eq!(sparkline(&[(1.0, f64::NAN)], 0.0, 1.0, 2), "  ");
    }
}
