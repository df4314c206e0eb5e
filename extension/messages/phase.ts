/** Where a session stands, in the order a good one passes through; the last three are ends. */
export const phases = [
  "consent",
  "connecting",
  "attesting",
  "uploading",
  "running",
  "result",
  "wallet",
  "broadcast",
  "confirmed",
  "cancelled",
  "failed",
] as const;
export type Phase = (typeof phases)[number];

/** True when nothing more can happen to a session in this phase. */
export function isFinal(phase: Phase): boolean {
  return phase === "confirmed" || phase === "cancelled" || phase === "failed";
}

/** True while a script or the way to it is under way, so that the badge counts it. */
export function isRunning(phase: Phase): boolean {
  return ["consent", "connecting", "attesting", "uploading", "running"].includes(phase);
}
