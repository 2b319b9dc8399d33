"""Where the stages run: on this machine, or on a cluster. An engine knows no stage by name."""
