//! Who is alive: gateways, heartbeats, deadlines.
