// Package remote shares compiled modules through a Remote Execution API (REAPI)
// server.
package remote
