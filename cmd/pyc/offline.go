//go:build offline

package main

import "github.com/spf13/cobra"

// With the build constraint "offline" the command has no part that speaks to a
// network: see network.go.

func networkVerbs() []*cobra.Command { return nil }

func networkWays() ([]way, batchWay) { return nil, nil }
