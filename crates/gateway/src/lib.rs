//! Kafka clients talking to gateways: the Kafka listener.
