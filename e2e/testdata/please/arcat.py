"""A stand-in for arcat, Please's archive tool, with the options that the plugin uses.

    arcat z -i DIR [--suffix S | -s S]... [--exclude_suffix S] [--strict] --include_other -o ZIP
    arcat x ZIP -o DIR

z packs the files of a folder. The files that end in one of the suffixes are
zips, whose members are added in their place.
"""

import argparse
import os
import sys
import zipfile


def pack(args):
    suffixes = tuple(s for s in args.suffix if s)
    found = {}

    def add(name, data, origin):
        if name in found and (args.strict and found[name] != data):
            sys.exit(f"{origin}: {name} is already there")
        found.setdefault(name, data)

    for folder, folders, names in os.walk(args.input):
        folders.sort()
        for name in sorted(names):
            path = os.path.normpath(os.path.join(folder, name))
            if args.exclude_suffix and path.endswith(args.exclude_suffix):
                continue
            if suffixes and path.endswith(suffixes):
                with zipfile.ZipFile(path) as z:
                    for member in z.namelist():
                        add(member, z.read(member), path)
            elif args.include_other and os.path.abspath(path) != os.path.abspath(args.output):
                with open(path, "rb") as f:
                    add(path, f.read(), path)
    with zipfile.ZipFile(args.output, "w") as z:
        for name, data in sorted(found.items()):
            z.writestr(zipfile.ZipInfo(name, (2001, 1, 1, 0, 0, 0)), data)


def unpack(args):
    with zipfile.ZipFile(args.zip) as z:
        z.extractall(args.output)


parser = argparse.ArgumentParser()
verbs = parser.add_subparsers(required=True)
z = verbs.add_parser("z")
z.add_argument("-i", "--input", required=True)
z.add_argument("-s", "--suffix", action="append", default=[])
z.add_argument("--exclude_suffix", default="")
z.add_argument("--include_other", action="store_true")
z.add_argument("--strict", action="store_true")
z.set_defaults(run=pack)
x = verbs.add_parser("x")
x.add_argument("zip")
x.set_defaults(run=unpack)
for verb in (z, x):
    verb.add_argument("-o", "--output", required=True)
args = parser.parse_args()
args.run(args)
