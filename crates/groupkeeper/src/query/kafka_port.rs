use std::io;
use std::time::Duration;

use groupkeeper_types::RpcAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// ApiVersions v0 by nobody, which every Kafka listener answers. The answer begins with its length and
/// this number.
const NUMBER: i32 = 0x67_6b_70_72;
const QUESTION: [u8; 14] = {
    let [a, b, c, d] = NUMBER.to_be_bytes();
    [0, 0, 0, 10, 0, 18, 0, 0, a, b, c, d, 0xff, 0xff]
};

/// How long it may take to find out.
const LIMIT: Duration = Duration::from_secs(1);

/// What to tell somebody who asked at the Kafka port, which is easily mistaken for the RPC port.
/// `None` where it is no Kafka port, or that can't be told.
pub(super) async fn hint(server: &RpcAddr) -> Option<String> {
    let is_kafka = timeout(LIMIT, answers_kafka(server)).await;
    is_kafka.ok()?.ok()?.then(|| {
        let meant = server.port().checked_add(crate::plan::RPC_OFFSET);
        let meant = meant.map_or_else(String::new, |port| format!(", {port} for this one"));
        format!(
            "{server} is a Kafka port: give --server the gateway's RPC port, which is its Kafka port \
             + {}{meant}, unless --rpc says otherwise",
            crate::plan::RPC_OFFSET
        )
    })
}

async fn answers_kafka(server: &RpcAddr) -> io::Result<bool> {
    let mut stream = TcpStream::connect((server.host(), server.port())).await?;
    stream.write_all(&QUESTION).await?;
    let _length = stream.read_i32().await?;
    Ok(stream.read_i32().await? == NUMBER)
}
