import { describe, expect, it } from "vitest";
import { createEnds } from "../world/ends.ts";

describe("ends", () => {
  it("run once, newest first, and one that fails keeps no other from running", async () => {
    const ran: string[] = [];
    const ends = createEnds();
    const end = (name: string) => async () => ran.push(name);
    ends.add(end("first"));
    ends.add(() => Promise.reject(new Error("stuck")));
    ends.add(end("last"));
    await ends.run();
    await ends.run();
    expect(ran).toEqual(["last", "first"]);
  });
});
