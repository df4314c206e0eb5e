import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandboxWorld, type RunOptions, type SandboxWorld } from "./sandboxWorld.ts";

let world: SandboxWorld;
beforeAll(async () => {
  world = await createSandboxWorld();
});
afterAll(() => world.close());

/** Each `attempt("name", f)` prints the name and the value, or the error's name. */
const prelude = `import opencontracts, os, sys, time, socket, errno, ctypes
session = opencontracts.session()
def attempt(f):
    try: value = f()
    except BaseException as error:
        number = getattr(error, "errno", None)
        value = type(error).__name__ + (" " + errno.errorcode[number] if number in errno.errorcode else "")
    session.print(value)
def call(name, *args):
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*args) < 0: raise OSError(ctypes.get_errno(), name)
    return "done"
`;

async function attempt(expression: string, options?: RunOptions): Promise<string | undefined> {
  const { prints, end } = await world.run(`${prelude}attempt(lambda: ${expression})\n`, options);
  expect(end).toEqual({ outcome: "finished" });
  return prints[0];
}

describe("a script looks around", () => {
  it("sees its own processes only", async () => {
    expect(await attempt(`sorted(int(p) for p in os.listdir("/proc") if p.isdigit())`)).toBe("[1, 2]");
  });

  it("sees no environment but the sandbox's own", async () => {
    expect(await attempt(`sorted(os.environ)`)).toBe(
      "['CURL_CA_BUNDLE', 'HOME', 'LANG', 'PATH', 'PWD', 'REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE', 'TMPDIR']",
    );
  });

  it("finds none of the machine's files", async () => {
    const probe = `[p for p in ("/root", "/home", "/work", "/sys", "/var", "/boot", "/srv", "/opt", "/etc/shadow", "/etc/hostname", "/dev/nsm", "/dev/vsock", "/dev/kvm", "/dev/mem") if os.path.exists(p)]`;
    expect(await attempt(probe)).toBe("[]");
    expect(await attempt(`sorted(os.listdir("/tmp"))`)).toBe("[]");
  });

  it("cannot look into the first process of its sandbox", async () => {
    expect(await attempt(`open("/proc/1/environ", "rb").read()`)).toMatch(
      /^(?:b'(?:LC_CTYPE=C.UTF-8\\x00)?'|PermissionError EACCES)$/,
    );
    expect(await attempt(`os.readlink("/proc/1/root")`)).toMatch(/^(?:\/|PermissionError EACCES)$/);
  });

  it("has a user of its own and no capability", async () => {
    expect(await attempt(`(os.getuid(), os.getgid(), os.getgroups() in ([], [65534]))`)).toBe(
      "(65534, 65534, True)",
    );
    const status = `[l.split()[1] for l in open("/proc/self/status") if l.startswith(("CapEff", "CapPrm", "CapBnd", "NoNewPrivs", "Seccomp:"))]`;
    expect(await attempt(status)).toBe(
      "['0000000000000000', '0000000000000000', '0000000000000000', '1', '2']",
    );
  });

  it.each([
    "/x",
    "/usr/x",
    "/etc/x",
    "/enclave/python/x",
    "/run/folder/x",
    "/dev/x",
    "/proc/sys/kernel/hostname",
  ])("cannot write %s", async (path) => {
    expect(await attempt(`open("${path}", "w").write("x")`)).toMatch(
      /^(?:OSError EROFS|PermissionError E(?:ACCES|PERM)|FileNotFoundError ENOENT)$/,
    );
  });
});

describe("a script reaches for the kernel", () => {
  it.each([
    ["AF_NETLINK", `socket.socket(16, socket.SOCK_RAW, 0)`, "OSError EAFNOSUPPORT"],
    ["AF_VSOCK", `socket.socket(40, socket.SOCK_STREAM, 0)`, "OSError EAFNOSUPPORT"],
    ["AF_PACKET", `socket.socket(17, socket.SOCK_RAW, 0)`, "OSError EAFNOSUPPORT"],
    ["AF_ALG", `socket.socket(38, socket.SOCK_SEQPACKET, 0)`, "OSError EAFNOSUPPORT"],
    ["a raw socket", `socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)`, "PermissionError EPERM"],
    ["a new user namespace", `call("unshare", 0x10000000)`, "PermissionError EPERM"],
    [
      "clone into a namespace",
      `call("syscall", ${process.arch === "arm64" ? 220 : 56}, 0x10000011, 0, 0, 0, 0)`,
      "PermissionError EPERM",
    ],
    ["mount", `call("mount", b"a", b"/tmp", b"tmpfs", 0, None)`, "PermissionError EPERM"],
    ["ptrace", `call("ptrace", 16, 1, 0, 0)`, "PermissionError EPERM"],
    ["memory no limit counts", `os.memfd_create("a")`, "PermissionError EPERM"],
    [
      "a port of the resolver",
      `socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(("198.18.0.9", 53))`,
      "PermissionError EACCES",
    ],
    [
      "to raise its limits",
      `__import__("resource").setrlimit(__import__("resource").RLIMIT_NPROC, (999, 999))`,
      "ValueError",
    ],
  ])("%s is refused", async (_name, expression, expected) => {
    expect(await attempt(expression)).toBe(expected);
  });
});

