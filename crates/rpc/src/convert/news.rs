use std::num::NonZeroU32;
use std::sync::Arc;

use groupkeeper_assignment_store::Failover;
use groupkeeper_registry::peer::News;
use groupkeeper_types::GatewayAddr;

use super::found::stamp;
use super::gateway_addr;
use crate::invalid_message::required;
use crate::proto::news::News as WireNews;
use crate::{InvalidMessage, MAX_LIST_LEN, proto};

impl From<News> for proto::News {
    fn from(news: News) -> Self {
        let news = match news {
            News::Decided(decision) => WireNews::Decided(decision.into()),
            News::FailedOver(failover) => WireNews::FailedOver(failed_over(&failover)),
        };
        Self { news: Some(news) }
    }
}

impl TryFrom<proto::News> for News {
    type Error = InvalidMessage;

    fn try_from(news: proto::News) -> Result<Self, Self::Error> {
        Ok(match required("news", news.news)? {
            WireNews::Decided(decision) => Self::Decided(decision.try_into()?),
            WireNews::FailedOver(failover) => Self::FailedOver(failover.try_into().map(Arc::new)?),
        })
    }
}

fn failed_over(failover: &Failover) -> proto::Failover {
    let taker = |(addr, weight): &(GatewayAddr, NonZeroU32)| proto::Taker {
        addr: addr.as_str().to_owned(),
        weight: weight.get(),
    };
    proto::Failover {
        stamp: Some(failover.stamp().into()),
        gone: failover.gone().iter().map(ToString::to_string).collect(),
        rule: failover.rule().to_owned(),
        among: failover.among().iter().map(taker).collect(),
    }
}

impl TryFrom<proto::Failover> for Failover {
    type Error = InvalidMessage;

    fn try_from(failover: proto::Failover) -> Result<Self, Self::Error> {
        let taker = |taker: proto::Taker| {
            let weight = NonZeroU32::new(taker.weight);
            let weight = weight.ok_or_else(|| InvalidMessage::new("weight", &"it is 0"))?;
            Ok((gateway_addr("addr", &taker.addr)?, weight))
        };
        let gone = failover.gone.iter().map(|addr| gateway_addr("gone", addr));
        let gone = gone.collect::<Result<_, InvalidMessage>>()?;
        let among = failover.among.into_iter().map(taker);
        let among = among.collect::<Result<_, InvalidMessage>>()?;
        Self::new(stamp(failover.stamp), gone, failover.rule, among)
            .map_err(|error| InvalidMessage::new("failed_over", &error))
    }
}

/// Everything that was decided, in its order.
pub(super) fn all(news: Vec<proto::News>) -> Result<Vec<News>, InvalidMessage> {
    if news.len() > MAX_LIST_LEN {
        let why = format!(
            "it has {} entries, and {MAX_LIST_LEN} is the most",
            news.len()
        );
        return Err(InvalidMessage::new("news", &why));
    }
    news.into_iter().map(TryInto::try_into).collect()
}
