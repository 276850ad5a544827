import os
import os.path as path
from . import sibling
from collections import OrderedDict as Dict, deque
from sys import *


def late():
    import json.decoder
    from json import loads
    return json, loads