describe("a script takes too much", () => {
  it("processes: the limit holds", async () => {
    const script = `${prelude}
def forks():
    for count in range(10000):
        try:
            if os.fork() == 0:
                time.sleep(100); os._exit(0)
        except BlockingIOError: return count
attempt(forks)\n`;
    const { prints, end } = await world.run(script, { limits: { processes: 32 } });
    expect(end).toEqual({ outcome: "finished" });
    expect(Number(prints[0])).toBeLessThan(32);
  });

  it("memory: the allocation fails, and the traceback says so", async () => {
    const { end } = await world.run("x = bytearray(10 << 30)\n");
    expect(end).toMatchObject({ traceback: expect.stringContaining("MemoryError") });
  });

  it.each([
    ["many processes together", "pass"],
    ["many processes that hide their maps", "ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)"],
  ])("memory: %s", async (_name, hide) => {
    const script = `import ctypes, os, threading, time
def fork():
    for i in range(8):
        if os.fork() == 0:
            ${hide}
            x = bytearray(os.urandom(1 << 20)) * 100
            time.sleep(1000)
    time.sleep(1000)
threading.Thread(target=fork).start()\n`;
    const { end } = await world.run(script, { limits: { totalMemoryBytes: 400 << 20 } });
    expect(end).toMatchObject({ outcome: "failed", error: { code: "ENCLAVE_SCRIPT_MEMORY_LIMIT" } });
  });

  it.each(["/tmp/a", "/dev/shm/a", "a"])("disk: %s takes no more than its share", async (path) => {
    const write = `[open("${path}" + str(i), "wb").write(b"x" * (1 << 20)) for i in range(64)]`;
    expect(await attempt(write, { limits: { diskBytes: 4 << 20 } })).toBe("OSError ENOSPC");
  });

  it("processor time: a loop is killed", async () => {
    const { end } = await world.run("while True: pass\n", { limits: { cpuSec: 1 } });
    expect(end).toMatchObject({ outcome: "failed", error: { code: "ENCLAVE_SCRIPT_KILLED" } });
  });

  it("wall clock: sleep is killed, also where SIGTERM is ignored", async () => {
    const script = "import signal, time\nsignal.signal(15, signal.SIG_IGN)\ntime.sleep(1000)\n";
    const { end } = await world.run(script, { limits: { wallClockMs: 1_500 } });
    expect(end).toMatchObject({ outcome: "failed", error: { code: "ENCLAVE_SCRIPT_TIME_LIMIT" } });
  });

  it.each([
    ["the channel", `session.print("x" * 10000)`],
    ["standard output", `sys.stdout.write("x" * 10000)`],
    ["standard error", `sys.stderr.write("x" * 10000)`],
  ])("output: endless words on %s are cut", async (_name, line) => {
    const { end } = await world.run(`${prelude}while True: ${line}\n`, { limits: { outputBytes: 1 << 20 } });
    expect(end).toMatchObject({ outcome: "failed", error: { code: "ENCLAVE_SCRIPT_OUTPUT_LIMIT" } });
  });

  it("messages: their number is limited too", async () => {
    const { end } = await world.run(`${prelude}while True: session.print("")\n`, {
      limits: { messages: 100 },
    });
    expect(end).toMatchObject({ outcome: "failed", error: { code: "ENCLAVE_SCRIPT_OUTPUT_LIMIT" } });
  });

  it("answers it never reads do no harm", async () => {
    const run = await world.start("import time\ntime.sleep(1000)\n");
    for (let count = 0; count < 100; count++) run.send({ type: "answer", text: "x".repeat(60_000) });
    run.stop("enough");
    expect(await run.done).toEqual({ outcome: "stopped", reason: "enough" });
  });

  it("output that is no UTF-8 on standard output is not ours to read", async () => {
    const { end } = await world.run(String.raw`import os; os.write(1, b"\xff\xfe"); os.write(2, b"\xff")`);
    expect(end).toEqual({ outcome: "finished" });
  });
});

describe("a script goes round the sites", () => {
  it.each([
    ["an IP literal", `socket.create_connection(("1.1.1.1", 443), 5)`, "OSError ENETUNREACH"],
    ["a link-local address", `socket.create_connection(("169.254.169.254", 80), 5)`, "OSError ENETUNREACH"],
    [
      "an IPv6 literal",
      `socket.create_connection(("2606:4700::1111", 443), 5)`,
      "OSError EADDRNOTAVAIL|OSError ENETUNREACH",
    ],
    [
      "a private address that stands for no name",
      `socket.create_connection(("198.18.77.1", 443), 5).recv(1)`,
      "ConnectionResetError ECONNRESET",
    ],
    [
      "another port",
      `socket.create_connection(("198.18.77.1", 8443), 5)`,
      "ConnectionRefusedError ECONNREFUSED",
    ],
  ])("%s leads nowhere", async (_name, expression, expected) => {
    expect(await attempt(expression)).toMatch(new RegExp(`^(?:${expected})$`));
  });

  it("the machine's loopback is another one", async () => {
    const server = createServer((socket) => socket.end("secret"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(await attempt(`socket.create_connection(("127.0.0.1", ${String(port)}), 5)`)).toBe(
      "ConnectionRefusedError ECONNREFUSED",
    );
    server.close();
  });
});
