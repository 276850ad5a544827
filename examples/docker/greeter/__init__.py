"""Greets, as a job would that starts, works and ends."""

import argparse
import json
import logging


def main(args=None):
    parser = argparse.ArgumentParser(prog="greeter", description=__doc__)
    parser.add_argument("name", nargs="*", default=["world"])
    names = parser.parse_args(args).name
    logging.basicConfig(level=logging.INFO)
    logging.info("greeting %d", len(names))
    print(json.dumps({"greetings": [f"Hello, {name}!" for name in names]}))
