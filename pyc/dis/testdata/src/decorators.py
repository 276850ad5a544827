@first
@second(1)
def decorated(a=[], *, key={}):
    def nested(b=a, *, k=key) -> a:
        return b, a, k

    return nested
