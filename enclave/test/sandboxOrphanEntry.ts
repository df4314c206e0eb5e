/** Run as a process of its own by sandboxEnds.test.ts: starts a script that never ends, says so, and waits. */
import { createSandboxWorld } from "./sandboxWorld.ts";

const world = await createSandboxWorld();
await world.start(
  `import opencontracts, os
if os.fork() == 0:
    os.setsid()
    os.execv("/usr/bin/python3", ["python3", "-c", "import time; time.sleep(999)", "left-by-the-dead"])
import time
time.sleep(1)
opencontracts.session().print("here")
time.sleep(999)
`,
  { onMessage: () => void process.stdout.write("running\n") },
);
