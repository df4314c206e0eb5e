import { BlockList, isIP } from "node:net";

/** Ranges that no enclave may reach through the host: this machine, its network, its cloud, and what is no unicast. */
const closedRanges: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
/** Global unicast, the only IPv6 range in use; minus what is inside it and still no public host. */
const openRange = ["2000::", 3] as const;
const closedRanges6: readonly (readonly [network: string, prefix: number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const closed4 = new BlockList();
for (const [network, prefix] of closedRanges) closed4.addSubnet(network, prefix, "ipv4");
const closed6 = new BlockList();
for (const [network, prefix] of closedRanges6) closed6.addSubnet(network, prefix, "ipv6");
const open6 = new BlockList();
open6.addSubnet(...openRange, "ipv6");

/**
 * True for an address literal of a public unicast host (IANA special-purpose registries). Private, loopback,
 * link-local (a cloud's metadata service lives there), shared, documentation, benchmark, multicast, reserved,
 * IPv4-mapped and tunnelled ones are not.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !closed4.check(address, "ipv4");
  // A zone names an interface of this machine.
  return (
    family === 6 && !address.includes("%") && open6.check(address, "ipv6") && !closed6.check(address, "ipv6")
  );
}
