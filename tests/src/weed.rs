use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// The real `weed`: what `GROUPKEEPER_WEED` names, else what `cargo xtask setup` installed.
///
/// # Panics
/// When there is none: a test on real parts is never passed over.
pub fn weed_binary() -> PathBuf {
    let named = std::env::var_os("GROUPKEEPER_WEED").map(PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = named.unwrap_or_else(|| root.join("target/tools/venv/bin/weed"));
    assert!(
        path.is_file(),
        "there is no {}: run `cargo xtask setup`",
        path.display()
    );
    path
}

/// Asks until the answer is `Some`, and returns what it holds.
///
/// # Panics
/// When it takes longer than 60 seconds, which is not slow but broken.
pub async fn eventually<T, F>(what: &str, mut ask: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(
            Instant::now() < deadline,
            "still waiting for this after a minute: {what}"
        );
        sleep(Duration::from_millis(20)).await;
    }
}
