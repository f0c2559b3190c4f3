use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// A real Kafka client library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// kafka-python.
    KafkaPython,
    /// librdkafka, through confluent-kafka.
    Librdkafka,
}

impl Client {
    fn script(self) -> &'static str {
        match self {
            Self::KafkaPython => "find_kafka_python.py",
            Self::Librdkafka => "find_librdkafka.py",
        }
    }
}

/// Asks one gateway for the coordinators of groups, through a real client, for up to `wait` seconds
/// while the answer is "not now". A group is left out that has got no answer but an error.
///
/// # Panics
/// When the client fails.
pub async fn ask(
    client: Client,
    bootstrap: &str,
    groups: &[String],
    wait: u32,
) -> BTreeMap<String, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("clients")
        .join(client.script());
    let mut process = Command::new(python());
    process
        .arg(script)
        .arg("--bootstrap")
        .arg(bootstrap)
        .stdin(Stdio::piped());
    process
        .arg("--wait")
        .arg(wait.to_string())
        .arg("--timeout")
        .arg((wait + 60).to_string());
    let mut process = process
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("Python can be started");
    let mut input = process.stdin.take().expect("the input is piped");
    input
        .write_all(groups.join("\n").as_bytes())
        .await
        .expect("it reads its input");
    drop(input);
    let output = process.wait_with_output().await.expect("it ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{client:?} at {bootstrap}: {errors}"
    );
    let lines = String::from_utf8_lossy(&output.stdout);
    let answers = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|e| panic!("{e}: {line}")));
    answers
        .filter_map(|answer| {
            let text = |key: &str| answer[key].as_str().map(str::to_owned);
            Some((text("group")?, text("coordinator")?))
        })
        .collect()
}

/// The Python that has the client libraries: what `GROUPKEEPER_PYTHON` names, else what
/// `cargo xtask setup` installed.
///
/// # Panics
/// When there is none: a test on real parts is never passed over.
pub fn python() -> PathBuf {
    let named = std::env::var_os("GROUPKEEPER_PYTHON").map(PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = named.unwrap_or_else(|| root.join("target/tools/venv/bin/python"));
    assert!(
        path.is_file(),
        "there is no {}: run `cargo xtask setup`",
        path.display()
    );
    path
}
