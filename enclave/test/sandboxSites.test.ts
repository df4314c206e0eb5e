import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ScriptMessage } from "#protocol/wire/script.ts";
import { createSandboxWorld, type Behaviour, type RunOptions, type SandboxWorld } from "./sandboxWorld.ts";

let world: SandboxWorld;
beforeAll(async () => {
  world = await createSandboxWorld();
  await world.addSite("bank.test");
});
afterAll(() => world.close());

const prelude = `import opencontracts, socket, ssl, http.client, urllib.request, asyncio
session = opencontracts.session()
def attempt(f):
    try: value = f()
    except BaseException as error: value = type(error).__name__ + ": " + str(error)
    session.print(value)
def fetch(url): return urllib.request.urlopen(url, timeout=20).read().decode()
`;

interface Tried {
  readonly print: string | undefined;
  readonly reports: readonly ScriptMessage[];
}

async function attempt(code: string, options: RunOptions = { domains: ["bank.test"] }): Promise<Tried> {
  const { prints, messages, end } = await world.run(`${prelude}${code}\n`, options);
  expect(end).toEqual({ outcome: "finished" });
  return { print: prints[0], reports: messages.filter((message) => message.type !== "print") };
}

const fetching = (url: string): string => `attempt(lambda: fetch("${url}"))`;

