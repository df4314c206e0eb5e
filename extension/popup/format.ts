import { formatUnits, getAddress } from "viem";
import type { Address } from "#protocol/bytes.ts";

const decimals = 18;

/** Exact decimal text of an 18-decimals amount given in base units. */
export function formatAmount(baseUnits: string): string {
  return formatUnits(BigInt(baseUnits), decimals);
}

/** The whole address with its checksum capitals (ERC-55). */
export function formatAddress(address: Address): string {
  return getAddress(address);
}

/** First and last characters of an address, where the whole one stands elsewhere on the same page. */
export function formatShortAddress(address: Address): string {
  const whole = getAddress(address);
  return `${whole.slice(0, 8)}…${whole.slice(-6)}`;
}

/** The host of an origin, with its port where it has one. */
export function formatHost(origin: string): string {
  return origin.replace(/^https?:\/\//, "");
}

/** `4:05`, `1:12:09`; never below zero. */
export function formatRemaining(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

/** Date and time in the person's own language and zone. */
export function formatTime(ms: number): string {
  return new Date(ms).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** Hex in groups of eight digits, for reading aloud and comparing. */
export function groupHex(hex: string): string {
  const digits = hex.startsWith("0x") ? hex.slice(2) : hex;
  return (digits.match(/.{1,8}/g) ?? []).join(" ");
}

/** `1.2 kB`. */
export function formatSize(bytes: number): string {
  return bytes < 1_000 ? `${String(bytes)} B` : `${(bytes / 1_000).toFixed(1)} kB`;
}
