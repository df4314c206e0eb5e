/** The users of one session's two processes. */
export interface SessionUsers {
  /** Of the script, and of bubblewrap around it. */
  readonly script: number;
  /** Of the site process. */
  readonly site: number;
  /** Group of both, which may read the staging directory. */
  readonly group: number;
  /** True where the caller is uid 0 and has to step down to them. */
  readonly isOwn: boolean;
}

/** First of the numbers given to sessions: above people, below services, and inside what a container maps. */
const firstUser = 50_000;
const mostSessions = 5_000;
const taken = new Set<number>();

/** True where sessions have users of their own: where the caller is uid 0. */
export function hasOwnUsers(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Users for a session. Where the caller is uid 0: a pair no other running session of this process has; else the
 * caller's own. Give them back with {@link returnUsers}.
 */
export function leaseUsers(): SessionUsers {
  const uid = process.getuid?.() ?? 0;
  if (!hasOwnUsers()) return { script: uid, site: uid, group: process.getgid?.() ?? uid, isOwn: false };
  let slot = 0;
  while (taken.has(slot)) slot += 1;
  if (slot >= mostSessions) throw new RangeError("too many sessions");
  taken.add(slot);
  const script = firstUser + 2 * slot;
  return { script, site: script + 1, group: script, isOwn: true };
}

/** Makes the users free for another session, once no process of theirs is left. */
export function returnUsers(users: SessionUsers): void {
  if (users.isOwn) taken.delete((users.script - firstUser) / 2);
}
