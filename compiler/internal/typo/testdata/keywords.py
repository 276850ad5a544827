"""Writes the keywords that CPython tries in the place of names, a name and its
keywords a line: python3.14 keywords.py > keywords.txt
"""
import _suggestions
import difflib
import keyword

NAMES = """improt fro clas esle whille im retrn asynch deff TRUE none x i o a nto elsif except_
contniue gloabl nonlcal lamda wihle yeild Raise tryy ﬁnally fôr ass orr awiat brake pss
abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"""

for name in NAMES.split():
    nearest = _suggestions._generate_suggestions(keyword.kwlist, name)
    similar = difflib.get_close_matches(name, keyword.kwlist, n=3, cutoff=0.5)
    print(name, *([nearest] if nearest else []) + similar[: 2 if nearest else 3])
