#!/usr/bin/env python3
"""Asks one gateway who coordinates each group, through librdkafka (confluent-kafka).

    printf 'g1\ng2\n' | find_librdkafka.py --bootstrap 127.0.0.1:9092

Group names come on standard input, one a line. For each, in the order given, one line of JSON goes
to standard output:

    {"group": "g1", "coordinator": "10.0.0.7:9092", "node_id": 7}
    {"group": "g2", "error": 15}

librdkafka has no call that just asks. So each group gets a consumer of its own, whose first act is to
send FindCoordinator (version 2), and what it is told is read from librdkafka's own debug log. That is
what applications do, at the price of some threads a group: a few hundred groups are fine, --parallel
of them at a time.

Exactly the gateway named is asked. librdkafka left alone would not do that: as soon as Metadata has
told it the other gateways, it drops the connection it began with, together with a FindCoordinator that
is under way, and asks any of them. So the consumers connect through a relay inside this program that
passes everything on but Metadata, which stays unanswered. With --wait, groups answered 14 or 15 are
given that many seconds for a better answer: librdkafka asks again on its own, once a second.

Limits: librdkafka replaces bytes that are not printable in its log, so group names must be printable
ASCII. Only FindCoordinator is tried here: without Metadata no consumer gets further.

Ends within --timeout seconds whatever happens. Exit status: 0 when every group was answered, with an
error or not; 1 when some were not (their names are on standard error); 2 when the arguments are wrong.
"""

import argparse
import asyncio
import concurrent.futures
import json
import logging
import os
import re
import sys
import threading
import time

from confluent_kafka import Consumer

# The log names errors as the protocol does, and local failures with a leading underscore.
ERRORS = {
    "COORDINATOR_LOAD_IN_PROGRESS": 14,
    "COORDINATOR_NOT_AVAILABLE": 15,
    "NOT_COORDINATOR": 16,
    "INVALID_GROUP_ID": 24,
    "GROUP_AUTHORIZATION_FAILED": 30,
    "UNSUPPORTED_VERSION": 35,
    "INVALID_REQUEST": 42,
}
RETRIABLE = (14, 15)
METADATA = 3
FOUND = re.compile(r" coordinator is (?P<host>\S+):(?P<port>\d+) id (?P<id>-?\d+)$")
FAILED = re.compile(r" FindCoordinator response error: (?P<error>[A-Z]\w*)")


class Relay:
    """Stands between librdkafka and one gateway, and passes on all requests but Metadata."""

    def __init__(self, bootstrap):
        host, _, port = bootstrap.rpartition(":")
        self.gateway = (host.strip("[]"), int(port))
        self.loop = asyncio.new_event_loop()
        thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        thread.start()
        start = asyncio.start_server(self.carry, "127.0.0.1", 0)
        server = asyncio.run_coroutine_threadsafe(start, self.loop).result()
        self.addr = "127.0.0.1:%d" % server.sockets[0].getsockname()[1]

    async def carry(self, client, to_client):
        try:
            gateway, to_gateway = await asyncio.open_connection(*self.gateway)
        except OSError:
            to_client.close()
            return
        both = [
            asyncio.ensure_future(self.requests(client, to_gateway)),
            asyncio.ensure_future(self.answers(gateway, to_client)),
        ]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for half in both:
            half.cancel()
        await asyncio.gather(*both, return_exceptions=True)
        to_client.close()
        to_gateway.close()

    async def requests(self, client, to_gateway):
        while True:
            length = await client.readexactly(4)
            request = await client.readexactly(int.from_bytes(length, "big"))
            if int.from_bytes(request[:2], "big") != METADATA:
                to_gateway.write(length + request)
                await to_gateway.drain()

    async def answers(self, gateway, to_client):
        while data := await gateway.read(65536):
            to_client.write(data)
            await to_client.drain()


class Answer(logging.Handler):
    """Reads one consumer's log for what the gateway answered last."""

    def __init__(self):
        super().__init__()
        self.line = None

    def emit(self, record):
        text = record.getMessage()
        if match := FOUND.search(text):
            host = f"[{match['host']}]" if ":" in match["host"] else match["host"]
            coordinator = f"{host}:{match['port']}"
            self.line = {"coordinator": coordinator, "node_id": int(match["id"])}
        elif match := FAILED.search(text):
            name = match["error"]
            self.line = {"error": ERRORS.get(name, name)}

    def is_final(self):
        return bool(self.line) and self.line.get("error") not in RETRIABLE


def find(group, bootstrap, wait_until, deadline):
    """What the gateway answers for a group, or None when the time is up."""
    logger = logging.Logger(group, logging.DEBUG)
    answer = Answer()
    logger.addHandler(answer)
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": group,
            "debug": "cgrp",
            "log_level": 7,
            "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 500,
        },
        logger=logger,
    )
    try:
        consumer.subscribe(["find-librdkafka"])
        while (now := time.monotonic()) < deadline and not answer.is_final():
            if answer.line and now >= wait_until:
                break
            # The log is delivered from within poll.
            consumer.poll(0.02)
    finally:
        consumer.close()
    return answer.line and {"group": group, **answer.line}


def main():
    parser = argparse.ArgumentParser(
        description="Asks one gateway who coordinates each group, through librdkafka.",
        epilog="Group names come on standard input, one a line.",
    )
    parser.add_argument("--bootstrap", required=True, metavar="HOST:PORT")
    parser.add_argument("--parallel", type=int, default=8, help="groups at a time")
    parser.add_argument("--wait", type=float, default=0, help="seconds to ask again")
    parser.add_argument("--timeout", type=float, default=30, help="seconds in all")
    arguments = parser.parse_args()
    if arguments.parallel < 1 or arguments.timeout <= 0:
        parser.error("--parallel and --timeout must be positive")
    groups = [name for name in sys.stdin.read().split("\n") if name]
    for group in groups:
        if not (group.isascii() and group.isprintable()):
            parser.error(f"{group!r} is not printable ASCII")

    # Whatever the library is doing then, this ends it.
    watchdog = threading.Timer(arguments.timeout + 2, lambda: os._exit(1))
    watchdog.daemon = True
    watchdog.start()

    started = time.monotonic()
    times = started + arguments.wait, started + arguments.timeout
    relay = Relay(arguments.bootstrap)
    missing = []
    with concurrent.futures.ThreadPoolExecutor(arguments.parallel) as pool:
        lines = pool.map(lambda g: find(g, relay.addr, *times), groups)
        for group, line in zip(groups, lines):
            if line:
                print(json.dumps(line), flush=True)
            else:
                missing.append(group)
    for group in missing:
        print(f"{group}: no answer from {arguments.bootstrap}", file=sys.stderr)
    sys.stderr.flush()
    os._exit(1 if missing else 0)


if __name__ == "__main__":
    main()
