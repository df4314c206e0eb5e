import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Opens the log of this run, `demo.log` in `home`: every line of every process of the world. */
export function createLog(home: string): (line: string) => void {
  const path = join(home, "demo.log");
  writeFileSync(path, "");
  return (line) => {
    appendFileSync(path, `${line}\n`);
  };
}
