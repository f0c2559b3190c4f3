use std::process::ExitCode;
use std::time::Duration;

use groupkeeper_registry::peer::PeerError;
use groupkeeper_rpc::DirectoryClient;
use groupkeeper_types::GatewayAddr;
use serde::Serialize;
use tokio::time::{Instant, sleep_until};

use super::{QueryError, connect, is_gateway};
use crate::cli::{DrainArgs, OutputFormat};
use crate::output::{Table, print, print_json};

/// The most that one attempt may take: a lease may have to run out, and the asked gateway to ask the
/// leader.
const ATTEMPT: Duration = Duration::from_secs(8);

/// How long to wait before asking again while it is not done.
const PAUSE: Duration = Duration::from_millis(200);

/// A gateway without groups in JSON.
#[derive(Debug, Serialize)]
struct Drained<'a> {
    gateway: &'a GatewayAddr,
    /// Always true: otherwise there is an error instead.
    drained: bool,
}

pub(super) async fn run(args: DrainArgs) -> Result<ExitCode, QueryError> {
    let client = connect(&args.query.server).await?.with_deadline(ATTEMPT);
    if let Err(error) = ask(&client, &args.gateway, args.wait).await {
        is_gateway(&args.query.server, &error).await?;
        let why = why(&error, args.wait);
        let gateway = args.gateway;
        return Err(QueryError::NotDrained { gateway, why });
    }
    let gateway = &args.gateway;
    match args.query.output {
        OutputFormat::Json => print_json(&Drained {
            gateway,
            drained: true,
        })?,
        OutputFormat::Table => {
            let mut table = Table::new(["GATEWAY", "STATE"]);
            table.row([gateway.to_string(), "drained".to_owned()]);
            print(&table.to_string())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks once, and then again while it is not done and may yet be, until time is up. To ask again
/// changes nothing.
async fn ask(
    client: &DirectoryClient,
    gateway: &GatewayAddr,
    wait: Duration,
) -> Result<(), PeerError> {
    let end = Instant::now() + wait;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let client = client.clone().with_deadline(left.clamp(PAUSE, ATTEMPT));
        let answer = client.drain(gateway).await;
        let again = Instant::now() + PAUSE;
        match answer {
            Err(error) if error.is_retryable() && again < end => sleep_until(again).await,
            answer => return answer,
        }
    }
}

fn why(error: &PeerError, wait: Duration) -> String {
    if error.is_retryable() {
        format!(
            "not within {wait:?}; what has begun goes on, and the same command waits for it again \
             ({error})"
        )
    } else {
        error.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_stable_names() {
        let gateway = GatewayAddr::new("gw:1").unwrap();
        let drained = Drained {
            gateway: &gateway,
            drained: true,
        };
        let json = serde_json::to_string(&drained).unwrap();
        assert_eq!(json, r#"{"gateway":"gw:1","drained":true}"#);
    }

    #[test]
    fn who_may_ask_again_is_told_so_and_nobody_else() {
        let wait = Duration::from_secs(30);
        let late = why(&PeerError::not_available("it takes long"), wait);
        assert!(
            late.starts_with("not within 30s;") && late.contains("it takes long"),
            "{late}"
        );
        let what = "gateway a:1 in the fleet".to_owned();
        let unknown = why(&PeerError::NotFound { what }, wait);
        assert_eq!(unknown, "there is no gateway a:1 in the fleet");
    }
}
