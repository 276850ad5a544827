// Package cache keeps compiled modules, so that what has been compiled once is
// not compiled again: by this process, by others of this machine, or, through a
// server, by any machine.
//
// # What is kept
//
// A compilation is described as an action of the Remote Execution API (REAPI):
// a command, its inputs and the identity of the compiler. The digest of that
// description is the key. It is a function of the source bytes, the options and
// the compiler, and of nothing else, so that it is the same on every machine.
// What is kept under it are the outputs of the action: a .pyc file with an
// unchecked-hash header and, if there are any, the warnings. A source that is
// not valid Python is not kept: its error costs no more than a look-up.
//
// # What is believed
//
// An entry is checked before it is used: the digests of its files, the header,
// which names the version and the hash of the source, the structure of the
// code object down to the last byte, and the file name that it stores. An entry
// that fails is a miss and a warning in the log, and what is compiled in its
// place is written over it.
//
// These checks find damage: a torn file, a full disk, a broken server, entries
// that were mixed up. They do not find malice. Nobody can tell from the bytes
// alone that a code object is what a source compiles to, so whoever may write
// entries of a cache can put code into what its readers build. Give the right
// to write to a shared cache to trusted machines, such as those of continuous
// integration, and let others read only; let nobody else write to the folder
// of a cache on disk. This holds for every build cache.
//
// # What can go wrong
//
// A cache that is slow, full, down or read-only is a cache that has nothing.
// No compilation fails because of it, and none waits for it for longer than
// its time limit.
package cache
