#!/usr/bin/env python3
"""Administers groups through kafka-python 3.

    admin_kafka_python.py --bootstrap 127.0.0.1:9092 list
    admin_kafka_python.py --bootstrap 127.0.0.1:9092 delete GROUP...

Prints one line of JSON: the names of all groups, sorted; or each group with `OK` or the library's name of its error. Ends within
--timeout seconds whatever happens.
"""

import argparse
import json
import os
import threading

from kafka import KafkaAdminClient


def listed(admin):
    return sorted(group["group_id"] for group in admin.list_groups())


def main():
    parser = argparse.ArgumentParser(description="Administers groups.")
    parser.add_argument("--bootstrap", required=True, metavar="HOST:PORT")
    parser.add_argument("--group", help="taken and not used")
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("what", choices=["list", "delete"])
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()

    # Whatever the library is doing then, this ends it.
    watchdog = threading.Timer(arguments.timeout, lambda: os._exit(1))
    watchdog.daemon = True
    watchdog.start()
    admin = KafkaAdminClient(bootstrap_servers=arguments.bootstrap)
    if arguments.what == "list":
        answer = listed(admin)
    else:
        answer = admin.delete_groups(arguments.names)
    print(json.dumps(answer), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
