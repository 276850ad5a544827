// Command loadservice compiles the same modules with the compile service, with
// the worker and with the command, one after the other, and prints how long each
// takes and how much memory:
//
//	go build -o /tmp/pyc ./cmd/pyc
//	go run ./tools/loadservice -pyc /tmp/pyc -modules 100000 -streams 200 /usr/lib/python3.14
//
// Requests to the service and to the worker are as many at once as there are
// streams; each stream waits for the answer before it sends the next module. The
// time of a module is that from its request to its answer, waiting included. The
// exit code is 1 if a module has no answer or another one than the first time.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// options are the flags.
type options struct {
	pyc     string
	python  string
	modules int
	streams int
	conns   int
	maxSize int
}

func main() {
	var o options
	flag.StringVar(&o.pyc, "pyc", "", "`PATH` of the command pyc")
	flag.StringVar(&o.python, "python", "3.14", "Python `VERSION` to compile for")
	flag.IntVar(&o.modules, "modules", 10000, "`NUMBER` of modules; the sources are taken in turn")
	flag.IntVar(&o.streams, "streams", 200, "`NUMBER` of streams, and of requests at once")
	flag.IntVar(&o.conns, "connections", 8, "`NUMBER` of connections that the streams share")
	flag.IntVar(&o.maxSize, "max-size", 1<<20, "greatest `SIZE` of a source in bytes")
	flag.Parse()
	if flag.NArg() != 1 || o.pyc == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(context.Background(), o, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "loadservice:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, dir string) error {
	sources, err := readSources(dir, o.maxSize)
	if err != nil {
		return err
	}
	total := 0
	for i := range o.modules {
		total += len(sources[i%len(sources)].text)
	}
	fmt.Printf("%d modules of Python %s from %d sources, %d MB in all; %d at once\n\n", o.modules, o.python, len(sources), total>>20, o.streams)
	fmt.Printf("%-10s %10s %10s %10s %10s %10s %10s %12s %12s\n", "", "seconds", "modules/s", "CPU s", "p50 ms", "p99 ms", "max ms", "RSS 10% MB", "RSS end MB")
	for _, way := range []struct {
		name string
		run  func(context.Context, options, []source) (*measurement, error)
	}{{"service", loadService}, {"worker", loadWorker}, {"command", loadCommand}} {
		m, err := way.run(ctx, o, sources)
		if err != nil {
			return fmt.Errorf("%s: %w", way.name, err)
		}
		m.print(way.name, o.modules)
	}
	return nil
}

// A source is a file to compile.
type source struct {
	path string
	name string // below the folder
	text []byte
}

// readSources reads the *.py files below a folder.
func readSources(dir string, maxSize int) ([]source, error) {
	var all []source
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !strings.HasSuffix(path, ".py") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil || len(text) > maxSize {
			return err
		}
		name, err := filepath.Rel(dir, path)
		all = append(all, source{path, name, text})
		return err
	})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("there is no Python source below %s", dir)
	}
	return all, err
}

// A measurement is what one way takes.
type measurement struct {
	took   time.Duration
	cpu    time.Duration   // of the process's threads, the system's work for them included
	each   []time.Duration // of a module, if it is known
	early  int64           // resident memory in bytes when a tenth was done
	late   int64           // the same at the end
	failed atomic.Int64    // modules that are no valid Python
}

func (m *measurement) print(name string, modules int) {
	at := func(share float64) string {
		if len(m.each) == 0 {
			return "-"
		}
		return fmt.Sprintf("%.1f", float64(m.each[int(share*float64(len(m.each)-1))].Microseconds())/1000)
	}
	slices.Sort(m.each)
	memory := func(n int64) string {
		if n == 0 {
			return "-"
		}
		return fmt.Sprint(n >> 20)
	}
	fmt.Printf("%-10s %10.1f %10.0f %10.1f %10s %10s %10s %12s %12s   %d not valid\n", name, m.took.Seconds(), float64(modules)/m.took.Seconds(),
		m.cpu.Seconds(), at(0.5), at(0.99), at(1), memory(m.early), memory(m.late), m.failed.Load())
}

// inTurn has loops ask for the modules 0 to n-1, each when the one before is
// answered, and measures each and the memory of a process.
func inTurn(n, loops, pid int, ask func(loop, module int) error) (*measurement, error) {
	m := &measurement{each: make([]time.Duration, n)}
	var next, done atomic.Int64
	var group sync.WaitGroup
	faults := make([]error, loops)
	began := time.Now()
	for loop := range loops {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || faults[loop] != nil {
					return
				}
				sent := time.Now()
				faults[loop] = ask(loop, i)
				m.each[i] = time.Since(sent)
				if int(done.Add(1)) == n/10 {
					m.early = resident(pid)
				}
			}
		})
	}
	group.Wait()
	m.took, m.late, m.cpu = time.Since(began), resident(pid), cpuTime(pid)
	return m, errors.Join(faults...)
}

// resident returns the memory of a process in bytes, or 0 if it is not known.
func resident(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// tick is the unit of times in /proc.
const tick = 10 * time.Millisecond

// cpuTime returns what a process has taken of processors, or 0 if it is not
// known.
func cpuTime(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The second field is a name in brackets; the 14th and 15th are the times.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	var user, system int64
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		return 0
	}
	return time.Duration(user+system) * tick
}

// answers remembers the first answer to each source, to compare with later ones.
type answers struct {
	mu    sync.Mutex
	first map[int]string
}

func (a *answers) check(source int, answer string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	first, ok := a.first[source]
	if !ok {
		a.first[source] = answer
	}
	if ok && first != answer {
		return fmt.Errorf("source %d has two different answers: %s", source, cmp.Or(answer, "nothing"))
	}
	return nil
}
