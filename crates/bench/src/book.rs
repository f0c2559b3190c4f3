use std::sync::Arc;

use anyhow::Result;

use crate::connection::Connection;
use crate::frames::{ANSWER_ID_AT, Exchange, request};

/// What one gateway says of all groups.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) exchanges: Arc<Vec<Exchange>>,
    pub(crate) coordinators: Vec<String>,
}

impl Book {
    /// Asks a gateway for every group.
    ///
    /// # Errors
    /// When it has no answer to one within a minute.
    pub(crate) async fn read(addr: &str, groups: &[String]) -> Result<Self> {
        let mut connection = Connection::open(addr).await?;
        let (mut exchanges, mut coordinators) = (Vec::new(), Vec::new());
        for group in groups {
            let (answer, mut frame) = connection.ask_until_known(group).await?;
            frame[ANSWER_ID_AT..ANSWER_ID_AT + 4].fill(0);
            exchanges.push(Exchange {
                request: request(group, 0),
                answer: frame,
                id_at: ANSWER_ID_AT,
            });
            coordinators.push(answer.coordinator);
        }
        Ok(Self {
            exchanges: Arc::new(exchanges),
            coordinators,
        })
    }

    /// The frames it answered with, the correlation IDs blanked.
    pub(crate) fn answers(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.exchanges.iter().map(|exchange| &exchange.answer)
    }
}
