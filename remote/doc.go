// Package remote speaks to servers of the Remote Execution API (REAPI): it
// keeps compiled modules in their caches, reads and writes blobs by digest, and
// has modules compiled by their executors.
//
// Who may write to a cache, and who runs an executor, can put code into what
// its users build; the documentation of package cache says what is checked and
// what cannot be. Passwords and tokens go to the server alone, as package dial
// has it.
package remote
