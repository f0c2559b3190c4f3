#!/usr/bin/env python3
"""Asks one gateway who coordinates each group, through kafka-python 3.

    printf 'g1\ng2\n' | find_kafka_python.py --bootstrap 127.0.0.1:9092

Group names come on standard input, one a line. For each, in the order given, one line of JSON goes
to standard output:

    {"group": "g1", "coordinator": "10.0.0.7:9092", "node_id": 7}
    {"group": "g2", "error": 15}

The requests go over kafka-python's own connection to exactly the gateway named, in the newest
version of FindCoordinator that both sides know; from version 4 on many groups share a request
(--batch). No other gateway is asked: the library's bootstrap, which follows Metadata elsewhere, is not
used. With --wait, groups answered 14 or 15 are asked for again every 100 ms, as the library's own
consumer does, until that many seconds are over; without it each group is asked for once.

Ends within --timeout seconds whatever happens. Exit status: 0 when every group was answered, with an
error or not; 1 when the gateway could not be asked (what failed is on standard error, and groups
without an answer are not printed); 2 when the arguments are wrong.
"""

import argparse
import json
import os
import sys
import threading
import time

from kafka.net.compat import KafkaNetClient
from kafka.protocol.metadata import FindCoordinatorRequest

RETRIABLE = (14, 15)  # loading, not available
GROUP = 0


def host_port(host, port):
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def line(group, found):
    if found.error_code:
        return {"group": group, "error": found.error_code}
    coordinator = host_port(found.host, found.port)
    return {"group": group, "coordinator": coordinator, "node_id": found.node_id}


class Gateway:
    """One connection to one gateway, and the time by which all is over."""

    def __init__(self, bootstrap, deadline):
        self.deadline = deadline
        self.client = KafkaNetClient(
            bootstrap_servers=[bootstrap], client_id="find-kafka-python"
        )
        (broker,) = self.client.cluster.bootstrap_brokers()
        self.node = broker.node_id
        self.client.await_ready(self.node, timeout_ms=self.left_ms())
        connection = self.client._manager._conns[self.node]
        versions = connection.broker_version_data
        self.version = versions.api_version(FindCoordinatorRequest)

    def left_ms(self):
        return max(1, int((self.deadline - time.monotonic()) * 1000))

    def find(self, groups):
        """What the gateway answers for these groups."""
        if self.version >= 4:
            request = FindCoordinatorRequest(
                key_type=GROUP, coordinator_keys=groups, min_version=4
            )
            answer = self.send(request)
            found = {entry.key: entry for entry in answer.coordinators}
            return {group: line(group, found[group]) for group in groups}
        asked = {}
        for group in groups:
            request = FindCoordinatorRequest(
                key=group, key_type=GROUP, max_version=self.version
            )
            asked[group] = line(group, self.send(request))
        return asked

    def send(self, request):
        return self.client.send_and_receive(
            self.node, request, timeout_ms=self.left_ms()
        )


def main():
    parser = argparse.ArgumentParser(
        description="Asks one gateway who coordinates each group, through kafka-python.",
        epilog="Group names come on standard input, one a line.",
    )
    parser.add_argument("--bootstrap", required=True, metavar="HOST:PORT")
    parser.add_argument("--batch", type=int, default=100, help="groups a request")
    parser.add_argument("--wait", type=float, default=0, help="seconds to ask again")
    parser.add_argument("--timeout", type=float, default=30, help="seconds in all")
    arguments = parser.parse_args()
    if arguments.batch < 1 or arguments.timeout <= 0:
        parser.error("--batch and --timeout must be positive")
    groups = [name for name in sys.stdin.read().split("\n") if name]

    # Whatever the library is doing then, this ends it.
    watchdog = threading.Timer(arguments.timeout + 1, lambda: os._exit(1))
    watchdog.daemon = True
    watchdog.start()

    started = time.monotonic()
    answers = {}
    failed = None
    try:
        gateway = Gateway(arguments.bootstrap, started + arguments.timeout)
        missing = list(dict.fromkeys(groups))
        while missing:
            for start in range(0, len(missing), arguments.batch):
                answers.update(gateway.find(missing[start : start + arguments.batch]))
            missing = [g for g in missing if answers[g].get("error") in RETRIABLE]
            if time.monotonic() + 0.1 > started + arguments.wait:
                break
            time.sleep(0.1)
    except Exception as error:  # the library raises many kinds
        failed = f"{arguments.bootstrap}: {type(error).__name__}: {error}"
    for group in groups:
        if group in answers:
            print(json.dumps(answers[group]))
    sys.stdout.flush()
    if failed:
        print(failed, file=sys.stderr, flush=True)
    os._exit(1 if failed else 0)


if __name__ == "__main__":
    main()
