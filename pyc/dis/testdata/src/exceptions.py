def guarded(f):
    try:
        f()
    except (ValueError, TypeError) as error:
        raise RuntimeError("wrapped") from error
    except KeyError:
        return 1
    else:
        f(2)
    finally:
        f(3)


try:
    guarded(print)
except* OSError as group:
    pass
