from features import shared
from features.tree import top

print(shared.NAME, top.answer())
print(top.__spec__.cached or top.__spec__.origin)
