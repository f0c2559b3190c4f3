use std::io::ErrorKind;
use std::sync::Arc;

use groupkeeper_gateway::{KafkaListener, Limits};

use crate::server::{ANY_PORT, coordinators};

#[tokio::test]
async fn a_taken_port_is_told_from_other_failures() {
    let coordinators = Arc::new(coordinators());
    let bind = |addr| KafkaListener::bind(addr, Limits::default(), coordinators.clone());
    let first = bind(ANY_PORT).await.unwrap();
    let error = bind(first.local_addr()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    let message = error.to_string();
    assert!(
        message.contains(&first.local_addr().to_string()),
        "{message}"
    );
    assert!(message.contains("the port is taken"), "{message}");
    // A documentation address (RFC 5737) that no machine has.
    let error = bind("192.0.2.1:0".parse().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrNotAvailable);
}
