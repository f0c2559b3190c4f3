#!/usr/bin/env python3
"""One member of a consumer group, through kafka-python 3, told what to do line by line.

    group_kafka_python.py --bootstrap 127.0.0.1:9092 --group orders

It joins, and polls as applications do, so that it heartbeats and takes part in rebalances. The gateway
has no topics; so the consumer is made to believe that `topic` has --partitions of them, and what the
group's leader assigns is real. Commands come on standard input, each answered by one line of JSON:

    state             {"generation": 1, "member": "...", "leads": true, "coordinator": "h:p", "assigned": [0, 1]}
    commit N          commits offset N of every assigned partition; {} or {"error": "..."}
    committed P       {"offset": N} or {"offset": null}
    misdirect H:P     from now on the consumer takes that gateway for its coordinator; {}
    describe          {"state": "Stable", "members": ["...", "..."]}, asked of the coordinator
    leave             closes the consumer; {}

An error of the library is {"error": "its name"}. Ends when its input does, and within --timeout seconds
whatever happens.
"""

import argparse
import json
import os
import queue
import sys
import threading
import time

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import RebalanceInProgressError, UnknownTopicOrPartitionError
from kafka.structs import OffsetAndMetadata

TOPIC = "topic"


class Member:
    def __init__(self, arguments):
        self.consumer = KafkaConsumer(
            bootstrap_servers=arguments.bootstrap,
            group_id=arguments.group,
            client_id=arguments.client,
            enable_auto_commit=False,
            session_timeout_ms=6000,
            heartbeat_interval_ms=300,
            max_poll_interval_ms=10000,
            request_timeout_ms=4000,
            retry_backoff_ms=50,
        )
        partitions = set(range(arguments.partitions))
        cluster = self.consumer._client.cluster
        known = cluster.partitions_for_topic
        cluster.partitions_for_topic = lambda topic: (
            partitions if topic == TOPIC else known(topic)
        )
        self.consumer.subscribe([TOPIC])
        self.group = arguments.group
        self.bootstrap = arguments.bootstrap

    def poll(self):
        try:
            self.consumer.poll(timeout_ms=50)
        except UnknownTopicOrPartitionError:
            # It asked for the topic's metadata because a gateway could not be reached, and there is no such
            # topic. The next poll goes on from there.
            pass

    @property
    def coordinator(self):
        return self.consumer._coordinator

    def state(self):
        generation = self.coordinator._generation
        at = self.coordinator.coordinator_id
        broker = None if at is None else self.consumer._client.cluster.broker_metadata(at)
        return {
            "generation": generation.generation_id,
            "member": generation.member_id,
            "leads": self.coordinator._is_leader,
            "coordinator": broker and f"{broker.host}:{broker.port}",
            "assigned": sorted(it.partition for it in self.consumer.assignment()),
        }

    def commit(self, offset):
        # Longer than the session of a member that the client has left behind, where an answer was late.
        end = time.monotonic() + 45
        while time.monotonic() < end:
            offsets = {
                it: OffsetAndMetadata(int(offset), "kept", -1)
                for it in self.consumer.assignment()
            }
            try:
                self.consumer.commit(offsets, timeout_ms=20000)
                return {}
            except RebalanceInProgressError:
                # As applications do: take part in it, and commit then.
                self.poll()
        return {"error": "it never stops rebalancing"}

    def committed(self, partition):
        offset = self.consumer.committed(
            TopicPartition(TOPIC, int(partition)), timeout_ms=20000
        )
        return {"offset": offset}

    def misdirect(self, address):
        host, _, port = address.rpartition(":")
        brokers = self.consumer._client.cluster.brokers()
        (node,) = [
            it.node_id for it in brokers if it.host == host and it.port == int(port)
        ]
        self.coordinator.coordinator_id = node
        return {}

    def describe(self):
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        try:
            group = admin.describe_groups([self.group])[self.group]
        finally:
            admin.close()
        if group.get("error_code"):
            return {"error": group["error_code"]}
        members = sorted(it["client_id"] for it in group["members"])
        return {"state": group["group_state"], "members": members}

    def leave(self):
        self.consumer.close()
        return {}


def main():
    parser = argparse.ArgumentParser(description="One member of a consumer group.")
    parser.add_argument("--bootstrap", required=True, metavar="HOST:PORT")
    parser.add_argument("--group", required=True)
    parser.add_argument("--client", default="member")
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--timeout", type=float, default=120)
    arguments = parser.parse_args()

    # Whatever the library is doing then, this ends it.
    watchdog = threading.Timer(arguments.timeout, lambda: os._exit(1))
    watchdog.daemon = True
    watchdog.start()
    commands = queue.Queue()

    def read():
        for line in sys.stdin:
            commands.put(line.split())
        commands.put(None)

    threading.Thread(target=read, daemon=True).start()
    member = Member(arguments)
    left = False
    while True:
        # Also between two commands, or one who asks often would keep it from taking part.
        if not left:
            member.poll()
        try:
            command = commands.get(timeout=0.01)
        except queue.Empty:
            continue
        if command is None:
            break
        name, *words = command
        try:
            answer = getattr(member, name)(*words)
            left = left or name == "leave"
        except Exception as error:  # the library raises many kinds
            answer = {"error": type(error).__name__}
            print(f"{name}: {error!r}", file=sys.stderr)
        print(json.dumps(answer), flush=True)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
