#!/usr/bin/env python3
"""Commits an offset for a group and reads it again, through librdkafka (confluent-kafka).

    offsets_librdkafka.py --bootstrap 127.0.0.1:9092 --group orders --offset 42

The consumer assigns itself a partition, as applications do that need no group but its offsets. It finds
the group's coordinator, commits there, and a second consumer asks for what was committed. Prints
{"committed": 42, "metadata": "kept"}.

Ends within --timeout seconds whatever happens. Exit status: 0 when both were answered, otherwise 1.
"""

import argparse
import json
import os
import threading

from confluent_kafka import Consumer, TopicPartition


def consumer(arguments):
    settings = {
        "bootstrap.servers": arguments.bootstrap,
        "group.id": arguments.group,
        "enable.auto.commit": False,
    }
    return Consumer(settings)


def main():
    parser = argparse.ArgumentParser(description="Commits an offset and reads it.")
    parser.add_argument("--bootstrap", required=True, metavar="HOST:PORT")
    parser.add_argument("--group", required=True)
    parser.add_argument("--offset", type=int, required=True)
    parser.add_argument("--timeout", type=float, default=60)
    arguments = parser.parse_args()
    watchdog = threading.Timer(arguments.timeout, lambda: os._exit(1))
    watchdog.daemon = True
    watchdog.start()

    partition = TopicPartition("topic", 3, arguments.offset, "kept")
    first = consumer(arguments)
    first.assign([partition])
    (done,) = first.commit(offsets=[partition], asynchronous=False)
    if done.error:
        raise SystemExit(str(done.error))
    first.close()
    second = consumer(arguments)
    (found,) = second.committed([TopicPartition("topic", 3)], timeout=30)
    if found.error:
        raise SystemExit(str(found.error))
    print(json.dumps({"committed": found.offset, "metadata": found.metadata}), flush=True)
    second.close()
    os._exit(0)


if __name__ == "__main__":
    main()
