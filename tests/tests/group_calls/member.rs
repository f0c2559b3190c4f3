use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use groupkeeper_tests::python;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// A real consumer in a process of its own, told what to do.
#[derive(Debug)]
pub(crate) struct Member {
    _process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Member {
    pub(crate) fn start(bootstrap: &str, group: &str, client: &str) -> Self {
        let mut command = script("group_kafka_python.py", bootstrap, group);
        command.args(["--client", client]).stdin(Stdio::piped());
        let mut process = command.spawn().expect("Python can be started");
        let input = process.stdin.take().expect("the input is piped");
        let output = process.stdout.take().expect("the output is piped");
        Self {
            _process: process,
            input,
            output: BufReader::new(output).lines(),
        }
    }

    /// What it answers, whatever that is.
    pub(crate) async fn ask(&mut self, command: &str) -> Value {
        let line = format!("{command}\n");
        let written = self.input.write_all(line.as_bytes()).await;
        written.expect("the client runs");
        let line = self.output.next_line().await.expect("the client writes");
        let line = line.unwrap_or_else(|| panic!("the client ended instead of {command}"));
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// The same, as text to compare.
    pub(crate) async fn told(&mut self, command: &str) -> String {
        self.ask(command).await.to_string()
    }

    /// Its partitions at this moment.
    pub(crate) async fn assigned(&mut self) -> Vec<u64> {
        let state = self.ask("state").await;
        let assigned = state["assigned"].as_array().expect("a list");
        assigned.iter().filter_map(Value::as_u64).collect()
    }

    /// Waits until it has exactly these partitions, and says where it stands.
    pub(crate) async fn until_assigned(&mut self, partitions: &[u64]) -> Value {
        let partitions = json!(partitions);
        let has = |state: &Value| state["assigned"] == partitions;
        self.until("it has its partitions", has).await
    }

    /// Waits until it is in the group as a new member, as it must be at a coordinator that has nothing of
    /// the one before.
    pub(crate) async fn until_joined_anew(&mut self, before: &Value) -> Value {
        let anew = |state: &Value| {
            let named = state["member"]
                .as_str()
                .is_some_and(|name| !name.is_empty());
            let settled =
                state["coordinator"].is_string() && state["assigned"] == json!([0, 1, 2, 3]);
            named && settled && state["member"] != before["member"]
        };
        self.until("it joined anew", anew).await
    }

    /// Waits until it stands as it should, and says where.
    pub(crate) async fn until(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let waiting = async {
            loop {
                let state = self.ask("state").await;
                last.clone_from(&state);
                if fits(&state) {
                    return state;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let state = timeout(Duration::from_secs(60), waiting).await;
        state
            .unwrap_or_else(|_| panic!("still waiting for this after a minute: {what}; now {last}"))
    }
}

/// Commits through librdkafka, and what it reads again.
pub(crate) async fn commit_with_librdkafka(bootstrap: &str, group: &str, offset: i64) -> i64 {
    let mut command = script("offsets_librdkafka.py", bootstrap, group);
    let output = command.args(["--offset", &offset.to_string()]).output();
    let output = output.await.expect("Python can be started");
    assert!(output.status.success(), "{output:?}");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("one line of JSON");
    assert_eq!(answer["metadata"], "kept");
    answer["committed"].as_i64().expect("an offset")
}

/// Asks through a client for administrators, and what that says.
pub(crate) async fn admin(bootstrap: &str, words: &[&str]) -> Value {
    let mut command = script("admin_kafka_python.py", bootstrap, "");
    let output = command.args(words).output().await;
    let output = output.expect("Python can be started");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("one line of JSON")
}

fn script(name: &str, bootstrap: &str, group: &str) -> Command {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("clients")
        .join(name);
    let mut command = Command::new(python());
    command
        .arg(path)
        .args(["--bootstrap", bootstrap, "--group", group]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}
