use serde::Serialize;

/// One figure of a report: what several runs gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Figure {
    pub(crate) unit: &'static str,
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// In the order of the runs.
    pub(crate) samples: Vec<f64>,
}

impl Figure {
    /// Of these samples; of none it is no number.
    pub(crate) fn new(unit: &'static str, samples: Vec<f64>) -> Self {
        let mut sorted = samples.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
        let middle = sorted.len() / 2;
        let median = if sorted.len() % 2 == 1 {
            at(middle)
        } else {
            f64::midpoint(at(middle.saturating_sub(1)), at(middle))
        };
        Self {
            unit,
            median,
            min: at(0),
            max: at(sorted.len().saturating_sub(1)),
            samples,
        }
    }

    /// The quotients run by run: what two things have in common in a run falls out.
    pub(crate) fn of_ratios(of: &[f64], to: &[f64]) -> Self {
        let ratios = of.iter().zip(to).map(|(of, to)| of / to).collect();
        Self::new("×", ratios)
    }

    /// For people: the median, and the range where there is one.
    pub(crate) fn shown(&self) -> String {
        let median = number(self.median);
        let unit = self.unit;
        if self.samples.len() < 2 {
            return format!("{median} {unit}");
        }
        format!(
            "{median} {unit} ({}–{})",
            number(self.min),
            number(self.max)
        )
    }
}

/// Three digits that count, and no more than the thousands separated.
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = value.abs();
    if size < 1.0 {
        return format!("{value:.3}");
    }
    if size < 10.0 {
        return format!("{value:.2}");
    }
    if size < 100.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{:.0}", size);
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    if value < 0.0 {
        shown.insert(0, '-');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_median_and_range() {
        let figure = Figure::new("/s", vec![3.0, 1.0, 2.0]);
        assert_eq!((figure.median, figure.min, figure.max), (2.0, 1.0, 3.0));
        assert_eq!(Figure::new("/s", vec![1.0, 2.0]).median, 1.5);
        assert_eq!(figure.shown(), "2.00 /s (1.00–3.00)");
        assert_eq!(Figure::new("ms", vec![1_234_567.0]).shown(), "1,234,567 ms");
        assert!(Figure::new("ms", Vec::new()).median.is_nan());
    }

    #[test]
    fn ratios_are_taken_run_by_run() {
        let figure = Figure::of_ratios(&[1.0, 9.0], &[2.0, 10.0]);
        assert_eq!(figure.samples, [0.5, 0.9]);
    }
}
