from features.other import foreign

NAME = "shared and " + foreign.NAME
