import { clone3Call, cloneCall, refusedSyscalls, socketCall, type Syscall } from "./syscalls.ts";

/** Processor architectures the sandbox knows. */
export type SandboxArch = "x64" | "arm64";

type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, value: number];

// Classic BPF (linux/bpf_common.h): load word at offset, jump if equal, jump if greater or equal, jump if any bit set.
const load = (offset: number): Instruction => [0x20, 0, 0, offset];
const ifEqual = (value: number, onTrue: number, onFalse: number): Instruction => [
  0x15,
  onTrue,
  onFalse,
  value,
];
const ifAtLeast = (value: number, onTrue: number, onFalse: number): Instruction => [
  0x35,
  onTrue,
  onFalse,
  value,
];
const ifAnyBit = (value: number, onTrue: number, onFalse: number): Instruction => [
  0x45,
  onTrue,
  onFalse,
  value,
];
const give = (verdict: number): Instruction => [0x06, 0, 0, verdict];

// Offsets in struct seccomp_data (linux/seccomp.h); the first argument's low half, both architectures little-endian.
const numberOffset = 0;
const archOffset = 4;
const firstArgumentOffset = 16;

// Verdicts (seccomp(2)).
const kill = 0x80000000;
const allow = 0x7fff0000;
const errno = (number: number): number => 0x00050000 | number;
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

const auditArch: Record<SandboxArch, number> = { x64: 0xc000003e, arm64: 0xc00000b7 };
const x32Bit = 0x40000000;

/** Socket families a script may use: unix, IPv4, IPv6 (of which the sandbox's network has loopback only). */
const families = [1, 2, 10] as const;

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET (clone(2)). */
const namespaceFlags = 0x7e020000;

/**
 * The filter every script runs under, as bubblewrap takes it: an array of `struct sock_filter`. System calls of the
 * table fail with EPERM, a foreign architecture or x32 kills, sockets beyond {@link families} fail with EAFNOSUPPORT.
 */
export function encodeSeccompFilter(arch: SandboxArch): Uint8Array {
  return encodeProgram([
    ...checkArchitecture(arch),
    ...refusedSyscalls.flatMap((call) => refuse(call, arch, EPERM)),
    ...refuse(clone3Call, arch, ENOSYS),
    ...checkSocket(arch),
    ...checkClone(arch),
    give(allow),
  ]);
}

function checkArchitecture(arch: SandboxArch): Instruction[] {
  const known = [load(archOffset), ifEqual(auditArch[arch], 1, 0), give(kill), load(numberOffset)];
  return arch === "x64" ? [...known, ifAtLeast(x32Bit, 0, 1), give(kill)] : known;
}

function refuse(call: Syscall, arch: SandboxArch, error: number): Instruction[] {
  const number = call[arch];
  return number === undefined ? [] : [ifEqual(number, 0, 1), give(errno(error))];
}

function checkSocket(arch: SandboxArch): Instruction[] {
  const tests = families.map((family, index) => ifEqual(family, families.length - index, 0));
  const body = [load(firstArgumentOffset), ...tests, give(errno(EAFNOSUPPORT)), give(allow)];
  return [ifEqual(numberOf(socketCall, arch), 0, body.length), ...body];
}

function checkClone(arch: SandboxArch): Instruction[] {
  const body = [load(firstArgumentOffset), ifAnyBit(namespaceFlags, 0, 1), give(errno(EPERM)), give(allow)];
  return [ifEqual(numberOf(cloneCall, arch), 0, body.length), ...body];
}

function numberOf(call: Syscall, arch: SandboxArch): number {
  return call[arch] ?? -1;
}

function encodeProgram(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(8 * program.length);
  const view = new DataView(bytes.buffer);
  program.forEach(([code, onTrue, onFalse, value], index) => {
    view.setUint16(8 * index, code, true);
    view.setUint8(8 * index + 2, onTrue);
    view.setUint8(8 * index + 3, onFalse);
    view.setUint32(8 * index + 4, value >>> 0, true);
  });
  return bytes;
}
