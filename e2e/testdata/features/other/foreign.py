NAME = "foreign"
