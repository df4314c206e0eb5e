import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "../world/flow.ts";
import { sandboxProcesses, stillRunning } from "../world/sandboxProcesses.ts";

test("a request that the person refuses reaches no enclave, and the page is told", async ({
  stage,
  visit,
}) => {
  const { person, ask } = await visit();
  const session = await ask();
  await session.getByTestId("deny").click();

  await expect(session.getByTestId("ended").getByTestId("error-code")).toHaveText("SESSION_DENIED");
  await expect(person.page.getByTestId("problem")).toContainText("SESSION_DENIED");
  expect(stage.relay.seen()).toEqual({ connections: 0, bytes: 0 });
});

test("closing the window of a request refuses it", async ({ stage, visit }) => {
  const { person, ask } = await visit();
  const session = await ask();
  await session.close();

  await expect(person.page.getByTestId("problem")).toContainText("SESSION_DENIED");
  expect(stage.relay.seen()).toEqual({ connections: 0, bytes: 0 });
});

test("a session that the person cancels leaves no process of its script", async ({ stage, visit }) => {
  const sessions = join(stage.world.files.run, "sessions");
  const { person, start } = await visit();
  const session = await start();
  await session.getByTestId("prompt").waitFor();
  const running = sandboxProcesses(sessions);
  expect(running.length).toBeGreaterThan(0);

  await session.getByTestId("cancel").click();
  await expect(session.getByTestId("ended")).toContainText("Nothing was submitted");
  await expect(person.page.getByTestId("phases")).toContainText("cancelled");
  await expect.poll(() => [...stillRunning(running), ...sandboxProcesses(sessions)]).toEqual([]);
  await expect.poll(async () => (existsSync(sessions) ? readdir(sessions) : [])).toEqual([]);
});

test("a session that the page cancels ends in the person's window too", async ({ visit }) => {
  const { person, start } = await visit();
  const session = await start();
  await session.getByTestId("prompt").waitFor();
  await person.page.getByTestId("cancel").click();

  await expect(session.getByTestId("ended")).toContainText("Nothing was submitted");
  await expect(person.page.getByTestId("phases")).toContainText("cancelled");
});

test("a script that the contract does not allow is refused before anyone can approve it", async ({
  stage,
  visit,
}) => {
  const { person } = await visit();
  await person.page.route("**/oracle/oracle.py", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${await response.text()}\n# one line more\n` });
  });
  await person.open(stage.world.dapp.url);
  const opened = person.page.context().waitForEvent("page", (page) => page.url().includes("/session/"));
  await person.page.getByTestId("prove").click();
  const session = await opened;

  await expect(session.getByTestId("error-code")).toHaveText("SESSION_SCRIPT_NOT_ALLOWED");
  await expect(session.getByTestId("approve")).toHaveCount(0);
  await expect(person.page.getByTestId("problem")).toContainText("SESSION_SCRIPT_NOT_ALLOWED");
  expect(stage.relay.seen()).toEqual({ connections: 0, bytes: 0 });
});
