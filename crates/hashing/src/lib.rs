//! FNV-1a 32, node IDs and placement of groups on gateways.
