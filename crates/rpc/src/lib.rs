//! Gateways talking to each other: gRPC, groupkeeper.v1.