describe("a listed site is read by unchanged Python", () => {
  it.each([
    ["urllib", fetching("https://bank.test/account")],
    [
      "http.client",
      `def f():
    c = http.client.HTTPSConnection("bank.test", timeout=20)
    c.request("GET", "/")
    return c.getresponse().read().decode()
attempt(f)`,
    ],
    [
      "a raw ssl socket",
      `def f():
    with socket.create_connection(("bank.test", 443), 20) as raw, ssl.create_default_context().wrap_socket(raw, server_hostname="bank.test") as tls:
        tls.sendall(b"GET / HTTP/1.1\\r\\nHost: bank.test\\r\\n\\r\\n")
        text = b""
        while chunk := tls.recv(4096): text += chunk
        return text.decode().rpartition("\\r\\n")[2]
attempt(f)`,
    ],
    [
      "asyncio",
      `async def f():
    reader, writer = await asyncio.open_connection("bank.test", 443, ssl=ssl.create_default_context())
    writer.write(b"GET / HTTP/1.1\\r\\nHost: bank.test\\r\\n\\r\\n")
    return (await reader.read()).decode().rpartition("\\r\\n")[2]
attempt(lambda: asyncio.run(f()))`,
    ],
    [
      "certifi's roots",
      `import certifi
context = ssl.create_default_context(cafile=certifi.where())
attempt(lambda: urllib.request.urlopen("https://bank.test/", context=context).read().decode())`,
    ],
  ])("%s", async (_name, code) => {
    expect(await attempt(code)).toEqual({ print: "hello", reports: [] });
  });

  it("through a unix socket", async () => {
    const options = { domains: ["bank.test"], uplink: world.uplinkSocket };
    expect((await attempt(fetching("https://bank.test/"), options)).print).toBe("hello");
  });

  it("where all public names are allowed", async () => {
    expect((await attempt(fetching("https://BANK.test/"), { domains: "*" })).print).toBe("hello");
  });

  it("in many connections at once, and large", async () => {
    const size = 3_000_000;
    await world.addSite("large.test", {
      behaviour: (tls) => {
        tls.once("data", () => {
          tls.write(`HTTP/1.1 200 OK\r\nContent-Length: ${String(size)}\r\nConnection: close\r\n\r\n`);
          tls.end("x".repeat(size));
        });
      },
    });
    const code = `from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(8) as pool:
    attempt(lambda: sum(map(len, pool.map(fetch, ["https://large.test/"] * 8))))`;
    expect(await attempt(code, { domains: ["large.test"] })).toEqual({
      print: String(8 * size),
      reports: [],
    });
  });

  it("by a script that takes its time", async () => {
    const code = `import time
def f():
    with urllib.request.urlopen("https://large.test/", timeout=60) as page:
        time.sleep(8)
        return len(page.read())
attempt(f)`;
    expect(await attempt(code, { domains: ["large.test"] })).toEqual({ print: "3000000", reports: [] });
  });

  it("over one connection kept alive", async () => {
    await world.addSite("alive.test", {
      behaviour: (tls) => tls.on("data", () => tls.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")),
    });
    const code = `def f():
    c = http.client.HTTPSConnection("alive.test", timeout=20)
    return [(c.request("GET", "/"), c.getresponse().read())[1] for _ in range(5)]
attempt(f)`;
    expect((await attempt(code, { domains: ["alive.test"] })).print).toBe("[b'x', b'x', b'x', b'x', b'x']");
  });
});

describe("what is not listed is refused, and named", () => {
  it("an undeclared name never leaves the enclave, and its line for domains.txt is ready", async () => {
    world.asked.length = 0;
    const { print, reports } = await attempt(fetching("https://www.bank.test/"));
    expect(print).toContain("Name or service not known");
    expect(reports).toEqual([
      { type: "refused", host: "www.bank.test", reason: "not-listed", line: "www.bank.test" },
    ]);
    expect(world.asked).toEqual([]);
  });

  it("nothing is listed where there is no domains.txt", async () => {
    const { reports } = await attempt(fetching("https://bank.test/"), { domains: [] });
    expect(reports).toMatchObject([{ type: "refused", host: "bank.test", reason: "not-listed" }]);
  });

  it("plain http", async () => {
    const { print, reports } = await attempt(fetching("http://bank.test/"));
    expect(print).toContain("reset");
    expect(reports).toEqual([{ type: "refused", host: "bank.test", reason: "plain-http" }]);
  });

  it("plain bytes on port 443 never reach the site", async () => {
    world.asked.length = 0;
    const code = `def f():
    s = socket.create_connection(("bank.test", 443), 20)
    s.sendall(b"GET / HTTP/1.1\\r\\n\\r\\n")
    return s.recv(100)
attempt(f)`;
    const { print, reports } = await attempt(code);
    expect(print).toContain("ConnectionResetError");
    expect(reports).toEqual([{ type: "refused", host: "bank.test", reason: "not-tls" }]);
    expect(world.asked).toEqual([]);
  });

  it("another name asked for under the address of a listed one", async () => {
    const code = `def f():
    raw = socket.create_connection(("bank.test", 443), 20)
    context = ssl._create_unverified_context()
    return context.wrap_socket(raw, server_hostname="evil.test").recv(1)
attempt(f)`;
    const { print, reports } = await attempt(code);
    expect(print).toMatch(/Error/);
    expect(reports).toEqual([{ type: "refused", host: "bank.test", reason: "wrong-name" }]);
  });

  it("the trust of the script reaches nobody but its own session", async () => {
    const code = `attempt(lambda: [dict(x[0] for x in c["subject"])["commonName"] for c in ssl.create_default_context().get_ca_certs()])`;
    expect((await attempt(code)).print).toBe("['Open Contracts session']");
  });

  it("more connections at once than allowed", async () => {
    const code = `import time
def f():
    held = [socket.create_connection(("bank.test", 443), 20) for _ in range(3)]
    return held[2].recv(1)
attempt(f)`;
    const { print, reports } = await attempt(code, { domains: ["bank.test"], limits: { connections: 2 } });
    expect(print).toContain("ConnectionResetError");
    expect(reports).toEqual([{ type: "refused", host: "bank.test", reason: "too-many" }]);
  });
});

describe("a site that is not who it should be", () => {
  it.each([
    ["expired.test", { authority: "expired" }, "certificate-expired"],
    ["unknown.test", { authority: "unknown" }, "certificate-untrusted"],
    ["wrong.test", { certificateName: "other.test" }, "certificate-name"],
    ["old.test", { tls: { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" } }, "tls"],
  ] as const)("%s is refused, also where the script checks nothing", async (name, options, reason) => {
    await world.addSite(name, options);
    const code = `context = ssl._create_unverified_context()
attempt(lambda: urllib.request.urlopen("https://${name}/", context=context, timeout=20).read())`;
    const { print, reports } = await attempt(code, { domains: [name] });
    expect(print).toMatch(/reset|EOF|closed/i);
    expect(reports).toEqual([{ type: "siteFailed", host: name, reason }]);
  });

  it("is not there", async () => {
    const { print, reports } = await attempt(fetching("https://absent.test/"), { domains: ["absent.test"] });
    expect(print).toMatch(/reset|EOF|closed/i);
    expect(reports).toEqual([{ type: "siteFailed", host: "absent.test", reason: "unreachable" }]);
  });

  it("sends more than a session may move", async () => {
    const { print, reports } = await attempt(fetching("https://large.test/"), {
      domains: ["large.test"],
      limits: { trafficBytes: 100_000 },
    });
    expect(print).toMatch(/^(?:SSLError|ConnectionResetError)/);
    expect(reports).toEqual([{ type: "siteFailed", host: "large.test", reason: "traffic-limit" }]);
  });
});

describe("a page that ends without close_notify is never a page", () => {
  const cutAfter =
    (text: string): Behaviour =>
    (tls, raw) => {
      tls.once("data", () => tls.write(text, () => raw.end()));
    };
  const readAll = (name: string): string => `def f():
    got = b""
    tls = ssl.create_default_context().wrap_socket(socket.create_connection(("${name}", 443), 20), server_hostname="${name}")
    tls.sendall(b"GET / HTTP/1.1\\r\\n\\r\\n")
    try:
        while chunk := tls.recv(4096): got += chunk
        return "ended: " + got.decode()[-5:]
    except OSError: return "cut: " + got.decode()[-5:]
attempt(f)`;

  it.each([
    ["with a length", "length.test", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"],
    ["without a length", "endless.test", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello"],
  ])("%s: the bytes, then an error", async (_name, host, page) => {
    await world.addSite(host, { behaviour: cutAfter(page) });
    const options = { domains: [host] };
    const report = { type: "siteFailed", host, reason: "cut" };
    expect(await attempt(readAll(host), options)).toEqual({ print: "cut: hello", reports: [report] });
    const { print } = await attempt(fetching(`https://${host}/`), options);
    expect(print).toMatch(/^(?:SSLError|ConnectionResetError)/);
  });

  it("and with close_notify it is one", async () => {
    expect((await attempt(readAll("bank.test"))).print).toBe("ended: hello");
  });
});
