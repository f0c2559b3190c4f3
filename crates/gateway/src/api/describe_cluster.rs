use super::ErrorCode;
use crate::Cluster;
use crate::wire::{Malformed, Reader, Writer};

/// Brokers are listed to clients; controllers only to those that manage a real Kafka.
const BROKERS: i8 = 1;
const CONTROLLERS: i8 = 2;

/// Says that authorized operations are not told.
const OPERATIONS_OMITTED: i32 = i32::MIN;

/// A DescribeCluster request. No broker here is ever fenced: one that is not healthy is not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DescribeClusterRequest {
    pub(crate) endpoint_type: i8,
}

impl DescribeClusterRequest {
    /// What is answered to a request that could not be read.
    pub(crate) const UNREAD: Self = Self {
        endpoint_type: BROKERS,
    };

    pub(crate) fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, Malformed> {
        reader.bool()?;
        let endpoint_type = if version >= 1 { reader.i8()? } else { BROKERS };
        if version >= 2 {
            reader.bool()?;
        }
        reader.tags()?;
        Ok(Self { endpoint_type })
    }

    /// As Kafka answers it from a broker.
    pub(crate) const fn error(self) -> ErrorCode {
        match self.endpoint_type {
            BROKERS => ErrorCode::None,
            CONTROLLERS => ErrorCode::MismatchedEndpointType,
            _ => ErrorCode::UnsupportedEndpointType,
        }
    }
}

/// Writes the fleet, or only the error where there is one.
pub(crate) fn write(
    writer: &mut Writer<'_>,
    version: i16,
    cluster: &Cluster,
    request: DescribeClusterRequest,
    error: ErrorCode,
) {
    let fine = error == ErrorCode::None;
    writer.i32(0);
    writer.i16(error.number());
    writer.nullable_string((!fine).then_some("only brokers are described here"));
    if version >= 1 {
        writer.i8(request.endpoint_type);
    }
    writer.string(if fine {
        cluster.cluster_id.as_str()
    } else {
        ""
    });
    writer.i32(
        cluster
            .controller
            .filter(|_| fine)
            .map_or(-1, |id| id.get()),
    );
    let brokers = if fine {
        cluster.brokers.as_slice()
    } else {
        &[]
    };
    writer.array(brokers.iter(), |writer, broker| {
        writer.i32(broker.node_id().get());
        writer.string(broker.host());
        writer.i32(i32::from(broker.port()));
        writer.nullable_string(None);
        if version >= 2 {
            writer.bool(false);
        }
        writer.no_tags();
    });
    writer.i32(OPERATIONS_OMITTED);
    writer.no_tags();
}
