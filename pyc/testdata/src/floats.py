# floats and complexes, signs of zeros and special values
zero = 0.0
minus = -0.0
both = (0.0, -0.0)
inf = 1e999
minus_inf = -1e999
nan = 1e999 - 1e999
tiny = 5e-324
pi = 3.141592653589793
j = 1j
zero_j = 0j
minus_j = -0j
mixed = (1 + 2j, 1 - 2j, -0.0 + 0j, 0.0 - 1j)
large = (1e308, 1.7976931348623157e308, 1e999j)
