import { readdir, readFile } from "node:fs/promises";

const intervalMs = 500;

/**
 * Adds up the memory of a process and all it started, twice a second, and calls `onTooMuch` once that is more than
 * `mostBytes`. Shared pages count by share, so that forks of one process count once. Limits of the kernel bound each
 * process; this bounds them together where there is no memory cgroup.
 * @returns ends the watch
 */
export function watchMemory(pid: number, mostBytes: number, onTooMuch: () => void): () => void {
  let isOver = false;
  let timer: NodeJS.Timeout;
  const look = async (): Promise<void> => {
    const bytes = await memoryOfTree(pid);
    if (isOver) return;
    if (bytes > mostBytes) onTooMuch();
    else timer = setTimeout(() => void look(), intervalMs);
  };
  timer = setTimeout(() => void look(), intervalMs);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

async function memoryOfTree(pid: number): Promise<number> {
  const below = await childrenOf(pid);
  const sizes = await Promise.all([memoryOf(pid), ...below.map(memoryOfTree)]);
  return sizes.reduce((total, size) => total + size, 0);
}

/** Of all its threads: a child belongs to the thread that made it. */
async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${String(pid)}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => readProc(`/proc/${String(pid)}/task/${thread}/children`)),
  );
  return lists.flatMap((list) => list.split(" ").filter((text) => text !== "")).map(Number);
}

/** Pss (proc(5)); resident pages where a process hides its maps; 0 where it has ended meanwhile. */
async function memoryOf(pid: number): Promise<number> {
  const share = /^Pss:\s+(\d+) kB$/m.exec(await readProc(`/proc/${String(pid)}/smaps_rollup`))?.[1];
  if (share !== undefined) return 1024 * Number(share);
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(await readProc(`/proc/${String(pid)}/status`))?.[1];
  return 1024 * Number(resident ?? 0);
}

function readProc(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
