# SPDX-License-Identifier: GPL-2.0-or-later
"""A host whose VMs are at work: the trees that the exporter reads, with counters that go on."""
import os
import shutil
import threading
import time

HZ = 2_000_000_000  # of the TSC

# reason: (code, exits a second of one vCPU, µs of KVM, µs of the VMM, µs blocked for each)
WORK = {
    "disk": {"IO": (123, 900, 40, 160, 0), "NPF": (1024, 120, 90, 20, 0), "INTERRUPT": (96, 250, 30, 0, 0),
             "MSR": (124, 300, 8, 0, 0), "HLT": (120, 200, 12, 0, 1500), "CPUID": (114, 12, 5, 0, 0)},
    "busy": {"INTERRUPT": (96, 260, 25, 0, 0), "MSR": (124, 900, 6, 0, 0), "NPF": (1024, 40, 120, 0, 0),
             "PAUSE": (119, 500, 9, 0, 0), "VINTR": (100, 80, 4, 0, 0), "HYPERCALL": (129, 30, 5, 0, 0)},
    "idle": {"HLT": (120, 24, 20, 0, 40000), "MSR": (124, 60, 9, 0, 0), "INTERRUPT": (96, 8, 20, 0, 0)},
}


class Vm:
    def __init__(self, host, pid, name, work, vcpus, start=4200, scale=1.0):
        self.host, self.pid, self.name, self.vcpus, self.scale = host, pid, name, vcpus, scale
        self.work = WORK[work]
        self.counts = [dict.fromkeys(self.work, 0) for _ in range(vcpus)]
        self.dir = f"{host.top}/debugfs/kvm/{pid}-9"
        self.proc = f"{host.top}/proc/{pid}"
        os.makedirs(self.proc)
        argv = ["/usr/bin/qemu-system-x86_64", "-name", f"guest={name},debug-threads=on",
                "-uuid", f"00000000-1111-2222-3333-{pid:012d}"]
        put(f"{self.proc}/cmdline", "".join(a + "\0" for a in argv))
        put(f"{self.proc}/status", f"Name:\tqemu\nTgid:\t{pid}\nPid:\t{pid}\n")
        put(f"{self.proc}/stat", f"{pid} (qemu) S 1 {pid} {pid} 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 4 0 {start} 1 1\n")
        for i in range(vcpus):
            os.makedirs(f"{self.dir}/vcpu{i}")
            put(f"{self.dir}/vcpu{i}/pid", f"{pid + 1 + i}\n")
        self.go_on(0)

    def go_on(self, seconds):
        """The exits of so many seconds more."""
        for i, counts in enumerate(self.counts):
            for reason, (_, rate, *_) in self.work.items():
                counts[reason] += int(rate * self.scale * seconds * (1 + i / 4))
        for i, counts in enumerate(self.counts):
            put(f"{self.dir}/vcpu{i}/exit_stats", self.text(counts, 1))
        whole = {r: sum(c[r] for c in self.counts) for r in self.work}
        put(f"{self.dir}/exit_stats", self.text(whole, self.vcpus))

    def text(self, counts, vcpus):
        lines = [f"# isa svm tsc_khz {HZ // 1000} on 1 vcpus {vcpus} paused 0 dropped 0",
                 "# code name count kernel user blocked"]
        for reason, (code, _, *times) in sorted(self.work.items(), key=lambda w: w[1][0]):
            n = counts[reason]
            if n:
                lines.append(f"{code} {reason} {n} " + " ".join(str(n * us * HZ // 1_000_000) for us in times))
        return "\n".join(lines) + "\n"

    def end(self):
        self.host.vms.remove(self)
        shutil.rmtree(self.dir)
        shutil.rmtree(self.proc)


class Host:
    def __init__(self, top):
        self.top, self.vms = top, []
        self.lock, self.running = threading.Lock(), False
        os.makedirs(f"{top}/debugfs/kvm")
        os.makedirs(f"{top}/proc")
        put(f"{top}/proc/stat", "cpu  1 2 3 4\ncpu0 1 2 3 4\nintr 1 2\nctxt 5\nbtime 1700000000\n")

    def add(self, *args, **more):
        with self.lock:
            self.vms.append(Vm(self, *args, **more))
            return self.vms[-1]

    def end(self, vm):
        with self.lock:
            vm.end()

    def run(self):
        """Let the counters go on by themselves."""
        self.running = True
        threading.Thread(target=self.loop, daemon=True).start()

    def stop(self):
        with self.lock:
            self.running = False

    def loop(self):
        last, turn = time.monotonic(), 0
        while True:
            time.sleep(0.2)
            with self.lock:
                if not self.running:
                    return
                now = time.monotonic()
                turn += 1
                for i, vm in enumerate(self.vms):
                    # Work comes and goes.
                    vm.go_on((now - last) * (0.75 + 0.25 * ((turn // 10 + i) % 3)))
                last = now


def put(path, text):
    """
    A file at once. One that is there is written over by one call: debugfs does not touch a VM's directory
    when counters go on, and the exporter tells another VM by that.
    """
    data = text.encode()
    try:
        fd = os.open(path, os.O_WRONLY)
    except FileNotFoundError:
        with open(path + ".new", "wb") as f:
            f.write(data)
        os.rename(path + ".new", path)
        return
    try:
        os.pwrite(fd, data, 0)
        if os.fstat(fd).st_size > len(data):
            os.ftruncate(fd, len(data))
    finally:
        os.close(fd)
